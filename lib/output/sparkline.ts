/**
 * A course of values in one row of characters.
 *
 * @module
 */

const BARS = "▁▂▃▄▅▆▇█";
const MAX_COLUMNS = 40;

/** Bars from 0 to the largest value, at most 40, each the largest of its stretch; empty without values. */
export function sparkline(values: readonly number[]): string {
  const columns = Math.min(values.length, MAX_COLUMNS);
  const peaks = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor(column * values.length / columns);
    const to = Math.floor((column + 1) * values.length / columns);
    return values.slice(from, to).reduce((a, b) => Math.max(a, b), 0);
  });
  const most = peaks.reduce((a, b) => Math.max(a, b), 0);
  return peaks.map((peak) =>
    BARS[most > 0 ? Math.ceil(peak / most * (BARS.length - 1)) : 0]
  ).join("");
}
