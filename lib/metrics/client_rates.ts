/**
 * Shares of clients: which of them had what they should have had. Who should
 * have it is said here, once: whoever nobody sends to cannot be without media.
 *
 * @module
 */

import { metric, type NamesOf, type RateName } from "./catalog.ts";
import type { ClientRecord, TracksHad } from "./client_record.ts";

/** A client may wait so long before it has sent nothing at all. */
const SENDING_PATIENCE_MS = 1500;
/** Two clients that were there together for less need not have met. */
const MEETING_MS = 3000;
/** Two that were there together for less were not. */
const GLIMPSE_MS = 1;

/** The rates that are shares of clients. */
export type ClientRateName = NamesOf<{ readonly of: "clients" }>;

/** Whether a rate is a share of clients. */
export function isClientRate(name: RateName): name is ClientRateName {
  return metric(name).of === "clients";
}

/**
 * A share of these clients; `null` when there are none whom it is about. All
 * clients of a room must be there: some are judged by what others sent them.
 * Who is still joining counts once the run is over.
 */
export function clientRate(
  clients: readonly ClientRecord[],
  name: ClientRateName,
  runIsOver: boolean,
): number | null {
  const settled = () =>
    clients.filter((client) => isSettled(client, runIsOver));
  switch (name) {
    case "connected":
      return shareOf(
        settled().filter((client) => !isLost(client)),
        isConnected,
      );
    case "clientsWithErrors":
      return shareOf(settled(), ({ errorCount }) => errorCount > 0);
    case "neverSent":
      return shareOf(
        clients.filter(shouldSend),
        ({ packetsSent }) => packetsSent === 0,
      );
    case "unpublished":
      return shareOf(clients.filter(isToPublish), isRefused);
    case "neverReceived":
      return shareOf(
        receiversOf(clients),
        (client) => !hasReceived(client),
      );
    case "lostMedia":
      return shareOf(
        receiversOf(clients),
        ({ mediaLosses }) => mediaLosses > 0,
      );
    case "lostForGood":
      return shareOf(
        receiversOf(clients),
        ({ hasLostMedia }) => hasLostMedia,
      );
  }
}

/** Whether it is known whether it got connected; a run that is over has known it of all that were due. */
export function isSettled(
  { connectionSuccessful, state }: ClientRecord,
  runIsOver: boolean,
): boolean {
  return connectionSuccessful || state === "failed" ||
    (runIsOver && state !== "planned" && state !== "lost");
}

/** Whether nothing is known of it any more: its machine is lost. */
export function isLost({ state }: Pick<ClientRecord, "state">): boolean {
  return state === "lost";
}

/** Whether it had connected, and nothing is known of it since: whether it still is nobody can say. */
export function isUnknown(
  client: Pick<ClientRecord, "connectionSuccessful" | "state">,
): boolean {
  return client.connectionSuccessful && isLost(client);
}

/** Whether it does not come back: it left, gave up, or is lost. */
export function isGone({ state }: Pick<ClientRecord, "state">): boolean {
  return state === "left" || state === "failed" || state === "lost";
}

/** Whether it is at this node: the node itself, or a thread of that machine. */
export function isAtNode(
  { node }: Pick<ClientRecord, "node">,
  name: string,
): boolean {
  return node === name || node.startsWith(`${name}/`);
}

/** Whether it is connected, or was when it left. */
export function isConnected(
  { connectionSuccessful, isAway, state }: ClientRecord,
): boolean {
  return connectionSuccessful && !isAway && state !== "failed" &&
    state !== "lost";
}

/** Whether it should have sent something: it publishes, was not muted all the time, and had a moment for it. */
export function shouldSend(
  { packetsSent, sendDueMs }: ClientRecord,
): boolean {
  return packetsSent > 0 || sendDueMs >= SENDING_PATIENCE_MS;
}

/** Whether it came as far as offering the server a track. */
export function isToPublish(
  { producersCreated, producersRefused }: TracksHad,
): boolean {
  return producersCreated + producersRefused > 0;
}

/** The tracks that it ever offered and consumed, also where its record is of a window. */
export function tracksEver(client: ClientRecord): TracksHad {
  const ever = (name: keyof TracksHad) =>
    client[name] + (client.tracksBefore?.[name] ?? 0);
  return {
    producersCreated: ever("producersCreated"),
    producersRefused: ever("producersRefused"),
    consumersCreated: ever("consumersCreated"),
  };
}

/** Whether there was a track of its that the server did not take. */
export function isRefused({ producersRefused }: ClientRecord): boolean {
  return producersRefused > 0;
}

/**
 * Those that should have received something: a track was due to them, or the
 * server told them of none although somebody sent for a while beside them.
 */
export function receiversOf(
  clients: readonly ClientRecord[],
): ClientRecord[] {
  const senders = sendersByRoom(clients);
  return clients.filter((client) =>
    hasReceived(client) || client.withoutMediaMs > 0 ||
    (tracksEver(client).consumersCreated === 0 &&
      couldHearOne(client, senders, MEETING_MS))
  );
}

/**
 * Whether clients sent to each other and nothing came, but none was there for
 * so long that something should have; or none came as far as sending.
 */
export function isTooShort(clients: readonly ClientRecord[]): boolean {
  if (receiversOf(clients).length > 0) return false;
  const senders = sendersByRoom(clients);
  if (senders.size === 0) return clients.some(wasToSend);
  return clients.some((client) => couldHearOne(client, senders, GLIMPSE_MS));
}

/** Whether it got connected to send, and did not even come as far as offering a track. */
function wasToSend(client: ClientRecord): boolean {
  return isConnected(client) && client.sends.length > 0 &&
    !isToPublish(tracksEver(client));
}

type Rooms = ReadonlyMap<string, readonly ClientRecord[]>;

function sendersByRoom(clients: readonly ClientRecord[]): Rooms {
  return Map.groupBy(
    clients.filter(({ packetsSent }) => packetsSent > 0),
    ({ roomId }) => roomId,
  );
}

/** Whether it takes what another one sends who was there beside it for so long at least. */
function couldHearOne(
  client: ClientRecord,
  senders: Rooms,
  leastMs: number,
): boolean {
  return (senders.get(client.roomId) ?? []).some((other) =>
    other !== client &&
    other.sends.some((kind) => client.receives.includes(kind)) &&
    togetherMs(client, other) >= leastMs
  );
}

/** Whether anything came of what other clients of this run sent. */
export function hasReceived(
  { packetsReceived, packetsFromOthers }: Pick<
    ClientRecord,
    "packetsReceived" | "packetsFromOthers"
  >,
): boolean {
  return packetsReceived > packetsFromOthers;
}

/** For how long both were there, as far as they were there in one piece. */
function togetherMs(a: ClientRecord, b: ClientRecord): number {
  if (a.connectedAtMs === null || b.connectedAtMs === null) return 0;
  const from = Math.max(a.connectedAtMs, b.connectedAtMs);
  const to = Math.min(
    a.connectedAtMs + a.sessionDurationMs,
    b.connectedAtMs + b.sessionDurationMs,
  );
  return to - from;
}

function shareOf(
  clients: readonly ClientRecord[],
  has: (client: ClientRecord) => boolean,
): number | null {
  return clients.length === 0
    ? null
    : clients.filter(has).length / clients.length;
}
