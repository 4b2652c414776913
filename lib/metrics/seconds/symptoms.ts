/**
 * What is wrong in one second of a run, of which clients it is true, and from
 * which share of them on it is an incident.
 *
 * @module
 */

import type { ClientSecond } from "./client_seconds.ts";
import { isConnected, isLost } from "../client_rates.ts";
import type { ClientRecord } from "../client_record.ts";
import type { NodeLoss } from "../snapshot.ts";
import type { IncidentKind, ServerPoint } from "../summary/summary.ts";

/** A second of a run. Times are in seconds since the run began. */
export interface WatchedSecond {
  readonly fromSec: number;
  readonly toSec: number;
  /** What those had who are there. */
  readonly clients: readonly ClientSecond[];
  /** Nodes that are lost by then, and all clients as they are known. @default {none} */
  readonly lost?: readonly NodeLoss[] | undefined;
  readonly all?: readonly ClientRecord[] | undefined;
  /** What the server used; `undefined` where it is not watched. */
  readonly server: ServerPoint | undefined;
  /** CPU of the generator, of what its threads could, and the packets that left late, of all that left. */
  readonly generator: { readonly cpuRatio: number; readonly lateRatio: number };
}

interface Rule {
  /** The share at which it begins, */
  readonly enter: number;
  /** and below which it is over. */
  readonly exit: number;
  /** Seconds on end that it takes to begin: what is shorter is a hiccup. */
  readonly seconds: number;
}

/** What is seen in clients' seconds; that a node is lost, and since when nothing is known of its clients, is told. */
export type SymptomKind = Exclude<IncidentKind, "lost">;

/**
 * When each begins and ends, the most telling first: of clients that have
 * none of their media, that lost their channel or a transport, whose signaling
 * gets no answer, that lose a
 * twentieth of their packets or more, whose videos stand still for half of
 * the second; of joins that fail; and of packets that leave late.
 */
export const INCIDENT_RULES: Readonly<Record<SymptomKind, Rule>> = {
  noMedia: { enter: 0.05, exit: 0.02, seconds: 1 },
  away: { enter: 0.05, exit: 0.02, seconds: 1 },
  signaling: { enter: 0.05, exit: 0.02, seconds: 1 },
  loss: { enter: 0.1, exit: 0.05, seconds: 2 },
  freezes: { enter: 0.1, exit: 0.05, seconds: 2 },
  joins: { enter: 0.2, exit: 0.1, seconds: 1 },
  generator: { enter: 0.3, exit: 0.15, seconds: 2 },
};

/** All of them, the most telling first. */
export const SYMPTOMS = Object.keys(INCIDENT_RULES) as readonly SymptomKind[];
/** Of the packets that were due, a client that has fewer has no media, and one that lacks more has loss. */
const NO_MEDIA_RATIO = 0.1;
const LOSS_RATIO = 0.05;
const FROZEN_RATIO = 0.5;

/** One kind, in one second. */
export interface Symptom {
  /** Those of whom it is true. */
  readonly affected: readonly ClientSecond[];
  /** Of how many it could be. */
  readonly of: number;
  /** By which it begins and ends. */
  readonly share: number;
  /** How bad it is, as a share: packets missing, time frozen, joins failed. */
  readonly worst: number;
  /** Where in the second it began, and where it ended, if it did: the share of it that was bad. */
  readonly part: number;
}

/** Whether its node was lost with it, or could not have it: what became of it is no work of the server's. */
export function isTakenAlong(client: ClientRecord): boolean {
  return isLost(client) || client.state === "failed" &&
      client.errors.some(({ kind }) => kind === "worker");
}

/** One kind in a second; `undefined` where it could be of nobody. */
export function symptomOf(
  kind: SymptomKind,
  { fromSec, toSec, clients: all, generator }: WatchedSecond,
): Symptom | undefined {
  const clients = all.filter(({ client }) =>
    !client.isLeftOut && !isTakenAlong(client)
  );
  switch (kind) {
    case "noMedia":
      return ofClients(
        clients.filter(({ packetsDue, dueMs }) => packetsDue > 0 || dueMs > 0),
        ({ packetsDue, packetsCame, dueMs, silentMs }) =>
          packetsDue > 0
            ? packetsCame < packetsDue * NO_MEDIA_RATIO
            : silentMs > dueMs * (1 - NO_MEDIA_RATIO),
        missingOf,
      );
    case "away":
      return ofClients(
        clients.filter(({ client }) =>
          client.connectionSuccessful && client.cuts === 0
        ),
        ({ client }) => !isConnected(client),
      );
    case "signaling":
      return ofClients(
        clients.filter(({ client }) => client.state === "connected"),
        ({ signalingSilentMs }) => signalingSilentMs > 0,
        // What is noticed late began before this second.
        (affected) =>
          Math.max(...affected.map((one) => one.signalingSilentMs)) /
          ((toSec - fromSec) * 1000),
      );
    case "loss":
      return ofClients(
        clients.filter(({ packetsDue }) => packetsDue > 0),
        ({ packetsDue, packetsCame }) =>
          packetsDue - packetsCame > packetsDue * LOSS_RATIO,
        missingOf,
      );
    case "freezes":
      return ofClients(
        clients.filter(({ playedMs }) => playedMs > 0),
        ({ playedMs, frozenMs }) => frozenMs > playedMs * FROZEN_RATIO,
        (affected) =>
          sum(affected, ({ frozenMs }) => frozenMs) /
          sum(affected, ({ playedMs }) => playedMs),
      );
    case "joins":
      return ofClients(
        clients.filter(({ hasConnected, hasFailed }) =>
          hasConnected || hasFailed
        ),
        ({ hasFailed }) => hasFailed,
      );
    case "generator": {
      const { lateRatio } = generator;
      return {
        affected: [],
        of: 0,
        share: lateRatio,
        worst: lateRatio,
        part: 1,
      };
    }
  }
}

/** Of these clients; what we did to networks does not weigh where anybody's is good. */
function ofClients(
  all: readonly ClientSecond[],
  isAffected: (second: ClientSecond) => boolean,
  partOf?: (affected: readonly ClientSecond[]) => number,
): Symptom | undefined {
  if (all.length === 0) return undefined;
  const affected = all.filter(isAffected);
  const base = undisturbed(all);
  const share = base.filter(isAffected).length / base.length;
  const part = affected.length === 0 ? 0 : partOf?.(affected);
  return {
    affected,
    of: all.length,
    share,
    worst: Math.min(1, part ?? affected.length / all.length),
    part: part ?? 1,
  };
}

/** Those whose network is good, and of them those whose rooms are; all where there is nobody such. */
function undisturbed(all: readonly ClientSecond[]): readonly ClientSecond[] {
  const good = all.filter(({ client }) => client.impairment === null);
  if (good.length === 0 || good.length === all.length) return all;
  const bad = new Set(
    all.filter(({ client }) => client.impairment !== null)
      .map(({ client }) => client.roomId),
  );
  const others = good.filter(({ client }) => !bad.has(client.roomId));
  return others.length > 0 ? others : good;
}

function missingOf(clients: readonly ClientSecond[]): number {
  const due = sum(clients, ({ packetsDue }) => packetsDue);
  if (due === 0) return 1;
  const came = sum(clients, ({ packetsCame }) => packetsCame);
  return Math.min(1, Math.max(0, 1 - came / due));
}

/** What began within a second began so long before its end. */
export function beginOf(
  { part }: Symptom,
  { fromSec, toSec }: WatchedSecond,
): number {
  return toSec - (toSec - fromSec) * part;
}

/** Of all together. */
export function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
