/**
 * An incident as it goes on, second by second, and what is told of it: what
 * comes of one and the same trouble is told once.
 *
 * @module
 */

import type { ClientSecond } from "./client_seconds.ts";
import type { NodeLoss } from "../snapshot.ts";
import type {
  Incident,
  IncidentKind,
  ServerPoint,
} from "../summary/summary.ts";
import { sum, type Symptom, SYMPTOMS, type WatchedSecond } from "./symptoms.ts";

/** What others miss whose clients are gone is a part of that. */
export const KINDS: readonly IncidentKind[] = ["lost", ...SYMPTOMS];
/** Clients that an incident names. */
export const MAX_NAMED_CLIENTS = 10;
/** What begins so soon before another, or ends so soon after it, is a part of it. */
export const PART_BEFORE_SEC = 2;
const PART_AFTER_SEC = 5;

/** An incident as it goes on. */
export interface Going {
  readonly kind: IncidentKind;
  /** Of a node that is lost. */
  readonly loss: NodeLoss | undefined;
  /** The begin of its first bad second. */
  readonly fromSec: number;
  /** When within that it began, if it was all or nothing. */
  readonly partFromSec: number;
  /** The end of its last bad second. */
  untilSec: number;
  /** When within that it ended, if it was all or nothing. */
  partUntilSec: number;
  isOver: boolean;
  /** Its last second was a good one: where no more follow, it is over. */
  isWell: boolean;
  clients: number;
  of: number;
  worst: number;
  readonly ids: Map<number, string>;
  readonly rooms: Set<string>;
  readonly serverBefore: readonly ServerPoint[];
  udpDrops: number;
  serverCpu: [min: number, max: number] | undefined;
  generatorCpu: number;
  late: number;
  picturesSec: number | null;
}

/** One that begins now. */
export function newIncident(
  kind: IncidentKind,
  { fromSec, partFromSec }: Pick<Going, "fromSec" | "partFromSec">,
  serverBefore: readonly ServerPoint[],
  loss?: NodeLoss,
): Going {
  return {
    kind,
    loss,
    fromSec,
    partFromSec,
    untilSec: fromSec,
    partUntilSec: partFromSec,
    isOver: false,
    isWell: false,
    clients: 0,
    of: 0,
    worst: 0,
    ids: new Map(),
    rooms: new Set(),
    serverBefore,
    udpDrops: 0,
    serverCpu: undefined,
    generatorCpu: 0,
    late: 0,
    picturesSec: null,
  };
}

/** A run ends in a stretch of some milliseconds: all that is done then is a large share of it. */
const SHORTEST_SEC = 0.5;

/** It goes on in this second. */
export function note(
  going: Going,
  { affected, of, worst, part }: Omit<Symptom, "affected" | "share"> & {
    readonly affected: readonly Pick<ClientSecond, "client">[];
  },
  { fromSec, toSec, server, generator }: WatchedSecond,
): void {
  going.isWell = false;
  going.untilSec = toSec;
  // What was noticed late began before this second, and ended in it at the latest.
  going.partUntilSec = fromSec + (toSec - fromSec) * Math.min(1, part);
  going.clients = Math.max(going.clients, affected.length);
  going.of = Math.max(going.of, of);
  going.worst = Math.max(going.worst, worst);
  for (const { client } of affected) {
    going.ids.set(client.index, client.clientId);
    going.rooms.add(client.roomId);
  }
  if (toSec - fromSec >= SHORTEST_SEC || going.generatorCpu === 0) {
    going.generatorCpu = Math.max(going.generatorCpu, generator.cpuRatio);
  }
  going.late = Math.max(going.late, generator.lateRatio);
  if (server === undefined) return;
  const [least, most] = going.serverCpu ?? [Infinity, 0];
  going.serverCpu = [
    Math.min(least, server.cpuRatio),
    Math.max(most, server.cpuRatio),
  ];
  going.udpDrops += server.udpDrops;
}

/** How much it hurt. */
export function weightOf({ clients, fromSec, untilSec }: Going): number {
  return clients * (untilSec - fromSec);
}

/** Each trouble once, in the order of time; `mayJoin` says which may be a part of which. */
export function put(
  all: readonly Going[],
  mayJoin: (part: Going, head: Going) => boolean = () => true,
): Incident[] {
  const ranked = all.toSorted((a, b) =>
    KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)
  );
  const whole: { head: Going; parts: Going[] }[] = [];
  for (const going of ranked) {
    const host = going.kind === "generator"
      ? undefined
      : whole.find(({ head }) => isPartOf(going, head) && mayJoin(going, head));
    if (host === undefined) whole.push({ head: going, parts: [] });
    else host.parts.push(going);
  }
  return whole.map(({ head, parts }) => incidentOf(head, parts))
    .sort((a, b) => a.fromSec - b.fromSec);
}

function isPartOf(part: Going, head: Going): boolean {
  return head.kind !== "generator" && part.kind !== head.kind &&
    part.fromSec >= head.fromSec - PART_BEFORE_SEC &&
    part.fromSec <= head.untilSec + PART_BEFORE_SEC &&
    (!head.isOver || part.untilSec <= head.untilSec + PART_AFTER_SEC);
}

function incidentOf(head: Going, parts: readonly Going[]): Incident {
  // Who sees no picture yet is not out of it.
  const isOver = head.isOver && parts.every(({ isOver }) => isOver);
  // Loss right before and after silence is the same silence, of parts of a second.
  const silence = [head, ...parts.filter(({ kind }) => kind === "loss")];
  const isSilence = head.kind === "noMedia" || head.kind === "signaling";
  const fromSec = isSilence
    ? Math.min(...silence.map(({ partFromSec }) => partFromSec))
    : head.fromSec;
  const untilSec = isSilence
    ? Math.max(...silence.map(({ partUntilSec }) => partUntilSec))
    : head.untilSec;
  const pictures = [head, ...parts].map(({ picturesSec }) => picturesSec)
    .filter((sec) => sec !== null);
  const before = head.serverBefore;
  return {
    kind: head.kind,
    ...(head.loss !== undefined && {
      lost: {
        node: head.loss.node,
        atSec: rounded(head.loss.atMs / 1000),
        reason: head.loss.reason,
      },
    }),
    fromSec: rounded(fromSec),
    untilSec: isOver ? rounded(untilSec) : null,
    clients: head.clients,
    of: head.of,
    rooms: head.rooms.size,
    clientIds: [...head.ids].sort(([a], [b]) => a - b).slice(
      0,
      MAX_NAMED_CLIENTS,
    )
      .map(([, id]) => id),
    worstRatio: rounded(head.worst),
    also: parts.map(({ kind, clients, worst }) => ({
      kind,
      clients,
      worstRatio: rounded(worst),
    })),
    picturesAgainSec: pictures.length === 0
      ? null
      : rounded(Math.max(...pictures)),
    server: head.serverCpu === undefined ? null : {
      cpuRatioBefore: before.length === 0
        ? null
        : rounded(sum(before, ({ cpuRatio }) => cpuRatio) / before.length),
      minCpuRatio: rounded(head.serverCpu[0]),
      maxCpuRatio: rounded(head.serverCpu[1]),
      udpDrops: head.udpDrops,
    },
    generator: {
      maxCpuRatio: rounded(head.generatorCpu),
      maxLateRatio: rounded(head.late),
    },
  };
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
