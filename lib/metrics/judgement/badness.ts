/**
 * Who was hurt most: an order of rooms and of clients, the worst first, and
 * among equals by name as people count.
 *
 * @module
 */

import type { ClientRecord } from "../client_record.ts";
import { isConnected, isLost, isSettled } from "../client_rates.ts";
import type {
  RoomSummary,
  WorstClient,
  WorstClients,
} from "../summary/summary.ts";
import { clientsOwn, ratio } from "../figures.ts";
import { percent } from "./words.ts";

/** Clients that a summary names. */
const MAX_NAMED = 10;
/** What is less is not hurt. */
const MIN_BADNESS = 0.02;

/** The clients of a run that were hurt most. */
export function worstClientsOf(
  clients: readonly ClientRecord[],
  runIsOver: boolean,
): WorstClients {
  const impaired = Map.groupBy(
    clients.filter(({ impairment }) => impairment !== null),
    ({ roomId }) => roomId,
  );
  const hurt = clients
    .filter((client) => isSettled(client, runIsOver) && !isLost(client))
    .map((client) => worstClientOf(client, impaired.get(client.roomId)))
    .filter((client) => clientBadness(client) > MIN_BADNESS)
    .sort(byBadness(clientBadness, ({ clientId }) => clientId));
  return {
    clients: hurt.slice(0, MAX_NAMED),
    others: Math.max(0, hurt.length - MAX_NAMED),
    worstOther: hurt[MAX_NAMED] ?? null,
  };
}

/** How badly a room was hurt: shares that add up. */
export function roomBadness(room: RoomSummary): number {
  const { totalClients, connectedAtEnd, unknownAtEnd, residualLossRatio } =
    room;
  const missing = totalClients - connectedAtEnd - unknownAtEnd;
  return (ratio(missing, totalClients) ?? 0) + (room.silentRatio ?? 0) +
    residualLossRatio + (room.frozenRatio ?? 0) +
    Math.min(1, ratio(room.totalErrors, totalClients) ?? 0);
}

/** How badly a client was hurt: shares that add up. */
function clientBadness(client: WorstClient): number {
  return (client.isConnected ? 0 : 1) + (client.silentRatio ?? 0) +
    (client.lossRatio ?? 0) + (client.frozenRatio ?? 0) +
    Math.min(1, client.errorCount);
}

/** Orders the worst first, and equals by name: `room-2` before `room-10`. */
export function byBadness<T>(
  badnessOf: (one: T) => number,
  nameOf: (one: T) => string,
): (a: T, b: T) => number {
  return (a, b) => badnessOf(b) - badnessOf(a) || byName(nameOf(a), nameOf(b));
}

/** The order of names as people count. */
export function byName(a: string, b: string): number {
  names ??= new Intl.Collator("en", { numeric: true });
  return names.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** Made when two are compared: it takes as long as loading a tenth of the program. */
let names: Intl.Collator | undefined;

function worstClientOf(
  client: ClientRecord,
  impaired: readonly ClientRecord[] = [],
): WorstClient {
  const { clientId, roomId, withoutMediaMs, errorCount } = client;
  const figures = {
    clientId,
    roomId,
    isConnected: isConnected(client),
    silentRatio: clientsOwn("silent", client),
    withoutMediaMs: Math.round(withoutMediaMs),
    lossRatio: clientsOwn("loss", client),
    frozenRatio: clientsOwn("frozen", client),
    errorCount,
  };
  const reason = [
    ...whatHurt(client, figures),
    ...networksOf(client, impaired),
  ].join("; ");
  return { ...figures, reason };
}

/** What we did to its network or, where that is good, to those of its room. */
function networksOf(
  { impairment }: ClientRecord,
  [first, ...others]: readonly ClientRecord[],
): string[] {
  if (impairment !== null) return [`its network is impaired: ${impairment}`];
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return [`impaired in its room: ${first.clientId}${more}`];
}

/** What hurt a client, the worst first. */
function whatHurt(
  client: ClientRecord,
  { isConnected, silentRatio, lossRatio, frozenRatio, withoutMediaMs }: Omit<
    WorstClient,
    "reason"
  >,
): string[] {
  const { failureCause, errorCount, errors } = client;
  const rate = clientsOwn("frameRate", client);
  const parts: readonly (readonly [number, string])[] = [
    [
      isConnected ? 0 : 1,
      failureCause === null
        ? "not connected"
        : `failed: ${failureCause.replace(/\.$/, "")}`,
    ],
    [
      silentRatio ?? 0,
      `tracks missing ${percent(silentRatio ?? 0)} of the time${
        withoutMediaMs < 1000
          ? ""
          : `, without any media for ${Math.round(withoutMediaMs / 1000)} s`
      }`,
    ],
    [
      frozenRatio ?? 0,
      `pictures frozen ${percent(frozenRatio ?? 0)} of the time${
        rate === null ? "" : `, ${rate.toFixed(1)} fps`
      }`,
    ],
    [lossRatio ?? 0, `${percent(lossRatio ?? 0)} of packets lost`],
    // What failed says itself that there was an error.
    [
      failureCause === null ? Math.min(1, errorCount) : 0,
      `errors, ${errorCount}: ${errors.at(0)?.message ?? ""}`,
    ],
  ];
  return parts.filter(([badness]) => badness > MIN_BADNESS / 2)
    .toSorted(([a], [b]) => b - a).map(([, text]) => text);
}
