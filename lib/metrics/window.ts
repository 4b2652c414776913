/**
 * A window: what happened between two looks at the cumulative numbers.
 *
 * @module
 */

import type { ClientRecord } from "./client_record.ts";
import { isGone, tracksEver } from "./client_rates.ts";
import { clockHealthSince, STEADY } from "./clock_health.ts";
import { CLIENT_COUNTS } from "./counts.ts";
import { plainRecord } from "./departed_record.ts";
import { trendGrowth } from "./trend_growth.ts";
import {
  EMPTY_SNAPSHOT,
  type GeneratorHealth,
  type NodePart,
  type Snapshot,
} from "./snapshot.ts";

/** The figures of a client that grow. */
const GROWING = [...CLIENT_COUNTS, "errorCount", "sessionDurationMs"] as const;

/**
 * The snapshot of what came to `before` until it was `after`: counters and
 * distributions are those of the time between, gauges and clients those of
 * its end, without who had left or failed before it began. Minimum and maximum of a
 * distribution are as exact as its buckets. Of several freezes of a client in
 * the window, the longest is at most what it says.
 */
export function snapshotBetween(before: Snapshot, after: Snapshot): Snapshot {
  const known = new Map(before.clients.map((client) => [client.index, client]));
  return {
    ...after,
    ...growthBetween(before, after),
    clients: after.clients.flatMap((client) => {
      const earlier = known.get(client.index);
      if (earlier === undefined) return [client];
      return isGone(earlier) ? [] : [grown(earlier, client)];
    }),
    ...(after.parts !== undefined && {
      parts: partsBetween(before.parts, after.parts),
    }),
  };
}

/** The same of what each of several nodes did. */
export function partsBetween(
  before: readonly NodePart[] = [],
  after: readonly NodePart[] = [],
): NodePart[] {
  return after.map(({ whole: _, ...part }) => {
    const earlier = before.find(({ node }) => node === part.node) ??
      EMPTY_SNAPSHOT;
    return {
      ...part,
      ...growthBetween(earlier, part),
      ...(part.parts !== undefined && {
        parts: partsBetween(earlier.parts, part.parts),
      }),
    };
  });
}

type Growing = Pick<Snapshot, "atMs" | "counters" | "generator" | "trends">;

function growthBetween(
  before: Growing,
  after: Growing,
): Omit<Growing, "atMs"> {
  return {
    counters: Object.fromEntries(
      Object.entries(after.counters).map(([name, value]) => [
        name,
        value - (before.counters[name] ?? 0),
      ]),
    ),
    trends: Object.fromEntries(
      Object.entries(after.trends).map(([name, trend]) => [
        name,
        trendGrowth(before.trends[name], trend),
      ]),
    ),
    generator: healthBetween(before, after),
  };
}

function healthBetween(
  { atMs: beforeMs, generator: before }: Growing,
  { generator: after }: Growing,
): GeneratorHealth {
  return {
    ...after,
    cpuUs: after.cpuUs - before.cpuUs,
    threadUs: after.threadUs - before.threadUs,
    kernelDrops: after.kernelDrops === null
      ? null
      : after.kernelDrops - (before.kernelDrops ?? 0),
    heldBackJoins: after.heldBackJoins - before.heldBackJoins,
    ...(after.clock !== undefined && {
      clock: clockHealthSince(before.clock ?? STEADY, beforeMs, after.clock),
    }),
    ...(after.lost !== undefined && {
      lost: after.lost.filter(({ atMs }) => atMs >= beforeMs),
    }),
  };
}

function grown(before: ClientRecord, after: ClientRecord): ClientRecord {
  const { connectedAtMs, sessionDurationMs } = before;
  const growth = GROWING.map((name) => [name, after[name] - before[name]]);
  return {
    ...plainRecord(after),
    ...Object.fromEntries(growth),
    tracksBefore: tracksEver(before),
    // Of its stay, as of all that came to it, what is in the window.
    ...(connectedAtMs !== null && {
      connectedAtMs: connectedAtMs + sessionDurationMs,
    }),
    longestFreezeMs: Math.min(
      after.longestFreezeMs,
      after.totalFreezesDurationMs - before.totalFreezesDurationMs,
    ),
  };
}
