/**
 * The coordinator's book: the latest snapshot of each node, what they come
 * to together, and how that grew over time.
 *
 * @module
 */

import { zeros } from "./counts.ts";
import { EMPTY_SNAPSHOT, mergeSnapshots, type Snapshot } from "./snapshot.ts";
import type { TimelinePoint } from "./summary.ts";
import {
  type Cumulative,
  RATE_COUNTERS,
  ratesBetween,
} from "./timeline_window.ts";

/** Points that a timeline has at most; a longer run has longer stretches instead. */
export const MAX_TIMELINE_POINTS = 3600;

/** Cumulative totals at one time, enough to tell two times apart. */
interface Mark extends Cumulative {
  readonly atMs: number;
  /** When the nodes counted, on average: what they report is as old as their last reports. */
  readonly countedMs: number;
  readonly clients: number;
}

/** A mark as a list of numbers, which needs a fourth of the room. */
type PackedMark = readonly number[];

/** The latest snapshot of each node, and the marks of time passing. */
export class SnapshotBook {
  readonly #latest = new Map<string, Snapshot>();
  #marks: PackedMark[] = [packed(markOf([], 0))];
  #keepEvery = 1;
  #marksSeen = 0;
  /** All nodes' latest together; merging is dear. */
  #merged: Snapshot | undefined;

  /** Enters a snapshot; one that is not newer than its node's last is ignored. */
  add(snapshot: Snapshot): void {
    const last = this.#latest.get(snapshot.node);
    if (last !== undefined && last.sequence >= snapshot.sequence) return;
    this.#latest.set(snapshot.node, snapshot);
    this.#merged = undefined;
  }

  /** The last snapshot of one node; `undefined` before its first. */
  latest(node: string): Snapshot | undefined {
    return this.#latest.get(node);
  }

  /** All nodes together, as far as they have reported. */
  merged(): Snapshot {
    return this.#merged ??= [...this.#latest.values()]
      .reduce(mergeSnapshots, EMPTY_SNAPSHOT);
  }

  /**
   * Ends a stretch of the timeline now, `atMs` after the run began; call it
   * once a second. Returns what happened in it, for a live chart.
   */
  mark(atMs: number): TimelinePoint {
    const mark = markOf(this.#latest.values(), atMs);
    const point = between(unpacked(this.#marks.at(-1)!), mark);
    this.#marksSeen++;
    if (this.#marksSeen % this.#keepEvery === 0) {
      this.#marks.push(packed(mark));
    }
    if (this.#marks.length > MAX_TIMELINE_POINTS) {
      // Totals are cumulative, so leaving out every other mark loses detail
      // but no packet.
      this.#marks = this.#marks.filter((_, i) => i % 2 === 0);
      this.#keepEvery *= 2;
    }
    return point;
  }

  /** The run so far, stretch by stretch. */
  timeline(): TimelinePoint[] {
    const marks = this.#marks.map(unpacked);
    return marks.slice(1).map((mark, i) => between(marks[i], mark));
  }
}

function packed(
  { atMs, countedMs, clients, counters, gauges, generator }: Mark,
): PackedMark {
  const { cpuUs, threadUs } = generator;
  const { packetsOverdue } = gauges;
  const counts = RATE_COUNTERS.map((name) => counters[name]);
  // Not by a spread, which leaves room to spare.
  return [atMs, countedMs, clients, packetsOverdue, cpuUs, threadUs]
    .concat(counts);
}

function unpacked(
  [atMs, countedMs, clients, packetsOverdue, cpuUs, threadUs, ...counts]:
    PackedMark,
): Mark {
  return {
    atMs,
    countedMs,
    clients,
    counters: Object.fromEntries(
      RATE_COUNTERS.map((name, i) => [name, counts[i]]),
    ),
    gauges: { packetsOverdue },
    generator: { cpuUs, threadUs },
  };
}

function markOf(nodes: Iterable<Snapshot>, atMs: number): Mark {
  let counting = 0;
  const mark = { atMs, countedMs: 0, clients: 0 };
  let packetsOverdue = 0;
  const sums = zeros(RATE_COUNTERS);
  const used = { cpuUs: 0, threadUs: 0 };
  for (const { atMs, counters, gauges, generator } of nodes) {
    if (Object.keys(counters).length > 0) {
      counting++;
      mark.countedMs += (atMs - mark.countedMs) / counting;
    }
    mark.clients += gauges.clientsConnected ?? 0;
    packetsOverdue += gauges.packetsOverdue ?? 0;
    for (const name of RATE_COUNTERS) sums[name] += counters[name] ?? 0;
    used.cpuUs += generator.cpuUs;
    used.threadUs += generator.threadUs;
  }
  return {
    ...mark,
    counters: sums,
    gauges: { packetsOverdue },
    generator: used,
  };
}

function between(from: Mark, to: Mark): TimelinePoint {
  const rates = ratesBetween(from, to, (to.countedMs - from.countedMs) / 1000);
  return {
    tSec: Math.round(to.atMs) / 1000,
    clients: to.clients,
    packetsSentPerSec: Math.round(rates.packetsSentPerSec),
    packetsReceivedPerSec: Math.round(rates.packetsReceivedPerSec),
    sendBps: Math.round(rates.sendBps),
    receiveBps: Math.round(rates.receiveBps),
    lossRatio: toDecimals(rates.lossRatio, 4),
    tracksDue: toDecimals(rates.tracksDue, 1),
    silentRatio: toDecimals(rates.silentRatio, 4),
    cpuRatio: toDecimals(rates.cpuRatio, 4),
  };
}

function toDecimals(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
