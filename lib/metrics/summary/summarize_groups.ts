/**
 * What different clients had, each group by the same figures: those whose
 * network is impaired, who shares a room with them, and all others; those who
 * send and those who only watch.
 *
 * @module
 */

import type { CounterName } from "../catalog.ts";
import type { ClientRecord } from "../client_record.ts";
import { isConnected, isUnknown } from "../client_rates.ts";
import { divided, partOf } from "../figures.ts";
import { roundMs, valueStats } from "../stats.ts";
import type { GroupName, GroupSummary } from "./summary.ts";

/** The groups that there are; where everybody is in the same one it is none. */
export function summarizeGroups(
  clients: readonly ClientRecord[],
): Partial<Record<GroupName, GroupSummary>> {
  const rooms = new Set(
    clients.filter(isImpaired).map(({ roomId }) => roomId),
  );
  const byNetwork = (client: ClientRecord): GroupName =>
    isImpaired(client)
      ? "impaired"
      : rooms.has(client.roomId)
      ? "roomMates"
      : "others";
  const byRole = ({ role }: ClientRecord): GroupName =>
    role === "publisher" ? "publishers" : "viewers";
  return Object.fromEntries(
    [byNetwork, byRole].flatMap((groupOf) => {
      const groups = Map.groupBy(clients, groupOf);
      return groups.size < 2
        ? []
        : NAMES.flatMap((name) =>
          groups.has(name) ? [[name, summarizeGroup(groups.get(name)!)]] : []
        );
    }),
  );
}

const NAMES: readonly GroupName[] = [
  "impaired",
  "roomMates",
  "others",
  "publishers",
  "viewers",
];

/** Whether its network was impaired, now or before. */
export function isImpaired(
  { impairment, impairedInDropped, impairedOutDropped }: ClientRecord,
): boolean {
  return impairment !== null || impairedInDropped + impairedOutDropped > 0;
}

function summarizeGroup(members: readonly ClientRecord[]): GroupSummary {
  const sum = (name: CounterName) =>
    members.reduce((sum, client) => sum + (partOf(client, name) ?? 0), 0);
  return {
    clients: members.length,
    connectedAtEnd: members.filter(isConnected).length,
    unknownAtEnd: members.filter(isUnknown).length,
    silentRatio: divided("silent", sum),
    lossRatio: divided("loss", sum),
    residualLossRatio: divided("residualLoss", sum),
    frameRate: divided("frameRate", sum),
    frozenRatio: divided("frozen", sum),
    concealedRatio: divided("concealed", sum),
    ...connectionOf(members),
  };
}

/** How long it took those to connect who did. */
export function connectionOf(
  members: readonly ClientRecord[],
): Pick<GroupSummary, "p50ConnectionTimeMs" | "maxConnectionTimeMs"> {
  const ms = members.flatMap(({ connectionTimeMs }) => connectionTimeMs ?? []);
  if (ms.length === 0) {
    return { p50ConnectionTimeMs: null, maxConnectionTimeMs: null };
  }
  const { p50Ms, maxMs } = valueStats(ms);
  return {
    p50ConnectionTimeMs: roundMs(p50Ms),
    maxConnectionTimeMs: roundMs(maxMs),
  };
}
