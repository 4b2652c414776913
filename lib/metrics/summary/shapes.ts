/**
 * The shapes that repeat in the files of a run.
 *
 * @module
 */

import { z } from "./schema_deps.ts";
import type { Distribution, DurationStats } from "../stats.ts";

/** A whole number of things. */
export const count = z.int().min(0).meta({ id: "count" });
/** A duration, a share, a rate. */
export const amount = z.number().min(0).meta({ id: "amount" });
/** One that may not be known. */
export const known = amount.nullable().meta({ id: "known" });

/** A number of things that may not be known. */
export const knownCount = count.nullable().meta({ id: "knownCount" });

/** A duration's distribution in milliseconds. */
export const duration: z.ZodType<DurationStats> = z.object({
  count,
  minMs: amount,
  maxMs: amount,
  avgMs: amount,
  p50Ms: amount,
  p95Ms: amount,
  p99Ms: amount,
}).meta({
  id: "duration",
  description:
    "In milliseconds, all zero when count is. Percentiles are nearest-rank, over all clients, at most 0.8 % high.",
});

/** Any other figure's. */
export const distribution: z.ZodType<Distribution> = z.object({
  count,
  min: amount,
  max: amount,
  avg: amount,
  p5: amount,
  p50: amount,
  p95: amount,
  p99: amount,
}).meta({
  id: "distribution",
  description:
    "In the figure's own unit, all zero when count is; percentiles as those of durations.",
});

/** Latencies by operation; both files have them in this shape. */
export const signalingLatencies = z.object({
  operations: z.record(z.string(), duration),
});
