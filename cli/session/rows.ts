/**
 * What is known of each client and each room, put together from what is
 * wanted (the load) and what was measured (the snapshots).
 *
 * @module
 */

import { byName, type ClientRecord, type Member } from "../../tool.ts";
import { sanitize } from "../terminal/mod.ts";
import type { ClientOrder, Live } from "./model.ts";

/** One client now. */
export interface ClientRow {
  readonly index: number;
  readonly roomId: string;
  readonly role: Member["role"];
  readonly silent: Member["silent"];
  /** What its network is like; `null` for a good one. */
  readonly network: string | null;
  readonly state: ClientRecord["state"];
  readonly sentPerSec: number;
  readonly receivedPerSec: number;
  /** Of the packets that were expected since it joined. */
  readonly lossRatio: number;
  /** Of the time in the last second that its tracks should have come. */
  readonly missingRatio: number;
  readonly connectionMs: number | null;
  readonly consumers: number;
  readonly flowing: number;
  readonly errors: number;
}

/** One room now. */
export interface RoomRow {
  readonly roomId: string;
  readonly wanted: number;
  readonly connected: number;
  readonly publishers: number;
  readonly sentPerSec: number;
  readonly receivedPerSec: number;
  readonly lossRatio: number;
  /** Of the time in the last second that tracks should have come. */
  readonly missingRatio: number;
  readonly errors: number;
}

const ORDERS: Readonly<
  Record<ClientOrder, (a: ClientRow, b: ClientRow) => number>
> = {
  loss: most(({ lossRatio }) => lossRatio),
  missing: most(({ missingRatio }) => missingRatio),
  errors: most(({ errors }) => errors),
  connection: most(({ connectionMs }) => connectionMs ?? -1),
  sent: most(({ sentPerSec }) => sentPerSec),
  received: most(({ receivedPerSec }) => receivedPerSec),
  room: (a, b) => byName(a.roomId, b.roomId),
  id: () => 0,
};

function most(of: (row: ClientRow) => number) {
  return (a: ClientRow, b: ClientRow): number => of(b) - of(a);
}

/** The clients that should be there, the worst first or in this order, and of equals by their number. */
export function clientRows(
  members: readonly Member[],
  { snapshot, before }: Pick<Live, "snapshot" | "before">,
  by?: ClientOrder,
): ClientRow[] {
  const records = byIndex(snapshot.clients);
  const earlier = byIndex(before.clients);
  const seconds = (snapshot.atMs - before.atMs) / 1000;
  const rate = (now = 0, then = 0) =>
    seconds > 0 ? Math.max(0, now - then) / seconds : 0;
  const rows = members.map(({ index, roomId, role, silent }) => {
    const now = records.get(index);
    const then = earlier.get(index);
    return {
      index,
      roomId: sanitize(roomId),
      role,
      silent,
      network: now?.impairment ?? null,
      state: now?.state ?? "planned",
      sentPerSec: rate(now?.packetsSent, then?.packetsSent),
      receivedPerSec: rate(now?.packetsReceived, then?.packetsReceived),
      lossRatio: share(now?.packetsLost ?? 0, now?.packetsExpected ?? 0),
      missingRatio: share(
        rate(now?.tracksSilentMs, then?.tracksSilentMs),
        rate(now?.tracksDueMs, then?.tracksDueMs),
      ),
      connectionMs: now?.connectionTimeMs ?? null,
      consumers: now?.consumersCreated ?? 0,
      flowing: now?.consumersFlowing ?? 0,
      errors: now?.errorCount ?? 0,
    };
  });
  const order = by === undefined ? most(clientTenths) : ORDERS[by];
  return rows.sort((a, b) => order(a, b) || a.index - b.index);
}

/** The rooms that clients should be in, the worst first, and of equals by name as people count. */
export function roomRows(
  members: readonly Member[],
  live: Pick<Live, "snapshot" | "before">,
): RoomRow[] {
  const lost = new Map(
    live.snapshot.clients.map((
      { index, packetsLost, packetsExpected },
    ) => [index, { packetsLost, packetsExpected }]),
  );
  const rooms = Map.groupBy(
    clientRows(members, live),
    ({ roomId }) => roomId,
  );
  const rows = [...rooms].map(([roomId, clients]) => {
    const sum = (of: (client: ClientRow) => number) =>
      clients.reduce((total, client) => total + of(client), 0);
    return {
      roomId,
      wanted: clients.length,
      connected: sum(({ state }) => state === "connected" ? 1 : 0),
      publishers: sum(({ role }) => role === "publisher" ? 1 : 0),
      sentPerSec: sum(({ sentPerSec }) => sentPerSec),
      receivedPerSec: sum(({ receivedPerSec }) => receivedPerSec),
      lossRatio: share(
        sum(({ index }) => lost.get(index)?.packetsLost ?? 0),
        sum(({ index }) => lost.get(index)?.packetsExpected ?? 0),
      ),
      missingRatio: clients.length === 0
        ? 0
        : sum(({ missingRatio }) => missingRatio) / clients.length,
      errors: sum(({ errors }) => errors),
    };
  });
  return rows.sort((a, b) =>
    roomTenths(b) - roomTenths(a) || byName(a.roomId, b.roomId)
  );
}

/** A row in a few words, for where there is no room for it. */
export function rowText(row: RoomRow | ClientRow): string {
  const who = "wanted" in row
    ? `${row.roomId} with ${row.connected}/${row.wanted}`
    : `${row.index} ${row.state}`;
  return `${who}, ${
    Math.round(row.missingRatio * 100)
  } % missing, ${row.errors} ${row.errors === 1 ? "error" : "errors"}`;
}

/** How badly a client fares, in tenths: rows must not change places for less. */
function clientTenths(
  { state, missingRatio, lossRatio, errors }: ClientRow,
): number {
  const away = state === "failed"
    ? 2
    : state === "joining" || state === "away"
    ? 1
    : 0;
  return Math.floor((away + missingRatio + lossRatio) * 10) +
    Math.min(errors, 5);
}

function roomTenths(
  { wanted, connected, missingRatio, lossRatio, errors }: RoomRow,
): number {
  const missing = share(wanted - connected, wanted);
  const hurt = Math.min(1, share(errors, wanted));
  return Math.floor((missing + missingRatio + lossRatio + hurt) * 10);
}

function byIndex(
  clients: readonly ClientRecord[],
): ReadonlyMap<number, ClientRecord> {
  return new Map(clients.map((client) => [client.index, client]));
}

function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
