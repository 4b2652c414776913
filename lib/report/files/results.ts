/**
 * From client records to `load_test_results.json`.
 *
 * @module
 */

import {
  bpsOver,
  CLIENT_COUNTS,
  CLIENT_TIMES,
  type ClientCounts,
  type ClientFirst,
  type ClientMost,
  type ClientRecord,
  clientsOwn,
  type DurationStats,
  fileKey,
  isConnected,
  type OperationRecord,
  roundMs,
  valueStats,
} from "../../metrics/mod.ts";

/** One client's line in `load_test_results.json`. */
export type ClientResult = Readonly<
  (typeof import("./results_schema.ts"))["resultsSchema"]["_zod"]["output"][
    number
  ]
>;

/** What `load_test_results.json` says of these clients, in their order. */
export function toResults(clients: readonly ClientRecord[]): ClientResult[] {
  return clients.map((client) => {
    const { sessionDurationMs } = client;
    return {
      clientId: client.clientId,
      roomId: client.roomId,
      connectionSuccessful: client.connectionSuccessful,
      ...measured(client),
      connectionTimeMs: roundMs(client.connectionTimeMs ?? 0),
      errors: client.errors.map(({ kind, message }) => `${kind}: ${message}`),
      sessionDurationMs: roundMs(sessionDurationMs),
      signalingLatencies: {
        operations: Object.fromEntries(
          Object.entries(client.signaling)
            .map(([operation, record]) => [operation, statsOf(record)] as const)
            .sort(([a], [b]) => a < b ? -1 : 1),
        ),
      },
      index: client.index,
      role: client.role,
      node: client.node,
      state: client.state,
      failureCause: client.failureCause,
      errorCount: client.errorCount,
      errorDetails: [...client.errors],
      impairment: client.impairment,
      consumersFlowing: client.consumersFlowing,
      connectedAtEnd: isConnected(client),
      lostMediaForGood: client.hasLostMedia,
      sendBps: bpsOver(sessionDurationMs, client.bytesSent),
      receiveBps: bpsOver(sessionDurationMs, client.bytesReceived),
      awaySinceMs: client.awaySinceMs,
      frameRate: clientsOwn("frameRate", client),
      longestFreezeMs: roundMs(client.longestFreezeMs),
    };
  });
}

type Measured =
  | keyof ClientCounts
  | ClientMost
  | Exclude<ClientFirst, "connectionTimeMs">;

/** Its part of each metric. */
function measured(client: ClientRecord): Pick<ClientResult, Measured> {
  return Object.fromEntries<number | null>([
    ...CLIENT_COUNTS.map((name) =>
      [fileKey(name), roundMs(client[name])] as const
    ),
    ...CLIENT_TIMES.map((name) => [name, rounded(client[name])] as const),
  ]) as unknown as Pick<ClientResult, Measured>;
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : roundMs(ms);
}

/** Count, extremes and mean over all requests, percentiles over the latest that were kept. */
function statsOf(record: OperationRecord): DurationStats {
  return {
    ...valueStats(record.valuesMs),
    count: record.count,
    minMs: roundMs(record.minMs),
    maxMs: roundMs(record.maxMs),
    avgMs: roundMs(record.sumMs / record.count),
  };
}
