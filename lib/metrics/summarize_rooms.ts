/**
 * What the clients of each room came to.
 *
 * @module
 */

import { byName } from "./badness.ts";
import type { ClientRecord } from "./client_record.ts";
import { isConnected } from "./client_rates.ts";
import { frameRateOf, residualLossOf } from "./figures.ts";
import { roundMs } from "./stats.ts";
import type { RoomSummary } from "./summary.ts";
import { bpsOver, most, type NumberKey, share, total } from "./sums.ts";

/** What they came to, room by room, in the order of their names. */
export function summarizeRooms(
  clients: readonly ClientRecord[],
): RoomSummary[] {
  return [...Map.groupBy(clients, ({ roomId }) => roomId)]
    .map(([roomId, members]) => summarizeRoom(roomId, members))
    .sort((a, b) => byName(a.roomId, b.roomId));
}

function summarizeRoom(
  roomId: string,
  members: readonly ClientRecord[],
): RoomSummary {
  const sum = (key: NumberKey) => total(members, key);
  const connected = members.filter((client) => client.connectionSuccessful);
  const sessionMs = total(connected, "sessionDurationMs");
  return {
    roomId,
    totalClients: members.length,
    successfulConnections: connected.length,
    totalPacketsSent: sum("packetsSent"),
    totalPacketsReceived: sum("packetsReceived"),
    totalErrors: sum("errorCount"),
    totalProducersCreated: sum("producersCreated"),
    totalConsumersCreated: sum("consumersCreated"),
    connectedAtEnd: members.filter(isConnected).length,
    silentRatio: share(sum("tracksSilentMs"), sum("tracksDueMs")),
    lossRatio: share(sum("packetsLost"), sum("packetsExpected")) ?? 0,
    residualLossRatio: residualLossOf({
      packetsLost: sum("packetsLost"),
      packetsRepaired: sum("packetsRepaired"),
      packetsExpected: sum("packetsExpected"),
    }) ?? 0,
    sendBpsPerClient: bpsOver(sessionMs, sum("bytesSent")),
    receiveBpsPerClient: bpsOver(sessionMs, sum("bytesReceived")),
    maxMediaLatencyMs: most(members, "maxMediaLatencyMs"),
    maxJitterMs: most(members, "maxJitterMs"),
    maxRoundTripMs: most(members, "maxRoundTripMs"),
    maxFirstKeyFrameMs: most(members, "firstKeyFrameMs"),
    maxNetworkRecoveryMs: most(members, "networkRecoveryMs"),
    frameRate: frameRateOf({
      framesShown: sum("framesShown"),
      videosBegun: sum("videosBegun"),
      playedMs: sum("playedMs"),
    }),
    framesDropped: sum("framesDropped"),
    freezes: sum("freezes"),
    frozenMs: roundMs(sum("frozenMs")),
    frozenRatio: share(sum("frozenMs"), sum("playedMs")),
    longestFreezeMs: most(members, "longestFreezeMs") ?? 0,
    pictureIdJumps: sum("pictureIdJumps"),
    timestampJumps: sum("timestampJumps"),
    layerSwitches: sum("layerSwitches"),
    received: {
      pli: sum("pliReceived"),
      fir: sum("firReceived"),
      nack: sum("nackReceived"),
    },
    sent: { pli: sum("pliSent"), nack: sum("nackSent") },
  };
}
