/** Exponential buckets against their definition. */

import { assert, assertEquals } from "@std/assert";
import { fc } from "../../../fuzz/deps.ts";
import { exponentialBuckets } from "../../../../lib/output/otlp/exponential.ts";

const CASES: readonly {
  readonly why: string;
  readonly values: readonly number[];
  readonly scale: number;
}[] = [
  { why: "nothing", values: [], scale: 6 },
  { why: "zeros only", values: [0, 0], scale: 6 },
  { why: "one value is as fine as can be", values: [0.02], scale: 6 },
  { why: "a power of the base belongs below", values: [1, 2, 4], scale: 6 },
  { why: "from 1 ms to 1 s", values: [0.001, 0.02, 0.5, 1], scale: 4 },
  { why: "from a microsecond to an hour", values: [1e-6, 0, 3600], scale: 2 },
];

for (const { why, values, scale } of CASES) {
  Deno.test(`each value lies in its exponential bucket, of which there are at most 160: ${why}`, () => {
    const found = exponentialBuckets(
      values.map((value) => ({ value, count: 2 })),
    );
    assertEquals(found.scale, scale);
    const { offset, bucketCounts } = found.positive;
    assert(bucketCounts.length <= 160);
    assertEquals(
      found.zeroCount,
      2 * values.filter((value) => value === 0).length,
    );
    const base = 2 ** (2 ** -scale);
    const left = [...bucketCounts];
    for (const value of values.filter((value) => value > 0)) {
      const index = bucketCounts.findIndex((_, i) =>
        value > base ** (offset + i) * (1 - 1e-12) &&
        value <= base ** (offset + i + 1) * (1 + 1e-12)
      );
      assert(index >= 0, `${value}`);
      left[index] -= 2;
    }
    assertEquals(left.filter((count) => count !== 0), []);
  });
}

Deno.test("whatever values there are, each is in a bucket no finer than it may be, and none of them is lost", () => {
  const value = fc.oneof(
    fc.constant(0),
    fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
    fc.integer({ min: -40, max: 40 }).map((power) => 2 ** power),
  );
  const entry = fc.record({ value, count: fc.integer({ min: 1, max: 1e6 }) });
  fc.assert(fc.property(fc.array(entry), (values) => {
    const { scale, zeroCount, positive } = exponentialBuckets(values);
    const { offset, bucketCounts } = positive;
    const sum = (counts: readonly number[]) =>
      counts.reduce((all, one) => all + one, 0);
    assert(scale <= 6 && bucketCounts.length <= 160);
    assertEquals(
      zeroCount + sum(bucketCounts),
      sum(values.map(({ count }) => count)),
    );
    // The first and the last one are needed.
    if (bucketCounts.length > 0) {
      assert(bucketCounts[0] > 0 && bucketCounts.at(-1)! > 0);
    }
    const base = 2 ** (2 ** -scale);
    for (const { value } of values.filter(({ value }) => value > 0)) {
      assert(value > base ** offset * (1 - 1e-9), `${value} is below all`);
      assert(
        value <= base ** (offset + bucketCounts.length) * (1 + 1e-9),
        `${value} is above all`,
      );
    }
  }));
});

Deno.test("a scale is no coarser than it has to be", () => {
  // 160 buckets of scale 6 are 2.5 powers of two; the first begins above 1.
  for (const [most, scale] of [[2 ** 2.49, 6], [2 ** 2.52, 5]]) {
    const values = [1.0001, most].map((value) => ({ value, count: 1 }));
    assertEquals(exponentialBuckets(values).scale, scale);
  }
});
