/** Compares numbers between dots; what one has more of counts as zeros of the other. */
export function isAtLeast(version: string, least: string): boolean {
  const [numbers, wanted] = [version, least].map((text) => text.replace(/^v/, '').split(/[.+-]/).map(Number));
  for (const [index, minimum] of (wanted ?? []).entries()) {
    const number = numbers?.[index] ?? 0;
    if (Number.isNaN(number)) return false;
    if (number !== minimum) return number > minimum;
  }
  return true;
}
