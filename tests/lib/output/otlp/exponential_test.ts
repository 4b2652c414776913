/** Exponential buckets against their definition. */

import { assert, assertEquals } from "@std/assert";
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
