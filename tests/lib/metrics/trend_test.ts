import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  mergeTrendJson,
  Trend,
  TREND_MAX,
  type TrendJson,
} from "../../../lib/metrics/mod.ts";
import { Float64Histogram } from "../../../lib/metrics/deps.ts";
import { generator } from "./generate.ts";

Deno.test.each([
  { values: [], p: 50, want: 0, why: "an empty trend has no percentile" },
  { values: [7], p: 0, want: 7, why: "one value is every percentile" },
  { values: [7], p: 100, want: 7, why: "one value is every percentile" },
  {
    values: [1, 2, 3, 4],
    p: 50,
    want: 2,
    why: "nearest rank, not the mean of two",
  },
  {
    values: [1, 2, 3, 4],
    p: 75,
    want: 3,
    why: "75 % of four is exactly three",
  },
  { values: [1, 2, 3, 4], p: 76, want: 4, why: "just above goes to the next" },
  { values: [200, 255], p: 99, want: 255, why: "exact below 256 µs" },
  {
    values: [100_000, 1_000_001],
    p: 100,
    want: 1_000_001,
    why: "never above the maximum",
  },
  {
    values: [999_999, 1_000_000_000],
    p: 1,
    want: 1_003_519,
    why: "the top of a bucket 0.8 % wide",
  },
])(
  "a percentile is the value that p percent do not exceed: $why",
  ({ values, p, want }) => {
    const trend = trendOf(values);
    assertEquals(trend.percentile(p), want);
  },
);

Deno.test("each value is where the histogram itself would put it", () => {
  const trend = new Trend();
  const histogram = new Float64Histogram(1, TREND_MAX, 2);
  const note = (value: number) => {
    trend.record(value);
    histogram.recordValue(value);
  };
  for (let value = 0; value < 70_000; value++) note(value);
  for (let power = 2 ** 16; power < TREND_MAX; power *= 2) {
    for (let part = 0; part < 1024; part++) {
      const value = power + Math.floor(part * power / 1024);
      for (const near of [value - 1, value]) note(Math.min(near, TREND_MAX));
    }
  }
  note(TREND_MAX);
  const { buckets } = trend.toJSON();
  const want: number[] = [];
  for (let i = 0, last = 0; i < histogram.countsArrayLength; i++) {
    const count = histogram.getCountAtIndex(i);
    if (count === 0) continue;
    want.push(i - last, count);
    last = i;
  }
  assertEquals(buckets, want);
  for (const p of [0, 1, 50, 99.9, 100]) {
    const most = histogram.getValueAtPercentile(p);
    assertEquals(trend.percentile(p), Math.min(most, TREND_MAX));
  }
});

Deno.test("a value that is recorded so many times at once counts as often", () => {
  const values = [3, 700, 1e6, NaN, -4, 1e12];
  const trend = new Trend();
  for (const value of values) trend.record(value, 5);
  const all = values.flatMap((value) => Array(5).fill(value));
  assertEquals(trend.toJSON(), trendOf(all).toJSON());
});

Deno.test.each([
  { us: -5, want: 0, why: "clocks of two machines may disagree" },
  { us: NaN, want: 0, why: "never let a missing number spoil the sum" },
  { us: 2.4, want: 2, why: "whole microseconds" },
  { us: 2.5, want: 3, why: "rounded, not cut" },
  {
    us: Infinity,
    want: TREND_MAX,
    why: "beyond the range counts as its end",
  },
])("recording $us µs counts as $want: $why", ({ us, want }) => {
  const trend = trendOf([us]);
  assertEquals(
    [trend.count, trend.min, trend.max, trend.sum, trend.mean],
    [1, want, want, want, want],
  );
});

Deno.test("count, minimum, maximum and sum are exact, percentiles at most 0.8 % high", () => {
  const generate = generator(1);
  const values = Array.from({ length: 5000 }, () => generate.duration());
  const trend = trendOf(values);
  const sorted = values.toSorted((a, b) => a - b);
  assertEquals(trend.count, 5000);
  assertEquals(trend.min, sorted[0]);
  assertEquals(trend.max, sorted.at(-1));
  assertEquals(trend.sum, values.reduce((sum, value) => sum + value));
  for (const p of [1, 25, 50, 90, 95, 99, 99.9]) {
    const exact = sorted[Math.ceil(p / 100 * 5000 - 1e-9) - 1];
    const reported = trend.percentile(p);
    assert(
      reported >= exact && reported <= exact * (1 + 1 / 128),
      `p${p}: ${reported} for ${exact}`,
    );
  }
});

Deno.test("trends recorded in parts merge into the trend of the whole", () => {
  const generate = generator(2);
  for (let round = 0; round < 20; round++) {
    const parts = Array.from(
      { length: 3 },
      () =>
        Array.from({ length: generate.below(50) }, () => generate.duration()),
    );
    const whole = trendOf(parts.flat()).toJSON();
    const [a, b, c] = parts.map((values) => trendOf(values).toJSON());
    assertEquals(mergeTrendJson([mergeTrendJson([a, b]), c]), whole);
    assertEquals(mergeTrendJson([a, mergeTrendJson([b, c])]), whole);
    assertEquals(mergeTrendJson([c, mergeTrendJson([b, a])]), whole);
  }
});

Deno.test("merging leaves the trends as they were", () => {
  const [a, b] = [trendOf([1, 2]).toJSON(), trendOf([500]).toJSON()];
  assertEquals(mergeTrendJson([a, b]).count, 3);
  assertEquals(a, trendOf([1, 2]).toJSON());
  assertEquals(b, trendOf([500]).toJSON());
});

Deno.test("a trend survives JSON text, the empty one too", () => {
  for (const values of [[], [0], [3, 3, 90_000, 4_000_000]]) {
    const trend = trendOf(values);
    const copy = Trend.fromJSON(JSON.parse(JSON.stringify(trend)));
    assertEquals(copy.toJSON(), trend.toJSON());
    copy.record(5);
    assertEquals(copy.min, Math.min(5, ...values));
  }
});

Deno.test("a damaged trend is refused", () => {
  const good = trendOf([1, 2, 3]).toJSON();
  assertThrows(
    () => Trend.fromJSON({ ...good, count: 4 }),
    Error,
    "hold 3 values, not 4",
  );
  assertThrows(
    () => Trend.fromJSON({ ...good, buckets: [1e6, 3] }),
    Error,
    "no bucket 1000000",
  );
  assertThrows(
    () => Trend.fromJSON({ ...good, buckets: [-1, 3] }),
    Error,
    "no bucket -1",
  );
});

Deno.test("a trend counts past 32 bits", () => {
  const big = { count: 4e9, min: 1, max: 1, sum: 4e9, buckets: [1, 4e9] };
  assertEquals(mergeTrendJson([big, big]).buckets, [1, 8e9]);
});

function trendOf(values: readonly number[]): Trend {
  const trend = new Trend();
  for (const value of values) trend.record(value);
  return trend;
}

Deno.test("what buckets hold is all that was recorded, each value within their width", () => {
  const values = Array.from({ length: 500 }, (_, i) => 1 + i ** 2 * 7 % 2e6);
  const trend = trendOf(values);
  const buckets = [...trend.buckets()];
  const counted = buckets.reduce((sum, { count }) => sum + count, 0);
  assertEquals(counted, values.length);
  assert(buckets.every(({ count }) => count > 0));
  const middles = buckets.map(({ middle }) => middle);
  assertEquals(middles, middles.toSorted((a, b) => a - b));
  for (const value of values) {
    const off = Math.min(...middles.map((middle) => Math.abs(middle - value)));
    assert(off <= value * 0.005 + 0.5, `${value} is ${off} off`);
  }
});

Deno.test.each([
  { steps: 0, count: 0, why: "below all" },
  { steps: 10, count: 2, why: "a bound counts what is equal to it" },
  { steps: 11, count: 2, why: "between two values" },
  { steps: 200, count: 3, why: "all but the largest" },
  { steps: TREND_MAX, count: 4, why: "all" },
])("of 5, 10, 200 and 5,000 as many are up to $steps: $why", ({
  steps,
  count,
}) => {
  assertEquals(trendOf([5, 10, 200, 5000]).countUpTo(steps), count);
});

Deno.test("what a trend tells is the same object until something is added, in whichever way", () => {
  const trend = new Trend();
  const told: TrendJson[] = [trend.toJSON()];
  const ways = [
    () => trend.record(0),
    () => trend.record(255),
    () => trend.record(256, 3),
    () => trend.record(TREND_MAX),
    () => trend.record(1),
  ];
  for (const add of ways) {
    assert(trend.toJSON() === told.at(-1));
    add();
    told.push(trend.toJSON());
    assertEquals(Trend.fromJSON(told.at(-1)!).toJSON(), told.at(-1));
  }
  assertEquals(told.map(({ count }) => count), [0, 1, 2, 5, 6, 7]);
  assertEquals(told.at(-1)!.buckets.filter((_, i) => i % 2 === 1), [
    1,
    1,
    1,
    3,
    1,
  ]);
});
