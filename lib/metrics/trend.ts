/**
 * A trend: the distribution of one figure, as an HDR histogram. Trends add
 * up: merging those of all clients, workers and machines gives the very
 * histogram that one place would have recorded, so a percentile of the whole
 * is never a percentile of percentiles.
 *
 * How exact it is: values are whole steps, whose size the registry says: a
 * duration's are microseconds. Count, minimum, maximum and sum are exact.
 * Below 256 every value has its own bucket; above, a bucket is at most 1/128 (0.8 %) of its value wide, and a percentile is reported as
 * the highest value of its bucket: never too low, at most 0.8 % too high.
 *
 * @module
 */

import { Float64Histogram } from "./deps.ts";

/** The largest value that a trend tells apart: of a duration, one hour. Larger ones count as this. */
export const TREND_MAX = 3_600_000_000;

/** Two significant digits: so many bits tell values of one magnitude apart, half of them in a bucket's place. */
const BUCKET_BITS = 7;

/** Buckets that a trend has. */
export const TREND_BUCKETS: number =
  new Float64Histogram(1, TREND_MAX, 2).countsArrayLength;

/** A trend as plain JSON data, sparse: only buckets that hold something. */
export interface TrendJson {
  /** Values recorded. */
  readonly count: number;
  /** Smallest value in steps; 0 when empty. */
  readonly min: number;
  /** Largest value in steps; 0 when empty. */
  readonly max: number;
  /** Sum of all values in steps. */
  readonly sum: number;
  /** Pairs, flattened: the bucket's distance from the pair before, then its count. */
  readonly buckets: readonly number[];
}

/** The distribution of a figure; see the module's doc for its precision. */
export class Trend {
  // 64-bit counts, because 32-bit ones would wrap silently after 4.3e9
  // packets in one bucket: a day's soak on a few machines. 26 KiB a trend.
  readonly #histogram = new Float64Histogram(1, TREND_MAX, 2);
  #min = Infinity;
  #max = 0;
  #sum = 0;
  /** What was last told of it. */
  #json: TrendJson | undefined;

  /** Reads what {@linkcode Trend.toJSON} wrote; throws when it is damaged. */
  static fromJSON(json: TrendJson): Trend {
    const trend = new Trend();
    trend.#readBuckets(json.buckets);
    if (trend.count !== json.count) throw damaged(trend.count, json.count);
    if (json.count > 0) {
      trend.#min = json.min;
      trend.#max = json.max;
      trend.#sum = json.sum;
    }
    return trend;
  }

  /** Values recorded. */
  get count(): number {
    return this.#histogram.totalCount;
  }

  /** Smallest value in steps, exact; 0 when empty. */
  get min(): number {
    return this.count === 0 ? 0 : this.#min;
  }

  /** Largest value in steps, exact; 0 when empty. */
  get max(): number {
    return this.#max;
  }

  /** Sum of all values in steps, exact. */
  get sum(): number {
    return this.#sum;
  }

  /** Mean in steps; 0 when empty. */
  get mean(): number {
    return this.count === 0 ? 0 : this.#sum / this.count;
  }

  /**
   * Adds a value, in steps, so many times: rounded to whole ones and clamped
   * to 0 and {@linkcode TREND_MAX}. Allocates nothing.
   */
  record(steps: number, times = 1): void {
    // Written so that NaN, which no comparison is true for, ends up as 0.
    const value = steps > 0 ? Math.min(Math.round(steps), TREND_MAX) : 0;
    const histogram = this.#histogram;
    histogram.addToCountAtIndex(bucketOf(value), times);
    histogram.addToTotalCount(times);
    histogram.updateMinAndMax(value);
    this.#sum += value * times;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  /**
   * The value in steps that `p` percent of the values do not exceed
   * (nearest rank), `p` from 0 to 100; 0 when empty.
   */
  percentile(p: number): number {
    if (this.count === 0) return 0;
    const bucketTop = this.#histogram.getValueAtPercentile(p);
    return Math.max(this.#min, Math.min(bucketTop, this.#max));
  }

  /** How many values are in buckets that begin at `steps` or below. */
  countUpTo(steps: number): number {
    let count = 0;
    for (let i = 0; i < this.#histogram.countsArrayLength; i++) {
      if (this.#histogram.valueFromIndex(i) > steps) break;
      count += this.#histogram.getCountAtIndex(i);
    }
    return count;
  }

  /** The buckets that hold something: the middle of each in steps, and how many values it holds. */
  *buckets(): Generator<{ readonly middle: number; readonly count: number }> {
    for (let i = 0; i < this.#histogram.countsArrayLength; i++) {
      const count = this.#histogram.getCountAtIndex(i);
      if (count === 0) continue;
      const from = this.#histogram.valueFromIndex(i);
      const upTo = this.#histogram.highestEquivalentValue(from);
      yield { middle: (from + upTo) / 2, count };
    }
  }

  /** Everything as plain data, for {@linkcode Trend.fromJSON} elsewhere; the same object while nothing is added. */
  toJSON(): TrendJson {
    if (this.#json?.count === this.count) return this.#json;
    const buckets: number[] = [];
    let previous = 0;
    const last = bucketOf(Math.min(this.#histogram.maxValue, TREND_MAX));
    for (let i = 0; i <= last; i++) {
      const count = this.#histogram.getCountAtIndex(i);
      if (count === 0) continue;
      buckets.push(i - previous, count);
      previous = i;
    }
    const { count, min, max, sum } = this;
    // A list that has grown has room to spare; its copy has none.
    this.#json = { count, min, max, sum, buckets: buckets.slice() };
    return this.#json;
  }

  #readBuckets(buckets: readonly number[]): void {
    let index = 0;
    for (let i = 0; i + 1 < buckets.length; i += 2) {
      index += buckets[i];
      if (!(index >= 0 && index < this.#histogram.countsArrayLength)) {
        throw new Error(`Cannot read trend: there is no bucket ${index}`);
      }
      this.#histogram.recordValueWithCount(
        this.#histogram.valueFromIndex(index),
        buckets[i + 1],
      );
    }
  }
}

/** The histogram's own bucket of a value, which it finds by a logarithm and two powers: dear for every packet. */
function bucketOf(value: number): number {
  const magnitude = Math.max(0, 31 - Math.clz32(value) - BUCKET_BITS);
  return (magnitude << BUCKET_BITS) + (value >>> magnitude);
}

/** The least and the most of the values that a bucket holds, in steps. */
export function bucketBounds(
  bucket: number,
): { readonly least: number; readonly most: number } {
  const size = 1 << BUCKET_BITS;
  if (bucket < 2 * size) return { least: bucket, most: bucket };
  const magnitude = Math.floor(bucket / size) - 1;
  const width = 2 ** magnitude;
  const least = (bucket - magnitude * size) * width;
  return { least, most: least + width - 1 };
}

/**
 * The merge of trends as plain data; none is changed. Throws when one holds
 * another number of values than it says.
 */
export function mergeTrendJson(trends: readonly TrendJson[]): TrendJson {
  if (trends.length === 1) return trends[0];
  const counts = new Map<number, number>();
  const merged = { count: 0, min: Infinity, max: 0, sum: 0 };
  for (const { count, min, max, sum, buckets } of trends) {
    let bucket = 0;
    let held = 0;
    for (let i = 0; i + 1 < buckets.length; i += 2) {
      bucket += buckets[i];
      held += buckets[i + 1];
      counts.set(bucket, (counts.get(bucket) ?? 0) + buckets[i + 1]);
    }
    if (held !== count) throw damaged(held, count);
    if (count === 0) continue;
    merged.count += count;
    merged.min = Math.min(merged.min, min);
    merged.max = Math.max(merged.max, max);
    merged.sum += sum;
  }
  const buckets: number[] = [];
  let previous = 0;
  for (const bucket of [...counts.keys()].sort((a, b) => a - b)) {
    buckets.push(bucket - previous, counts.get(bucket)!);
    previous = bucket;
  }
  return {
    ...merged,
    min: merged.count === 0 ? 0 : merged.min,
    buckets: buckets.slice(),
  };
}

function damaged(held: number, count: number): Error {
  return new Error(
    `Cannot read trend: its buckets hold ${held} values, not ${count}`,
  );
}
