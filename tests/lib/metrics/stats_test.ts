import { assertEquals } from "@std/assert";
import { Trend, trendStats, valueStats } from "../../../lib/metrics/mod.ts";

Deno.test.each([
  { values: [], want: [0, 0, 0, 0, 0, 0, 0], why: "nothing is all zero" },
  {
    values: [1.2345],
    want: [1, 1.235, 1.235, 1.235, 1.235, 1.235, 1.235],
    why: "whole microseconds",
  },
  {
    values: [4, 1, 3, 2],
    want: [4, 1, 4, 2.5, 2, 4, 4],
    why: "nearest rank, in any order",
  },
])("figures of single values: $why", ({ values, want }) => {
  assertEquals(Object.values({ ...valueStats(values) }), [...want]);
});

Deno.test("a trend's figures are in milliseconds and agree with single values where those are exact", () => {
  const us = [7, 15, 15, 200, 31];
  const trend = new Trend();
  for (const value of us) trend.record(value);
  assertEquals(trendStats(trend), valueStats(us.map((value) => value / 1000)));
});
