export function median(values) {
  return percentile(values, 50);
}

/** Nearest rank; the mean of the two middle values for an even median, as usual. */
export function percentile(values, percent) {
  if (values.length === 0) throw new Error('No values were measured.');
  const sorted = [...values].sort((a, b) => a - b);
  if (percent === 50 && sorted.length % 2 === 0) return (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
}
