/**
 * Whether two groups of runs differ, by the exact permutation test: of all
 * ways to part the same values into two groups of these sizes, the share that
 * lies as far apart. It assumes nothing of how values are spread.
 *
 * @module
 */

/** More could not be tried out in time: 184,756 ways. */
export const MAX_RUNS = 10;

/** What rounding does to sums is no difference. */
const ROUNDING = 1e-12;

/** The two-sided p of the difference of means; at most ten values a group. */
export function permutationP(
  a: readonly number[],
  b: readonly number[],
): number {
  const all = [...a, ...b];
  const total = sumOf(all);
  const distance = (sum: number) =>
    Math.abs(sum / a.length - (total - sum) / b.length);
  const seen = distance(sumOf(a));
  const least = seen - ROUNDING * Math.max(...all.map(Math.abs));
  let ways = 0;
  let asFar = 0;
  const choose = (from: number, left: number, sum: number) => {
    if (left === 0) {
      ways++;
      if (distance(sum) >= least) asFar++;
      return;
    }
    for (let i = from; i <= all.length - left; i++) {
      choose(i + 1, left - 1, sum + all[i]);
    }
  };
  choose(0, a.length, 0);
  return asFar / ways;
}

/** The smallest p that groups of these sizes can come to. */
export function smallestP(a: number, b: number): number {
  let ways = 1;
  for (let i = 1; i <= a; i++) ways = ways * (b + i) / i;
  // Of equal groups the mirrored way lies as far apart.
  return (a === b ? 2 : 1) / ways;
}

/** Holm's correction: the p of each of several tests, so that all of them together err as seldom as one. */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, i) => ({ p, i })).toSorted((a, b) => a.p - b.p);
  const corrected: number[] = [];
  let most = 0;
  for (const [rank, { p, i }] of order.entries()) {
    most = Math.max(most, Math.min(1, p * (ps.length - rank)));
    corrected[i] = most;
  }
  return corrected;
}

/** The median of all differences between a value of `b` and one of `a` (Hodges and Lehmann). */
export function shiftOf(a: readonly number[], b: readonly number[]): number {
  return medianOf(b.flatMap((y) => a.map((x) => y - x)));
}

/** The middle value, or the mean of the two. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
