/**
 * Incidents: what begins in a run and ends again, out of one second's figures
 * at a time. Each kind has a share of clients at which it begins and a lower
 * one at which it is over. What comes of one and the same trouble is told
 * once: frozen pictures while no media comes are a part of that.
 *
 * @module
 */

import type { ClientSecond } from "./client_seconds.ts";
import { isAtNode, isConnected, isLost } from "./client_rates.ts";
import type { ClientRecord } from "./client_record.ts";
import type { NodeLoss } from "./snapshot.ts";
import type { Incident, IncidentKind, ServerPoint } from "./summary.ts";

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
type SymptomKind = Exclude<IncidentKind, "lost">;

/**
 * When each begins and ends, the most telling first: of clients that have
 * none of their media, that lost their channel or a transport, whose signaling
 * gets no answer, that lose a
 * twentieth of their packets or more, whose videos stand still for half of
 * the second; of joins that fail; and of packets that leave late.
 */
const INCIDENT_RULES: Readonly<Record<SymptomKind, Rule>> = {
  noMedia: { enter: 0.05, exit: 0.02, seconds: 1 },
  away: { enter: 0.05, exit: 0.02, seconds: 1 },
  signaling: { enter: 0.05, exit: 0.02, seconds: 1 },
  loss: { enter: 0.1, exit: 0.05, seconds: 2 },
  freezes: { enter: 0.1, exit: 0.05, seconds: 2 },
  joins: { enter: 0.2, exit: 0.1, seconds: 1 },
  generator: { enter: 0.3, exit: 0.15, seconds: 2 },
};

const SYMPTOMS = Object.keys(INCIDENT_RULES) as readonly SymptomKind[];
/** What others miss whose clients are gone is a part of that. */
const KINDS: readonly IncidentKind[] = ["lost", ...SYMPTOMS];
/** So many good seconds on end, and it is over. */
const GOOD_SECONDS = 2;
/** Incidents that a run keeps; of more, those that hurt most. */
export const MAX_INCIDENTS = 50;
/** Clients that an incident names. */
export const MAX_NAMED_CLIENTS = 10;
/** Of the packets that were due, a client that has fewer has no media, and one that lacks more has loss. */
const NO_MEDIA_RATIO = 0.1;
const LOSS_RATIO = 0.05;
const FROZEN_RATIO = 0.5;
/** What the server did before an incident is that of so many seconds. */
const BEFORE_SEC = 5;
/** What begins so soon before another, or ends so soon after it, is a part of it. */
const PART_BEFORE_SEC = 2;
const PART_AFTER_SEC = 5;
/** When so many of those with video see pictures move, pictures move again. */
const MIN_MOVING_SHARE = 0.95;
/** How long pictures are waited for. */
const MAX_WAIT_SEC = 30;

/** One kind, in one second. */
interface Symptom {
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

/** An incident as it goes on. */
interface Going {
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

/** What may become one. */
interface Budding {
  seconds: number;
  fromSec: number;
  partFromSec: number;
  going: Going | undefined;
  good: number;
}

/** Watches a run; give it each second. */
export class IncidentWatch {
  readonly #kinds = new Map<SymptomKind, Budding>(
    SYMPTOMS.map((
      kind,
    ) => [kind, {
      seconds: 0,
      fromSec: 0,
      partFromSec: 0,
      going: undefined,
      good: 0,
    }]),
  );
  #kept: Going[] = [];
  #forgotten = 0;
  #server: ServerPoint[] = [];
  readonly #lost = new Set<string>();
  #told: readonly Incident[] = [];

  /** Takes in a second. Returns what began and what ended with it, each told once. */
  take(second: WatchedSecond): IncidentChange[] {
    this.#takeLosses(second);
    for (const kind of SYMPTOMS) this.#look(kind, second);
    this.#lookAtPictures(second);
    if (second.server !== undefined) {
      this.#server = [...this.#server, second.server].slice(-BEFORE_SEC);
    }
    const before = this.#told;
    this.#told = put(this.#kept);
    return changes(before, this.#told);
  }

  /** What goes on now and may end, the most telling first: of one whose media is back, the pictures that still stand. */
  current(): Incident[] {
    return put(
      this.#kept.filter(({ isOver, loss }) => !isOver && loss === undefined),
    )
      .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  }

  /**
   * All so far that are kept, in the order of time, as they stand: what had a
   * good second last is over, and what goes on without what it came of stands
   * by itself.
   */
  incidents(): readonly Incident[] {
    const standing = this.#kept.map((going) =>
      going.isWell ? { ...going, isOver: true } : going
    );
    return put(standing, (part, head) => !head.isOver || part.isOver);
  }

  /** How many more there were. */
  get forgotten(): number {
    return this.#forgotten;
  }

  #takeLosses(second: WatchedSecond): void {
    const { fromSec, toSec, lost = [], all = [] } = second;
    for (const loss of lost) {
      const { node, atMs, knownMs = atMs } = loss;
      if (this.#lost.has(node)) continue;
      this.#lost.add(node);
      const sinceSec = knownMs / 1000;
      const begun = { fromSec: sinceSec, partFromSec: sinceSec };
      const going = newIncident("lost", begun, this.#server, loss);
      this.#keep(going);
      const affected = all.flatMap((client) =>
        isAtNode(client, node) && isTakenAlong(client) ? [{ client }] : []
      );
      const symptom = { affected, of: all.length, worst: 1, part: 1 };
      note(going, symptom, { ...second, fromSec, toSec });
    }
  }

  #look(kind: SymptomKind, second: WatchedSecond): void {
    const symptom = symptomOf(kind, second);
    const state = this.#kinds.get(kind)!;
    const { enter, exit, seconds } = INCIDENT_RULES[kind];
    if (state.going === undefined) {
      if (symptom === undefined || symptom.share < enter) {
        state.seconds = 0;
        return;
      }
      if (state.seconds++ === 0) {
        state.fromSec = second.fromSec;
        state.partFromSec = beginOf(symptom, second);
      }
      if (state.seconds < seconds) return;
      state.going = newIncident(kind, state, this.#server);
      state.seconds = state.good = 0;
      this.#keep(state.going);
    } else if (symptom === undefined || symptom.share < exit) {
      // That nobody is there any more is no sign that it is over.
      state.going.isWell = symptom !== undefined;
      if (++state.good < GOOD_SECONDS) return;
      state.going.isOver = true;
      state.going = undefined;
      return;
    }
    state.good = 0;
    note(state.going, symptom!, second);
  }

  #keep(going: Going): void {
    this.#kept.push(going);
    if (this.#kept.length <= MAX_INCIDENTS) return;
    const least = this.#kept.filter(({ isOver }) => isOver)
      .reduce<Going | undefined>(
        (a, b) => a === undefined || weightOf(b) < weightOf(a) ? b : a,
        undefined,
      );
    if (least === undefined) return;
    this.#kept.splice(this.#kept.indexOf(least), 1);
    this.#forgotten++;
  }

  #lookAtPictures({ fromSec, toSec, clients }: WatchedSecond): void {
    const waiting = this.#kept.filter((going) =>
      (going.kind === "noMedia" || going.kind === "away" ||
        going.kind === "freezes") &&
      going.picturesSec === null && fromSec >= going.untilSec &&
      toSec - going.untilSec < MAX_WAIT_SEC
    );
    for (const going of waiting) {
      const seen = clients.filter(({ client, playedMs }) =>
        going.ids.has(client.index) && playedMs > 0
      );
      if (seen.length === 0) continue;
      const moving = seen.filter(({ playedMs, frozenMs, framesRendered }) =>
        framesRendered > 0 && frozenMs < playedMs * MIN_MOVING_SHARE
      );
      if (moving.length < seen.length * MIN_MOVING_SHARE) continue;
      const still = sum(moving, ({ frozenMs }) => frozenMs) /
        sum(moving, ({ playedMs }) => playedMs);
      going.picturesSec = fromSec + (toSec - fromSec) * still;
    }
  }
}

/** Something to tell of an incident: that it began, or how it was once it is over. */
export interface IncidentChange {
  /** Which of both. */
  readonly change: "began" | "ended";
  /** All that is known of it by then. */
  readonly incident: Incident;
}

/** Whether its node was lost with it, or could not have it: what became of it is no work of the server's. */
function isTakenAlong(client: ClientRecord): boolean {
  return isLost(client) || client.state === "failed" &&
      client.errors.some(({ kind }) => kind === "worker");
}

function symptomOf(
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
function beginOf({ part }: Symptom, { fromSec, toSec }: WatchedSecond): number {
  return toSec - (toSec - fromSec) * part;
}

function newIncident(
  kind: IncidentKind,
  { fromSec, partFromSec }: Pick<Budding, "fromSec" | "partFromSec">,
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

function note(
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
  going.generatorCpu = Math.max(going.generatorCpu, generator.cpuRatio);
  going.late = Math.max(going.late, generator.lateRatio);
  if (server === undefined) return;
  const [least, most] = going.serverCpu ?? [Infinity, 0];
  going.serverCpu = [
    Math.min(least, server.cpuRatio),
    Math.max(most, server.cpuRatio),
  ];
  going.udpDrops += server.udpDrops;
}

function weightOf({ clients, fromSec, untilSec }: Going): number {
  return clients * (untilSec - fromSec);
}

/** Each trouble once, in the order of time; `mayJoin` says which may be a part of which. */
function put(
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

function changes(
  before: readonly Incident[],
  after: readonly Incident[],
): IncidentChange[] {
  const isSame = (a: Incident, b: Incident) =>
    a.kind === b.kind && Math.abs(a.fromSec - b.fromSec) < PART_BEFORE_SEC;
  return after.flatMap((incident): IncidentChange[] => {
    const was = before.find((one) => isSame(one, incident));
    // Who lost it says so.
    if (incident.kind === "lost") return [];
    if (incident.untilSec !== null) {
      return was?.untilSec === null ? [{ change: "ended", incident }] : [];
    }
    return was === undefined ? [{ change: "began", incident }] : [];
  });
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
