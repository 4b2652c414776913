/**
 * Distributions as plain data, without a histogram for each: what one gained
 * since an earlier look at it, and its percentiles. For as many as a run has
 * seconds, between packets.
 *
 * @module
 */

import { bucketBounds, type TrendJson } from "./trend.ts";

const NOTHING: TrendJson = { count: 0, min: 0, max: 0, sum: 0, buckets: [] };

/** What `after` holds and `before`, an earlier look at the same trend, does not yet: the percentiles of the last seconds, where those of the whole run hardly move. Smallest and largest are as exact as the buckets. */
export function trendGrowth(
  before: TrendJson | undefined,
  after: TrendJson,
): TrendJson {
  // Most gain nothing from one second to the next: nobody joins any more.
  if (before?.count === after.count) return NOTHING;
  const buckets: number[] = [];
  const earlier = before?.buckets ?? [];
  let count = 0;
  let last = 0;
  let index = 0;
  let at = 0;
  let earlierIndex = earlier[0] ?? Infinity;
  for (let i = 0; i + 1 < after.buckets.length; i += 2) {
    index += after.buckets[i];
    let grown = after.buckets[i + 1];
    while (earlierIndex < index) {
      at += 2;
      earlierIndex += earlier[at] ?? Infinity;
    }
    if (earlierIndex === index) {
      grown -= earlier[at + 1];
      at += 2;
      earlierIndex += earlier[at] ?? Infinity;
    }
    if (grown <= 0) continue;
    buckets.push(index - last, grown);
    count += grown;
    last = index;
  }
  return {
    count,
    min: count === 0 ? 0 : bucketBounds(buckets[0]).least,
    max: count === 0 ? 0 : Math.min(bucketBounds(last).most, after.max),
    sum: count === 0 ? 0 : Math.max(0, after.sum - (before?.sum ?? 0)),
    buckets: buckets.slice(),
  };
}

/** The value in steps that `p` percent of the values do not exceed, as `Trend` has it; 0 when empty. */
export function percentileOf(
  { count, min, max, buckets }: TrendJson,
  p: number,
): number {
  if (count === 0) return 0;
  const share = Math.min(p, 100) / 100 * count;
  const rank = Math.max(1, Math.ceil(share - share * Number.EPSILON));
  let index = 0;
  let held = 0;
  for (let i = 0; i + 1 < buckets.length; i += 2) {
    index += buckets[i];
    held += buckets[i + 1];
    if (held >= rank) break;
  }
  const { least, most } = bucketBounds(index);
  return Math.max(min, Math.min(p === 0 ? least : most, max));
}
