/**
 * From client records to `load_test_results.json`.
 *
 * @module
 */

import {
  type ClientRecord,
  type DurationStats,
  frameRateOf,
  isConnected,
  type OperationRecord,
  roundMs,
  valueStats,
} from "../metrics/mod.ts";
import type { ClientResult } from "./results_schema.ts";

/** What `load_test_results.json` says of these clients, in their order. */
export function toResults(clients: readonly ClientRecord[]): ClientResult[] {
  return clients.map((client) => ({
    clientId: client.clientId,
    roomId: client.roomId,
    connectionSuccessful: client.connectionSuccessful,
    connectionTimeMs: roundMs(client.connectionTimeMs ?? 0),
    timeToFirstMediaSentMs: rounded(client.timeToFirstMediaSentMs),
    timeToFirstMediaReceivedMs: rounded(client.timeToFirstMediaReceivedMs),
    totalPacketsSent: client.packetsSent,
    totalPacketsReceived: client.packetsReceived,
    totalBytesSent: client.bytesSent,
    totalBytesReceived: client.bytesReceived,
    errors: client.errors.map(({ kind, message }) => `${kind}: ${message}`),
    sessionDurationMs: roundMs(client.sessionDurationMs),
    producersCreated: client.producersCreated,
    consumersCreated: client.consumersCreated,
    signalingLatencies: {
      operations: Object.fromEntries(
        Object.entries(client.signaling)
          .map(([operation, record]) => [operation, statsOf(record)] as const)
          .sort(([a], [b]) => a < b ? -1 : 1),
      ),
    },
    reconnections: client.reconnections,
    reconnectionFailures: client.reconnectionFailures,
    losses: client.losses,
    returnsByIceRestart: client.returnsByIceRestart,
    returnsByReconnect: client.returnsByReconnect,
    returnsByRejoin: client.returnsByRejoin,
    index: client.index,
    role: client.role,
    node: client.node,
    state: client.state,
    failureCause: client.failureCause,
    errorCount: client.errorCount,
    errorDetails: client.errors,
    packetsExpected: client.packetsExpected,
    packetsLost: client.packetsLost,
    packetsRepaired: client.packetsRepaired,
    impairment: client.impairment,
    packetsDroppedIn: client.packetsDroppedIn,
    packetsDroppedOut: client.packetsDroppedOut,
    consumersFlowing: client.consumersFlowing,
    connectedAtEnd: isConnected(client),
    tracksDueMs: roundMs(client.tracksDueMs),
    tracksSilentMs: roundMs(client.tracksSilentMs),
    withoutMediaMs: roundMs(client.withoutMediaMs),
    mediaLosses: client.mediaLosses,
    lostMediaForGood: client.hasLostMedia,
    sendBps: bps(client.bytesSent, client),
    receiveBps: bps(client.bytesReceived, client),
    recoveryMs: rounded(client.recoveryMs),
    awaySinceMs: client.awaySinceMs,
    networkRecoveryMs: rounded(client.networkRecoveryMs),
    maxMediaLatencyMs: rounded(client.maxMediaLatencyMs),
    maxJitterMs: rounded(client.maxJitterMs),
    maxRoundTripMs: rounded(client.maxRoundTripMs),
    firstKeyFrameMs: rounded(client.firstKeyFrameMs),
    framesShown: client.framesShown,
    framesDropped: client.framesDropped,
    frameRate: frameRateOf(client),
    freezes: client.freezes,
    frozenMs: roundMs(client.frozenMs),
    longestFreezeMs: roundMs(client.longestFreezeMs),
    pictureIdJumps: client.pictureIdJumps,
    timestampJumps: client.timestampJumps,
    layerSwitches: client.layerSwitches,
    sent: { pli: client.pliSent, nack: client.nackSent },
    received: {
      pli: client.pliReceived,
      fir: client.firReceived,
      nack: client.nackReceived,
    },
  }));
}

function bps(bytes: number, { sessionDurationMs }: ClientRecord): number {
  return sessionDurationMs > 0
    ? Math.round(bytes * 8000 / sessionDurationMs)
    : 0;
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
