import { assertEquals } from "@std/assert";
import {
  distributionOf,
  isEnough,
  roundMs,
  Trend,
  trendStats,
  usToMs,
  valueStats,
} from "../../../lib/metrics/mod.ts";
import { generator } from "./generate.ts";

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

Deno.test("a percentile of single values is the least that so many do not exceed, of any number of them", () => {
  for (let count = 1; count <= 2000; count++) {
    const values = Array.from({ length: count }, (_, i) => i + 1);
    const { p50Ms, p95Ms, p99Ms } = valueStats(values);
    // Of 1, 2, 3, … each value is its own rank; by whole numbers, which round nothing.
    const rank = (p: number) => Math.floor((p * count + 99) / 100);
    assertEquals([p50Ms, p95Ms, p99Ms], [rank(50), rank(95), rank(99)]);
  }
});

Deno.test("single values stay in the order in which they came", () => {
  const values = [3, 1, 2];
  valueStats(values);
  assertEquals(values, [3, 1, 2]);
});

Deno.test("the figures of a distribution are in their order, and the mean among them", () => {
  const { below, duration } = generator(23);
  for (let round = 0; round < 200; round++) {
    const values = Array.from({ length: 1 + below(50) }, () => duration());
    const trend = new Trend();
    for (const value of values) trend.record(value);
    for (
      const { minMs, p50Ms, p95Ms, p99Ms, maxMs, avgMs } of [
        trendStats(trend),
        valueStats(values.map((us) => us / 1000)),
      ]
    ) {
      const order = [minMs, p50Ms, p95Ms, p99Ms, maxMs];
      assertEquals(order, order.toSorted((a, b) => a - b));
      assertEquals(Math.min(Math.max(avgMs, minMs), maxMs), avgMs);
    }
  }
});

Deno.test.each(
  [
    { unit: "ms", steps: 1500, is: 1.5 },
    { unit: "ratio", steps: 12_500, is: 0.0125 },
    { unit: "bps", steps: 64_000, is: 64_000 },
    { unit: "fps", steps: 29_970, is: 29.97 },
  ] as const,
)("$steps steps of $unit are $is", ({ unit, steps, is }) => {
  const trend = new Trend();
  for (let i = 0; i < 3; i++) trend.record(steps);
  assertEquals(distributionOf(trend, unit), {
    count: 3,
    min: is,
    max: is,
    avg: is,
    p5: is,
    p50: is,
    p95: is,
    p99: is,
  });
});

Deno.test.each([
  { count: 0, p: 50, is: false, why: "none has no middle" },
  { count: 1, p: 50, is: false, why: "one is no middle" },
  { count: 2, p: 50, is: true, why: "two have one" },
  {
    count: 19,
    p: 95,
    is: false,
    why: "the largest of 19 is less than 1 in 20",
  },
  { count: 20, p: 95, is: true, why: "the largest of 20 is 1 in 20" },
  { count: 20, p: 5, is: true, why: "and so is the smallest" },
  { count: 99, p: 99, is: false, why: "1 in 100 needs a hundred" },
  { count: 100, p: 99, is: true, why: "1 in 100 needs a hundred" },
  { count: 999, p: 99.9, is: false, why: "1 in 1,000 needs a thousand" },
  { count: 1000, p: 99.9, is: true, why: "1 in 1,000 needs a thousand" },
  { count: 1000, p: 0.1, is: true, why: "1 in 1,000 needs a thousand" },
  { count: 9999, p: 99.99, is: false, why: "1 in 10,000" },
  { count: 10_000, p: 99.99, is: true, why: "1 in 10,000" },
  { count: 0, p: 100, is: true, why: "the largest is one of any number" },
  { count: 1, p: 0, is: true, why: "the smallest, too" },
])(
  "$count values have a percentile $p of their own: $is, $why",
  ({ count, p, is }) => {
    assertEquals(isEnough(count, p), is);
  },
);

Deno.test("microseconds and milliseconds are told with three decimals", () => {
  assertEquals([usToMs(1234.5), usToMs(0), usToMs(0.4)], [1.235, 0, 0]);
  assertEquals([roundMs(1.2344), roundMs(1.2346), roundMs(-1.2346)], [
    1.234,
    1.235,
    -1.235,
  ]);
});
