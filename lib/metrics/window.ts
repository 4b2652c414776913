/**
 * A window: what happened between two looks at the cumulative numbers.
 *
 * @module
 */

import type { ClientRecord } from "./client_record.ts";
import { clockHealthSince, STEADY } from "./clock_health.ts";
import { CLIENT_COUNTS } from "./counts.ts";
import { plainRecord } from "./departed_record.ts";
import { trendBetween } from "./recent.ts";
import type { Snapshot } from "./snapshot.ts";

/** The figures of a client that grow. */
const GROWING = [...CLIENT_COUNTS, "errorCount"] as const;

/**
 * The snapshot of what came to `before` until it was `after`: counters and
 * distributions are those of the time between, gauges and clients those of
 * its end, without who had left or failed before it began. Minimum and maximum of a
 * distribution are as exact as its buckets. Of several freezes of a client in
 * the window, the longest is at most what it says.
 */
export function snapshotBetween(before: Snapshot, after: Snapshot): Snapshot {
  const known = new Map(before.clients.map((client) => [client.index, client]));
  const { kernelDrops } = after.generator;
  return {
    ...after,
    counters: Object.fromEntries(
      Object.entries(after.counters).map(([name, value]) => [
        name,
        value - (before.counters[name] ?? 0),
      ]),
    ),
    trends: Object.fromEntries(
      Object.entries(after.trends).map(([name, trend]) => {
        const earlier = before.trends[name];
        return [
          name,
          trendBetween(earlier === undefined ? [] : [earlier], [trend])
            .toJSON(),
        ];
      }),
    ),
    clients: after.clients.flatMap((client) => {
      const earlier = known.get(client.index);
      if (earlier === undefined) return [client];
      const gone = earlier.state === "left" || earlier.state === "failed";
      return gone ? [] : [grown(earlier, client)];
    }),
    generator: {
      ...after.generator,
      cpuUs: after.generator.cpuUs - before.generator.cpuUs,
      threadUs: after.generator.threadUs - before.generator.threadUs,
      kernelDrops: kernelDrops === null
        ? null
        : kernelDrops - (before.generator.kernelDrops ?? 0),
      heldBackJoins: after.generator.heldBackJoins -
        before.generator.heldBackJoins,
      ...(after.generator.clock !== undefined && {
        clock: clockHealthSince(
          before.generator.clock ?? STEADY,
          before.atMs,
          after.generator.clock,
        ),
      }),
    },
  };
}

function grown(before: ClientRecord, after: ClientRecord): ClientRecord {
  const growth = GROWING.map((name) => [name, after[name] - before[name]]);
  return {
    ...plainRecord(after),
    ...Object.fromEntries(growth),
    longestFreezeMs: Math.min(
      after.longestFreezeMs,
      after.totalFreezesDurationMs - before.totalFreezesDurationMs,
    ),
  };
}
