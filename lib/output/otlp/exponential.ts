/**
 * Exponential histograms as OpenTelemetry's metrics data model has them:
 * bucket `i` of scale `s` holds what is above `b ** i` and not above
 * `b ** (i + 1)`, where `b` is `2 ** (2 ** -s)`.
 *
 * @module
 */

/** The finest that is used: 1.1 % a bucket, about as wide as a trend's own. */
const MAX_SCALE = 6;
/** As many as that model's default; a coarser scale is taken where more would be needed. */
const MAX_BUCKETS = 160;

/** Values put into buckets. */
export interface ExponentialBuckets {
  readonly scale: number;
  /** How many values are 0. */
  readonly zeroCount: number;
  readonly positive: {
    /** The index of the first bucket. */
    readonly offset: number;
    readonly bucketCounts: number[];
  };
}

/** The finest buckets that these values, none below 0, fit into. */
export function exponentialBuckets(
  values: readonly { readonly value: number; readonly count: number }[],
): ExponentialBuckets {
  const positive = values.filter(({ value }) => value > 0);
  const zeroCount = values.reduce(
    (sum, { value, count }) => value > 0 ? sum : sum + count,
    0,
  );
  if (positive.length === 0) {
    return {
      scale: MAX_SCALE,
      zeroCount,
      positive: { offset: 0, bucketCounts: [] },
    };
  }
  let scale = MAX_SCALE;
  const at = (value: number) => Math.ceil(Math.log2(value) * 2 ** scale) - 1;
  const least = Math.min(...positive.map(({ value }) => value));
  const most = Math.max(...positive.map(({ value }) => value));
  while (at(most) - at(least) >= MAX_BUCKETS) scale--;
  const offset = at(least);
  const bucketCounts = new Array<number>(at(most) - offset + 1).fill(0);
  for (const { value, count } of positive) {
    bucketCounts[at(value) - offset] += count;
  }
  return { scale, zeroCount, positive: { offset, bucketCounts } };
}
