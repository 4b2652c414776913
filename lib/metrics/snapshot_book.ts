/**
 * The coordinator's book: the latest snapshot of each node, what they come
 * to together, and how that grew over time.
 *
 * @module
 */

import { EMPTY_SNAPSHOT, mergeSnapshots, type Snapshot } from "./snapshot.ts";
import type { TimelinePoint } from "./summary.ts";

/** Points that a timeline has at most; a longer run has longer stretches instead. */
export const MAX_TIMELINE_POINTS = 3600;

/** Cumulative totals at one time, enough to tell two times apart. */
interface Mark {
  readonly atMs: number;
  /** When the nodes counted, on average: what they report is as old as their last reports. */
  readonly countedMs: number;
  readonly clients: number;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly packetsExpected: number;
  readonly packetsLost: number;
  readonly tracksDueMs: number;
  readonly tracksSilentMs: number;
  readonly cpuUs: number;
  readonly threadUs: number;
}

/** The latest snapshot of each node, and the marks of time passing. */
export class SnapshotBook {
  readonly #latest = new Map<string, Snapshot>();
  #marks: Mark[] = [markOf([], 0)];
  #keepEvery = 1;
  #marksSeen = 0;

  /** Enters a snapshot; one that is not newer than its node's last is ignored. */
  add(snapshot: Snapshot): void {
    const last = this.#latest.get(snapshot.node);
    if (last !== undefined && last.sequence >= snapshot.sequence) return;
    this.#latest.set(snapshot.node, snapshot);
  }

  /** The last snapshot of one node; `undefined` before its first. */
  latest(node: string): Snapshot | undefined {
    return this.#latest.get(node);
  }

  /** All nodes together, as far as they have reported. */
  merged(): Snapshot {
    return [...this.#latest.values()].reduce(mergeSnapshots, EMPTY_SNAPSHOT);
  }

  /**
   * Ends a stretch of the timeline now, `atMs` after the run began; call it
   * once a second. Returns what happened in it, for a live chart.
   */
  mark(atMs: number): TimelinePoint {
    const mark = markOf(this.#latest.values(), atMs);
    const point = between(this.#marks.at(-1)!, mark);
    this.#marksSeen++;
    if (this.#marksSeen % this.#keepEvery === 0) this.#marks.push(mark);
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
    return this.#marks.slice(1).map((mark, i) => between(this.#marks[i], mark));
  }
}

function markOf(nodes: Iterable<Snapshot>, atMs: number): Mark {
  let counting = 0;
  const mark = {
    atMs,
    countedMs: 0,
    clients: 0,
    packetsSent: 0,
    packetsReceived: 0,
    bytesSent: 0,
    bytesReceived: 0,
    packetsExpected: 0,
    packetsLost: 0,
    tracksDueMs: 0,
    tracksSilentMs: 0,
    cpuUs: 0,
    threadUs: 0,
  };
  for (const { atMs, counters, gauges, generator } of nodes) {
    if (Object.keys(counters).length > 0) {
      counting++;
      mark.countedMs += (atMs - mark.countedMs) / counting;
    }
    mark.clients += gauges.clientsConnected ?? 0;
    mark.packetsSent += counters.packetsSent ?? 0;
    mark.packetsReceived += counters.packetsReceived ?? 0;
    mark.bytesSent += counters.bytesSent ?? 0;
    mark.bytesReceived += counters.bytesReceived ?? 0;
    mark.packetsExpected += counters.packetsExpected ?? 0;
    mark.packetsLost += counters.packetsLost ?? 0;
    mark.tracksDueMs += counters.tracksDueMs ?? 0;
    mark.tracksSilentMs += counters.tracksSilentMs ?? 0;
    mark.cpuUs += generator.cpuUs;
    mark.threadUs += generator.threadUs;
  }
  return mark;
}

function between(from: Mark, to: Mark): TimelinePoint {
  const seconds = (to.countedMs - from.countedMs) / 1000;
  const perSec = (change: number) =>
    seconds > 0 ? Math.round(change / seconds) : 0;
  return {
    tSec: Math.round(to.atMs) / 1000,
    clients: to.clients,
    packetsSentPerSec: perSec(to.packetsSent - from.packetsSent),
    packetsReceivedPerSec: perSec(to.packetsReceived - from.packetsReceived),
    sendBps: perSec((to.bytesSent - from.bytesSent) * 8),
    receiveBps: perSec((to.bytesReceived - from.bytesReceived) * 8),
    lossRatio: share(
      to.packetsLost - from.packetsLost,
      to.packetsExpected - from.packetsExpected,
    ),
    tracksDue: seconds > 0
      ? Math.round((to.tracksDueMs - from.tracksDueMs) / seconds / 100) / 10
      : 0,
    silentRatio: share(
      to.tracksSilentMs - from.tracksSilentMs,
      to.tracksDueMs - from.tracksDueMs,
    ),
    cpuRatio: share(to.cpuUs - from.cpuUs, to.threadUs - from.threadUs),
  };
}

/** A part of a whole, to four decimals. Late packets are given back, so a loss can shrink: not below 0. */
function share(part: number, whole: number): number {
  return whole > 0
    ? Math.max(0, Math.round(part / whole * 10_000) / 10_000)
    : 0;
}
