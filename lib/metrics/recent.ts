/**
 * What a distribution gained between two looks at it: the percentiles of the
 * last seconds, for a live chart, where those of the whole run hardly move.
 *
 * @module
 */

import { Trend, type TrendJson } from "./trend.ts";

/**
 * All values that `after` holds and `before` does not yet, put together; each
 * list holds the same trends at one time, in any order. Smallest and largest
 * are as exact as the buckets.
 */
export function trendBetween(
  before: readonly TrendJson[],
  after: readonly TrendJson[],
): Trend {
  // Most gain nothing from one second to the next: nobody joins any more.
  if (countOf(before) === countOf(after)) return new Trend();
  const counts = new Map<number, number>();
  for (const json of after) addBuckets(counts, json, 1);
  for (const json of before) addBuckets(counts, json, -1);
  const kept = [...counts].filter(([, count]) => count > 0)
    .sort(([a], [b]) => a - b);
  return Trend.ofBuckets(
    kept.flatMap(([index, count], i) => [
      index - (i === 0 ? 0 : kept[i - 1][0]),
      count,
    ]),
    Math.max(0, sum(after) - sum(before)),
    Math.max(0, ...after.map(({ max }) => max)),
  );
}

/** A trend's buckets are distances from one another; here they are by place. */
function addBuckets(
  counts: Map<number, number>,
  { buckets }: TrendJson,
  sign: 1 | -1,
): void {
  let index = 0;
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i];
    counts.set(index, (counts.get(index) ?? 0) + sign * buckets[i + 1]);
  }
}

function countOf(trends: readonly TrendJson[]): number {
  return trends.reduce((sum, { count }) => sum + count, 0);
}

function sum(trends: readonly TrendJson[]): number {
  return trends.reduce((sum, trend) => sum + trend.sum, 0);
}
