/** How much two texts may have in common: 0 nothing, 1 the same letters. Order does not count, as in the old system. */
export function similarity(left: string, right: string): number {
  const length = left.length + right.length;
  if (length === 0) return 1;
  const counts = new Map<string, number>();
  for (const letter of right) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let common = 0;
  for (const letter of left) {
    const count = counts.get(letter) ?? 0;
    if (count === 0) continue;
    counts.set(letter, count - 1);
    common += letter.length;
  }
  return (2 * common) / length;
}
