import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Trend, trendBetween } from "../../../lib/metrics/mod.ts";

function trendOf(...valuesUs: number[]): Trend {
  const trend = new Trend();
  for (const us of valuesUs) trend.record(us);
  return trend;
}

Deno.test("between two looks only what came in between counts", () => {
  const trend = trendOf(10, 20, 200);
  const before = trend.toJSON();
  for (const us of [20, 50, 100]) trend.record(us);
  const between = trendBetween([before], [trend.toJSON()]);
  assertEquals(between.count, 3);
  assertEquals(between.percentile(1), 20);
  assertEquals(between.percentile(50), 50);
  assertEquals(between.percentile(100), 100);
  assertEquals(between.sum, 170);
});

Deno.test("several trends between two looks are one distribution", () => {
  const [a, b] = [trendOf(1, 2), trendOf(3)];
  const before = [a.toJSON()];
  a.record(5);
  const between = trendBetween(before, [b.toJSON(), a.toJSON()]);
  assertEquals(between.count, 2);
  assertEquals(between.percentile(50), 3);
  assertEquals(between.percentile(100), 5);
});

Deno.test("the smallest and the largest between two looks are as exact as the buckets", () => {
  const trend = trendOf(3, 900_000);
  const before = trend.toJSON();
  for (const value of [100_000, 500_000]) trend.record(value);
  const { min, max } = trendBetween([before], [trend.toJSON()]);
  assertAlmostEquals(min, 100_000, 100_000 / 128);
  assertAlmostEquals(max, 500_000, 500_000 / 128);
});

Deno.test("nothing in between is an empty distribution", () => {
  const json = trendOf(7).toJSON();
  assertEquals(trendBetween([json], [json]).count, 0);
  assertEquals(trendBetween([], []).count, 0);
});
