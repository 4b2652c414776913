/**
 * A snapshot: the cumulative numbers of one node at one time, as plain JSON.
 * Merging is associative and commutative, so it does not matter in which
 * order, or in how many steps, the nodes of a run are put together.
 *
 * @module
 */

import type { ClientRecord } from "./client_record.ts";
import { mergeCandidates } from "./candidates.ts";
import { mergeOtherTracks, type OtherTrack } from "./other_tracks.ts";
import { mergeStopped, type StoppedTrack } from "./stopped_tracks.ts";
import { type ClockHealth, mergeClockHealth, STEADY } from "./clock_health.ts";
import type { CandidateCount } from "./summary.ts";
import { mergeTrendJson, type TrendJson } from "./trend.ts";

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
  /** What a user should know of it, one sentence each, sorted: why something portable was chosen. */
  readonly notes: readonly string[];
}

/** The cumulative numbers of one node, or of several merged, at one time. */
export interface Snapshot {
  /** The node's name; merged ones are joined by `+`, so a name may not contain it. */
  readonly node: string;
  /** Grows by one with each snapshot of a node; merged: the largest. */
  readonly sequence: number;
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
}

/** The snapshot of nothing: merging with it changes nothing. */
export const EMPTY_SNAPSHOT: Snapshot = {
  node: "",
  sequence: 0,
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

/** The numbers of two different nodes, put together. */
export function mergeSnapshots(a: Snapshot, b: Snapshot): Snapshot {
  return {
    node: union(nodeNames(a), nodeNames(b)).join("+"),
    sequence: Math.max(a.sequence, b.sequence),
    atMs: Math.max(a.atMs, b.atMs),
    counters: mergeRecords(a.counters, b.counters, sum),
    gauges: mergeRecords(a.gauges, b.gauges, sum),
    trends: mergeRecords(a.trends, b.trends, mergeTrendJson),
    clients: [...a.clients, ...b.clients].sort(byIndexThenNode),
    others: mergeOtherTracks(a.others ?? [], b.others ?? []),
    stopped: mergeStopped(a.stopped ?? [], b.stopped ?? []),
    candidates: mergeCandidates(a.candidates ?? [], b.candidates ?? []),
    consumersAllowed: fewest(a.consumersAllowed, b.consumersAllowed),
    generator: mergeHealth(a.generator, b.generator),
  };
}

function nodeNames({ node }: Snapshot): readonly string[] {
  return node === "" ? [] : node.split("+");
}

function mergeHealth(a: GeneratorHealth, b: GeneratorHealth): GeneratorHealth {
  return {
    lanes: union(a.lanes, b.lanes),
    ciphers: union(a.ciphers, b.ciphers),
    dtls: union(a.dtls, b.dtls),
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
    notes: union(a.notes, b.notes),
  };
}

function fewest(
  a: number | null = null,
  b: number | null = null,
): number | null {
  return a === null || b === null ? a ?? b : Math.min(a, b);
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function mergeRecords<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  merge: (a: T, b: T) => T,
): Record<string, T> {
  const merged: Record<string, T> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    merged[key] = Object.hasOwn(merged, key)
      ? merge(merged[key], value)
      : value;
  }
  return merged;
}

function sum(a: number, b: number): number {
  return a + b;
}

function byIndexThenNode(a: ClientRecord, b: ClientRecord): number {
  return a.index - b.index || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0);
}
