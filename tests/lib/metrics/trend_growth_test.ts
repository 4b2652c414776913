import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  mergeTrendJson,
  percentileOf,
  Trend,
  trendGrowth,
} from "../../../lib/metrics/mod.ts";
import { bucketBounds } from "../../../lib/metrics/trend.ts";
import { createRandom } from "../../../lib/load/plan/random.ts";

/** So many values over all magnitudes, into each of the trends. */
function fill(
  trends: readonly Trend[],
  count: number,
  random: () => number,
): void {
  for (let i = 0; i < count; i++) {
    const value = 10 ** (random() * 10);
    for (const trend of trends) trend.record(value);
  }
}

Deno.test("what a trend gained, and its percentiles, are those that a histogram has", () => {
  const random = createRandom(7, "growth");
  for (const [first, more] of [[0, 1], [1, 0], [3, 200], [500, 499], [9, 1]]) {
    const [trend, since] = [new Trend(), new Trend()];
    fill([trend], first, random);
    const before = trend.toJSON();
    fill([trend, since], more, random);
    const after = trend.toJSON();
    const grown = trendGrowth(before, after);
    assertEquals([grown.count, grown.buckets], [more, since.toJSON().buckets]);
    assertAlmostEquals(grown.sum, since.sum, after.sum * 1e-12);
    assertAlmostEquals(grown.min, since.min, since.min / 128);
    assertAlmostEquals(grown.max, since.max, since.max / 128);
    for (const p of [1, 29, 50, 95, 99, 99.9, 100]) {
      const exact = since.percentile(p);
      assertAlmostEquals(percentileOf(grown, p), exact, exact / 128, `p ${p}`);
      assertEquals(percentileOf(after, p), trend.percentile(p), `p ${p}`);
    }
  }
  const empty = new Trend().toJSON();
  assertEquals(trendGrowth(undefined, empty), empty);
});

Deno.test("what several nodes gained is one distribution, also where one of them is gone since", () => {
  const [a, b, c] = [[1, 2], [3, 400], [70_000]].map((values) => {
    const trend = new Trend();
    for (const value of values) trend.record(value);
    return trend;
  });
  const before = mergeTrendJson([a, b, c].map((trend) => trend.toJSON()));
  a.record(5);
  a.record(90);
  b.record(3);
  const both = trendGrowth(
    before,
    mergeTrendJson([b, a, c].map((trend) => trend.toJSON())),
  );
  assertEquals([both.count, both.sum, both.min, both.max], [3, 98, 3, 90]);
  assertEquals([1, 50, 100].map((p) => percentileOf(both, p)), [3, 5, 90]);
  const less = trendGrowth(
    before,
    mergeTrendJson([a, b].map((trend) => trend.toJSON())),
  );
  assertEquals([less.count, less.buckets], [3, both.buckets]);
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
