/**
 * The time of a run, stretch by stretch: how the numbers of all its nodes
 * grew.
 *
 * @module
 */

import { PackedLists, type PackedReader } from "../packed_numbers.ts";
import { EMPTY_SNAPSHOT, type NodePart, type Snapshot } from "../snapshot.ts";
import type { TimelinePoint } from "../summary/summary.ts";
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

/** How all nodes' numbers grew, stretch by stretch. */
export class Timeline {
  #marks = new PackedLists();
  /** The last one that is kept. */
  #last = markOf(EMPTY_SNAPSHOT, 0);
  #keepEvery = 1;
  #marksSeen = 0;

  constructor() {
    this.#marks.push(packable(this.#last));
  }

  /**
   * Ends a stretch now, `atMs` after the run began, with all nodes' numbers;
   * call it once a second. Returns what happened in it, for a live chart.
   */
  mark(all: Snapshot, atMs: number): TimelinePoint {
    const mark = markOf(all, atMs);
    const point = between(this.#last, mark);
    this.#marksSeen++;
    if (this.#marksSeen % this.#keepEvery === 0) {
      this.#marks.push(packable(mark));
      this.#last = mark;
    }
    if (this.#marks.length > MAX_TIMELINE_POINTS) this.#halve();
    return point;
  }

  /** The run so far, stretch by stretch. */
  points(): TimelinePoint[] {
    const points: TimelinePoint[] = [];
    let before: Mark | undefined;
    for (const reader of this.#marks) {
      const mark = unpacked(reader);
      if (before !== undefined) points.push(between(before, mark));
      before = mark;
    }
    return points;
  }

  /** Totals are cumulative, so leaving out every other mark loses detail but no packet. */
  #halve(): void {
    const marks = this.#marks;
    this.#marks = new PackedLists();
    let i = 0;
    for (const reader of marks) {
      if (i++ % 2 !== 0) continue;
      this.#last = unpacked(reader);
      this.#marks.push(packable(this.#last));
    }
    this.#keepEvery *= 2;
  }
}

function packable(
  { atMs, countedMs, clients, counters, gauges, generator }: Mark,
): number[] {
  const { cpuUs, threadUs } = generator;
  const { packetsOverdue } = gauges;
  return [
    ...[atMs, countedMs, clients, packetsOverdue, cpuUs, threadUs],
    ...RATE_COUNTERS.map((name) => counters[name]),
  ];
}

function unpacked(reader: PackedReader): Mark {
  const next = () => reader.next() ?? 0;
  return {
    atMs: next(),
    countedMs: next(),
    clients: next(),
    gauges: { packetsOverdue: next() },
    generator: { cpuUs: next(), threadUs: next() },
    counters: Object.fromEntries(RATE_COUNTERS.map((name) => [name, next()])),
  };
}

function markOf(all: Snapshot, atMs: number): Mark {
  const { counters, gauges, generator: { cpuUs, threadUs } } = all;
  const { parts = [all] } = all;
  // Of one that is lost nothing more is to come: it is up to date.
  const countedMs = parts.reduce(
    (sum, part) => sum + (isLost(part) ? atMs : part.atMs),
    0,
  );
  return {
    atMs,
    countedMs: countedMs / parts.length,
    clients: gauges.clientsConnected ?? 0,
    counters: Object.fromEntries(
      RATE_COUNTERS.map((name) => [name, counters[name] ?? 0]),
    ),
    gauges: { packetsOverdue: gauges.packetsOverdue ?? 0 },
    generator: { cpuUs, threadUs },
  };
}

function isLost({ node, generator: { lost = [] } }: NodePart): boolean {
  return lost.some((loss) => loss.node === node);
}

function between(from: Mark, to: Mark): TimelinePoint {
  const seconds = (to.countedMs - from.countedMs) / 1000;
  return pointBetween(from, to, seconds, {
    tSec: Math.round(to.atMs) / 1000,
    clients: to.clients,
  });
}

/** The point at the end of a stretch of so many seconds. */
export function pointBetween(
  from: Cumulative,
  to: Cumulative,
  seconds: number,
  at: Pick<TimelinePoint, "clients" | "tSec">,
): TimelinePoint {
  const rates = ratesBetween(from, to, seconds);
  return {
    ...at,
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
