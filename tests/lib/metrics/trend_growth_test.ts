import { assertEquals } from "@std/assert";
import { percentileOf, Trend, trendBetween } from "../../../lib/metrics/mod.ts";
import { trendGrowth } from "../../../lib/metrics/trend_growth.ts";
import { bucketBounds } from "../../../lib/metrics/trend.ts";
import { createRandom } from "../../../lib/load/plan/random.ts";

/** So many values over all magnitudes. */
function fill(trend: Trend, count: number, random: () => number): void {
  for (let i = 0; i < count; i++) trend.record(10 ** (random() * 10));
}

Deno.test("what a trend gained, and its percentiles, are those that a histogram has", () => {
  const random = createRandom(7, "growth");
  for (const [first, more] of [[0, 1], [1, 0], [3, 200], [500, 499], [9, 1]]) {
    const trend = new Trend();
    fill(trend, first, random);
    const before = trend.toJSON();
    fill(trend, more, random);
    const after = trend.toJSON();
    const grown = trendGrowth(before, after);
    const wanted = trendBetween([before], [after]);
    assertEquals(grown.buckets, wanted.toJSON().buckets);
    assertEquals(
      [grown.count, grown.min, grown.max],
      [wanted.count, wanted.min, wanted.max],
    );
    for (const p of [0, 1, 29, 50, 95, 99, 99.9, 100]) {
      assertEquals(percentileOf(grown, p), wanted.percentile(p), `p ${p}`);
      assertEquals(percentileOf(after, p), trend.percentile(p), `p ${p}`);
    }
  }
  const empty = new Trend().toJSON();
  assertEquals(trendGrowth(undefined, empty), empty);
});

Deno.test("each value lies between the bounds of its bucket, and the next bucket begins behind them", () => {
  for (
    let value = 0;
    value < 3_600_000_000;
    value += 1 + Math.floor(value / 8)
  ) {
    const trend = new Trend();
    trend.record(value);
    const [bucket] = trend.toJSON().buckets;
    const { least, most } = bucketBounds(bucket);
    if (least > value || most < value) throw new Error(`${value}`);
    assertEquals(bucketBounds(bucket + 1).least, most + 1);
  }
});
