/**
 * Fits a series into the columns of a chart.
 *
 * @module
 */

/** How several values become one: their maximum, so that no peak is lost, or their mean. */
export type Resampling = "max" | "mean";

/**
 * Exactly `columns` numbers. Of a longer series each column stands for an
 * equal share; a shorter one is at the right edge, with NaN before it. What
 * is not finite counts as missing, and a share of only such is NaN.
 */
export function resample(
  values: readonly number[],
  columns: number,
  how: Resampling,
): number[] {
  const missing = columns - values.length;
  if (missing >= 0) {
    const gap = new Array<number>(missing).fill(NaN);
    return gap.concat(values.map((v) => Number.isFinite(v) ? v : NaN));
  }
  return Array.from({ length: columns }, (_, i) => {
    const from = Math.floor(i * values.length / columns);
    const to = Math.floor((i + 1) * values.length / columns);
    return combine(values, from, to, how);
  });
}

function combine(
  values: readonly number[],
  from: number,
  to: number,
  how: Resampling,
): number {
  let sum = 0;
  let max = -Infinity;
  let count = 0;
  for (let i = from; i < to; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    sum += value;
    max = Math.max(max, value);
    count++;
  }
  if (count === 0) return NaN;
  switch (how) {
    case "max":
      return max;
    case "mean":
      return sum / count;
  }
}
