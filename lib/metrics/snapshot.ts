/**
 * A snapshot: the cumulative numbers of one node at one time, as plain JSON.
 * Merging is associative and commutative, so it does not matter in which
 * order, or in how many steps, the nodes of a run are put together.
 *
 * @module
 */

import type { CounterName, GaugeName, TrendName } from "./catalog.ts";
import type { ClientRecord } from "./client_record.ts";
import { mergeCandidates } from "./candidates.ts";
import { mergeOtherTracks, type OtherTrack } from "./other_tracks.ts";
import { mergeStopped, type StoppedTrack } from "./stopped_tracks.ts";
import { type ClockHealth, mergeClockHealth, STEADY } from "./clock_health.ts";
import type { CandidateCount } from "./summary/summary.ts";
import { mergeTrendJson, type TrendJson } from "./trend.ts";

/** A node that was lost with its clients while the run was on. */
export interface NodeLoss {
  /** Its name. */
  readonly node: string;
  /** When, in milliseconds since the run began. */
  readonly atMs: number;
  /** By when it had said the last that is known of it, in milliseconds since the run began. @default {atMs} */
  readonly knownMs?: number | undefined;
  /** Clients that were still to come, or there. */
  readonly clients: number;
  /** What became of it, as far as known. */
  readonly reason: string;
  /** Whether it was one of so many that may be lost: then the run goes by the others, and its clients are lost with it. @default {false} */
  readonly isAllowed?: boolean | undefined;
}

/** How the generator itself is doing. */
export interface GeneratorHealth {
  /** Kinds of datagram lane in use, sorted: `native`, `portable`. */
  readonly lanes: readonly string[];
  /** Kinds of SRTP cipher in use, sorted: `openssl`, `portable`. */
  readonly ciphers: readonly string[];
  /** Kinds of DTLS in use, sorted: `openssl`, `portable`. */
  readonly dtls: readonly string[];
  /** Threads that drive clients. */
  readonly workers: number;
  /** CPU time spent, in whole microseconds. */
  readonly cpuUs: number;
  /** Time that its threads had, in whole microseconds: two threads for a second are 2,000,000. */
  readonly threadUs: number;
  /** Datagrams that the kernel dropped before we read them; `null` where it does not say. */
  readonly kernelDrops: number | null;
  /** Joins put off because the generator was too busy for them. */
  readonly heldBackJoins: number;
  /** What it noticed of time itself; absent where that was nothing. */
  readonly clock?: ClockHealth | undefined;
  /** Its nodes that are lost, in the order of time. @default {none} */
  readonly lost?: readonly NodeLoss[] | undefined;
  /** What a user should know of it, one sentence each, sorted: why something portable was chosen. */
  readonly notes: readonly string[];
}

/** What tells whether a node kept up: of its counters, gauges and trends those that {@linkcode PART_COUNTERS} and the like name. */
export interface NodePart extends
  Pick<
    Snapshot,
    "atMs" | "counters" | "gauges" | "generator" | "node" | "trends"
  > {
  /** Its machine. @default {the same as that of the others} */
  readonly machine?: NodeMachine | undefined;
  /** How its clock stands to the run's. @default {it is the same} */
  readonly offset?: ClockOffset | undefined;
  /** The nodes that it consists of itself. @default {none but itself} */
  readonly parts?: readonly NodePart[] | undefined;
  /** Everything that it reported but its clients, so that it can be told from the others again. @default {that is not kept} */
  readonly whole?: NodeTotals | undefined;
}

/** A snapshot without its clients. */
export type NodeTotals = Omit<Snapshot, "clients" | "parts">;

/** How the wall clock of a node's machine stands to the clock that the run goes by. */
export interface ClockOffset {
  /** How far it is ahead, in milliseconds, as is known now; `null` where it could not be compared. */
  readonly aheadMs: number | null;
  /** By how much that was wrong at most, at any time of the run, either way; `null` as for `aheadMs`. */
  readonly boundMs: number | null;
  /** How often it ran away faster than a clock does. */
  readonly leaps: number;
}

/** What is known of the machine of a node. */
export interface NodeMachine {
  /** Its name; `null` where that is not known. */
  readonly host: string | null;
  /** `null` where that is not known. */
  readonly cores: number | null;
  /** Whether something keeps its wall clock in time; `null` where that is not known. */
  readonly isSynchronised: boolean | null;
}

/** Counters that a part keeps. */
const PART_COUNTERS = [
  "packetsPlanned",
  "packetsSkipped",
  "packetsWithoutPath",
  "packetsSent",
  "packetsReceived",
] as const satisfies readonly CounterName[];
/** Gauges that a part keeps. */
const PART_GAUGES = [
  "clientsConnected",
] as const satisfies readonly GaugeName[];
/** Trends that a part keeps. */
const PART_TRENDS = [
  "lateness",
  "linkRoundTrip",
  "loopLag",
] as const satisfies readonly TrendName[];

/** The cumulative numbers of one node, or of several merged, at one time. */
export interface Snapshot {
  /** The node's name; merged ones are joined by `+`, so a name may not contain it. */
  readonly node: string;
  /** Grows by one with each snapshot of a node; merged: the largest. */
  readonly sequence: number;
  /** Whole seconds since the run began that it is of; merged: the most. */
  readonly second: number;
  /** It is the node's last. @default {false} */
  readonly final?: boolean | undefined;
  /** Milliseconds since the run began; merged: the latest. */
  readonly atMs: number;
  /** Totals since the run began, `errors.<kind>` among them; what is absent is 0. */
  readonly counters: Readonly<Record<string, number>>;
  /** Amounts at this time; they add up over nodes; what is absent is 0. */
  readonly gauges: Readonly<Record<string, number>>;
  /** Distributions since the run began; what is absent is empty. */
  readonly trends: Readonly<Record<string, TrendJson>>;
  /** One record a client, by index; a client lives on one node only. */
  readonly clients: readonly ClientRecord[];
  /** Tracks that no client of the run sends. @default {none that is worth a word} */
  readonly others?: readonly OtherTrack[] | undefined;
  /** Tracks of clients that the server stopped unasked. @default {[]} */
  readonly stopped?: readonly StoppedTrack[] | undefined;
  /** How the server's addresses for media fared. @default {[]} */
  readonly candidates?: readonly CandidateCount[] | undefined;
  /**
   * Consumers that the server grants a client in one stay, as it said when it
   * refused one more.
   * @default {it has refused none}
   */
  readonly consumersAllowed?: number | null | undefined;
  /** How the generator is doing. */
  readonly generator: GeneratorHealth;
  /** How the node's clock stands to the run's; of several, their parts say it. @default {it is the same} */
  readonly offset?: ClockOffset | undefined;
  /** What of it each of several nodes did, by name. @default {it is of one node} */
  readonly parts?: readonly NodePart[] | undefined;
}

/** The snapshot of nothing: merging with it changes nothing. */
export const EMPTY_SNAPSHOT: Snapshot = {
  node: "",
  sequence: 0,
  second: 0,
  atMs: 0,
  counters: {},
  gauges: {},
  trends: {},
  clients: [],
  generator: {
    lanes: [],
    ciphers: [],
    dtls: [],
    workers: 0,
    cpuUs: 0,
    threadUs: 0,
    kernelDrops: 0,
    heldBackJoins: 0,
    notes: [],
  },
};

/** The numbers of different nodes, put together; with `keepsWhole` each can be told from the others again. */
export function mergeSnapshots(
  nodes: readonly Snapshot[],
  keepsWhole = false,
): Snapshot {
  return {
    node: union(nodes.map(nodeNames)).join("+"),
    sequence: most(nodes.map(({ sequence }) => sequence)),
    second: most(nodes.map(({ second }) => second)),
    atMs: most(nodes.map(({ atMs }) => atMs)),
    counters: sums(nodes.map(({ counters }) => counters)),
    gauges: sums(nodes.map(({ gauges }) => gauges)),
    trends: mergeTrends(nodes.map(({ trends }) => trends)),
    clients: nodes.flatMap(({ clients }) => clients).sort(byIndexThenNode),
    others: nodes.map(({ others }) => others ?? [])
      .reduce(mergeOtherTracks, []),
    stopped: nodes.map(({ stopped }) => stopped ?? [])
      .reduce(mergeStopped, []),
    candidates: nodes.map(({ candidates }) => candidates ?? [])
      .reduce(mergeCandidates, []),
    consumersAllowed: nodes.map(({ consumersAllowed }) => consumersAllowed)
      .reduce(fewest, null),
    generator: nodes.map(({ generator }) => generator)
      .reduce(mergeHealth, EMPTY_SNAPSHOT.generator),
    ...partsOfAll(nodes, keepsWhole),
  };
}

/** What each of several nodes did; of one, or of several under one name, only what that consists of. */
function partsOfAll(
  nodes: readonly Snapshot[],
  keepsWhole: boolean,
): Pick<Snapshot, "parts"> {
  const named = nodes.filter(({ node }) => node !== "");
  if (named.length <= 1) {
    const [{ parts = undefined } = {}] = named;
    if (!keepsWhole || named.length === 0 || named[0].node.includes("+")) {
      return parts === undefined ? {} : { parts };
    }
  }
  const parts = named.flatMap((one) =>
    one.node.includes("+") ? one.parts ?? [] : [partOf(one, keepsWhole)]
  );
  return { parts: parts.sort((a, b) => a.node < b.node ? -1 : 1) };
}

/** What one node did, or several under one name. */
function partOf(
  { clients: _, parts, ...whole }: Snapshot,
  keepsWhole: boolean,
): NodePart {
  const { node, atMs, counters, gauges, trends, generator, offset } = whole;
  return {
    node,
    atMs,
    counters: picked(counters, PART_COUNTERS),
    gauges: picked(gauges, PART_GAUGES),
    trends: picked(trends, PART_TRENDS),
    generator,
    ...(offset !== undefined && { offset }),
    ...(parts !== undefined && { parts }),
    ...(keepsWhole && { whole }),
  };
}

function picked<T>(
  all: Readonly<Record<string, T>>,
  names: readonly string[],
): Record<string, T> {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(all, name))
      .map((name) => [name, all[name]]),
  );
}

function nodeNames({ node }: Snapshot): readonly string[] {
  return node === "" ? [] : node.split("+");
}

function mergeHealth(a: GeneratorHealth, b: GeneratorHealth): GeneratorHealth {
  return {
    lanes: union([a.lanes, b.lanes]),
    ciphers: union([a.ciphers, b.ciphers]),
    dtls: union([a.dtls, b.dtls]),
    workers: a.workers + b.workers,
    cpuUs: a.cpuUs + b.cpuUs,
    threadUs: a.threadUs + b.threadUs,
    // Drops known on one node and unknown on another are unknown as a whole.
    kernelDrops: a.kernelDrops === null || b.kernelDrops === null
      ? null
      : a.kernelDrops + b.kernelDrops,
    heldBackJoins: a.heldBackJoins + b.heldBackJoins,
    ...((a.clock !== undefined || b.clock !== undefined) && {
      clock: mergeClockHealth(a.clock ?? STEADY, b.clock ?? STEADY),
    }),
    ...((a.lost !== undefined || b.lost !== undefined) && {
      lost: [...a.lost ?? [], ...b.lost ?? []].sort(byTimeThenNode),
    }),
    notes: union([a.notes, b.notes]),
  };
}

function fewest(
  a: number | null = null,
  b: number | null = null,
): number | null {
  return a === null || b === null ? a ?? b : Math.min(a, b);
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())].sort();
}

function most(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b), 0);
}

function sums(
  records: readonly Readonly<Record<string, number>>[],
): Record<string, number> {
  const all: Record<string, number> = {};
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) {
      all[name] = (all[name] ?? 0) + value;
    }
  }
  return all;
}

function mergeTrends(
  records: readonly Snapshot["trends"][],
): Record<string, TrendJson> {
  const names = new Set(records.flatMap((trends) => Object.keys(trends)));
  return Object.fromEntries(
    [...names].map((name) => [
      name,
      mergeTrendJson(records.flatMap((trends) => trends[name] ?? [])),
    ]),
  );
}

function byIndexThenNode(a: ClientRecord, b: ClientRecord): number {
  return a.index - b.index || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0);
}

function byTimeThenNode(a: NodeLoss, b: NodeLoss): number {
  return a.atMs - b.atMs || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0);
}
