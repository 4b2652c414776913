/**
 * Fits a series into the columns of a chart.
 *
 * @module
 */

/**
 * Exactly `columns` numbers. Of a longer series each column stands for an
 * equal share, by its maximum, so that no peak is lost; a shorter one is at
 * the right edge, with NaN before it. What is not finite counts as missing,
 * and a share of only such is NaN.
 */
export function resample(
  values: readonly number[],
  columns: number,
): number[] {
  const missing = columns - values.length;
  if (missing >= 0) {
    const gap = new Array<number>(missing).fill(NaN);
    return gap.concat(values.map((v) => Number.isFinite(v) ? v : NaN));
  }
  return Array.from({ length: columns }, (_, i) => {
    const from = Math.floor(i * values.length / columns);
    const to = Math.floor((i + 1) * values.length / columns);
    return maximum(values, from, to);
  });
}

function maximum(values: readonly number[], from: number, to: number): number {
  let max = NaN;
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (Number.isFinite(value) && !(value <= max)) max = value;
  }
  return max;
}
