/**
 * A client's media as sums: over the tracks of a stay, and over its stays.
 *
 * @module
 */

import type { Arrival } from "../media/mod.ts";
import {
  addCounts,
  COUNTED,
  type CountedBy,
  type TotalCounts,
  TOTALS,
  zeros,
} from "../metrics/mod.ts";
import type { Watched } from "./consumer_watch.ts";

/** What adds up over the tracks that a client receives. */
type ReceivedName = CountedBy<
  "receiver" | "frames" | "rhythm" | "sound" | "track"
>;

/** What is no counter, of the tracks that a client receives. */
interface ReceivedExtremes {
  /** Consumers that media has arrived on. */
  consumersFlowing: number;
  /** The longest latency of a packet; -1 before any. */
  maxMediaLatencyMs: number;
  /** From when a video was asked for to its first frame, at most; -1 before any. */
  maxTimeToFirstFrameMs: number;
  /** For how long a video stood still at most. */
  longestFreezeMs: number;
}

/** Sums over the tracks that a client receives. */
export interface ReceivedTotals
  extends Record<ReceivedName, number>, ReceivedExtremes {}

/** A client's media, summed over its stays. */
export interface ClientTotals
  extends Record<keyof TotalCounts, number>, ReceivedExtremes {
  /** When the first packet left, on the scheduler's clock; -1 before. */
  firstSentMs: number;
  /** When the first packet came, on the scheduler's clock; -1 before. */
  firstReceivedMs: number;
  /** Since when others send something that it wants, on the scheduler's clock; 0 for from before it was there, -1 while nobody does. */
  othersSinceMs: number;
  /** The first packet out of the latest stay; -1 before. */
  stayFirstSentMs: number;
  /** The first packet in of the latest stay; -1 before. */
  stayFirstReceivedMs: number;
}

/** Of a stay, as far as its media is counted. */
export interface CountedStay {
  /** Since when others send something that it wants; see {@linkcode ClientTotals}. */
  readonly othersSinceMs: number;
  /** What it receives. */
  readonly reception: {
    /** When the first packet came, on the scheduler's clock; -1 before. */
    readonly firstMs: number;
    totals(): ReceivedTotals;
  };
  /** What it sends. */
  readonly publication: {
    readonly tracks: Iterable<{
      readonly sender: {
        readonly streams: readonly {
          readonly packetsSent: number;
          readonly bytesSent: number;
          readonly firstSentMs: number;
        }[];
      };
    }>;
  };
  /** Adds what is counted once a stay. */
  addCounts(totals: ClientTotals): void;
}

const RECEIVED: readonly ReceivedName[] = [
  ...COUNTED.receiver,
  ...COUNTED.frames,
  ...COUNTED.rhythm,
  ...COUNTED.sound,
  ...COUNTED.track,
];

/** Sums over no track. */
export function noReceived(): ReceivedTotals {
  return { ...zeros(RECEIVED), ...noExtremes() };
}

/** Totals of no stay. */
export function emptyTotals(): ClientTotals {
  return {
    ...zeros(TOTALS),
    ...noExtremes(),
    firstSentMs: -1,
    firstReceivedMs: -1,
    othersSinceMs: -1,
    stayFirstSentMs: -1,
    stayFirstReceivedMs: -1,
  };
}

/** Adds what is known of one track at this time; of what others send, only that it came. */
export function addTrack(
  totals: ReceivedTotals,
  { receiver, frames, sound, isOwn }:
    & Pick<Watched, "receiver" | "frames" | "sound">
    & { readonly isOwn: boolean },
  now: Arrival,
): void {
  const { packetsReceived, packetsOfOtherType, packetsLost, maxLatencyUs } =
    receiver;
  totals.packetsReceived += packetsReceived;
  totals.bytesReceived += receiver.bytesReceived;
  if (packetsReceived > packetsOfOtherType) totals.consumersFlowing++;
  totals.packetsFromOthers += isOwn ? packetsOfOtherType : packetsReceived;
  if (!isOwn) return;
  addCounts(totals, receiver, COUNTED.receiver);
  // What was repaired and came all the same is not lost.
  totals.packetsRepaired += Math.min(receiver.packetsRepaired, packetsLost);
  totals.packetsDeliverable += receiver.deliverable(now.nowMs);
  if (maxLatencyUs > 0) {
    const latencyMs = maxLatencyUs / 1000;
    totals.maxMediaLatencyMs = Math.max(totals.maxMediaLatencyMs, latencyMs);
  }
  if (sound !== undefined) {
    addCounts(totals, sound.figures(now), COUNTED.sound);
  }
  if (frames === undefined) return;
  const shown = frames.playout.figures(now);
  addCounts(totals, frames, COUNTED.frames);
  addCounts(totals, shown, COUNTED.rhythm);
  totals.longestFreezeMs = Math.max(
    totals.longestFreezeMs,
    shown.longestFreezeMs,
  );
  totals.maxTimeToFirstFrameMs = Math.max(
    totals.maxTimeToFirstFrameMs,
    shown.firstFrameMs ?? -1,
  );
}

/** Adds a stay to totals of earlier ones. */
export function addStay(totals: ClientTotals, stay: CountedStay): void {
  const received = stay.reception.totals();
  addCounts(totals, received, RECEIVED);
  stay.addCounts(totals);
  totals.consumersFlowing += received.consumersFlowing;
  for (const name of MOST) {
    totals[name] = Math.max(totals[name], received[name]);
  }
  if (totals.firstReceivedMs < 0) {
    totals.firstReceivedMs = stay.reception.firstMs;
  }
  if (totals.othersSinceMs < 0) totals.othersSinceMs = stay.othersSinceMs;
  totals.stayFirstReceivedMs = stay.reception.firstMs;
  totals.stayFirstSentMs = -1;
  for (const { sender } of stay.publication.tracks) {
    for (const { packetsSent, bytesSent, firstSentMs } of sender.streams) {
      totals.packetsSent += packetsSent;
      totals.bytesSent += bytesSent;
      if (firstSentMs < 0) continue;
      totals.firstSentMs = earlier(totals.firstSentMs, firstSentMs);
      totals.stayFirstSentMs = earlier(totals.stayFirstSentMs, firstSentMs);
    }
  }
}

const MOST = [
  "maxMediaLatencyMs",
  "maxTimeToFirstFrameMs",
  "longestFreezeMs",
] as const;

function noExtremes(): ReceivedExtremes {
  return {
    consumersFlowing: 0,
    maxMediaLatencyMs: -1,
    maxTimeToFirstFrameMs: -1,
    longestFreezeMs: 0,
  };
}

function earlier(beforeMs: number, ms: number): number {
  return beforeMs < 0 ? ms : Math.min(beforeMs, ms);
}
