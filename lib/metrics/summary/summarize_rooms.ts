/**
 * What the clients of each room came to.
 *
 * @module
 */

import { byName } from "../judgement/badness.ts";
import {
  type ClientCount,
  type CounterName,
  mostKey,
  namesOf,
  roomKey,
} from "../catalog.ts";
import type { ClientRecord } from "../client_record.ts";
import { isConnected, isUnknown } from "../client_rates.ts";
import { bpsOver, divided, most, partOf, total } from "../figures.ts";
import type { RoomCounts } from "./metric_values.ts";
import { roundMs } from "../stats.ts";
import { connectionOf } from "./summarize_groups.ts";
import type { RoomSummary } from "./summary.ts";

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
  const connected = members.filter((client) => client.connectionSuccessful);
  const sessionMs = total(connected, "sessionDurationMs");
  const sum = (name: CounterName) =>
    members.reduce((sum, client) => sum + (partOf(client, name) ?? 0), 0);
  const {
    totalPacketsSent,
    totalPacketsReceived,
    totalProducersCreated,
    totalConsumersCreated,
    ...others
  } = roomCounts(members, sum);
  return {
    roomId,
    totalClients: members.length,
    successfulConnections: connected.length,
    totalPacketsSent,
    totalPacketsReceived,
    totalErrors: total(members, "errorCount"),
    totalProducersCreated,
    totalConsumersCreated,
    connectedAtEnd: members.filter(isConnected).length,
    unknownAtEnd: members.filter(isUnknown).length,
    silentRatio: divided("silent", sum),
    lossRatio: divided("loss", sum) ?? 0,
    residualLossRatio: divided("residualLoss", sum) ?? 0,
    sendBpsPerClient: bpsOver(sessionMs, sum("bytesSent")),
    receiveBpsPerClient: bpsOver(sessionMs, sum("bytesReceived")),
    frameRate: divided("frameRate", sum),
    frozenRatio: divided("frozen", sum),
    longestFreezeMs: most(members, "longestFreezeMs") ?? 0,
    p50ConnectionTimeMs: connectionOf(members).p50ConnectionTimeMs,
    ...others,
  };
}

const COUNTS = namesOf({ type: "counter", perRoom: true });
const MOST = namesOf({ perClient: "max", perRoom: true });

function roomCounts(
  members: readonly ClientRecord[],
  sum: (name: ClientCount) => number,
): RoomCounts {
  return Object.fromEntries<number | null>([
    ...COUNTS.map((name) => [roomKey(name), roundMs(sum(name))] as const),
    ...MOST.map((name) =>
      [mostKey(name), most(members, mostKey(name))] as const
    ),
  ]) as unknown as RoomCounts;
}
