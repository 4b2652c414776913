/**
 * A client's media as sums, over all that it sent and received in all its
 * stays.
 *
 * @module
 */

import { type InboundTotals, noTotals } from "./inbound_totals.ts";
import type { FeedbackCounts, RoomSession } from "./room_session.ts";

/** A client's media, summed over its stays. */
export interface ClientTotals extends InboundTotals, FeedbackCounts {
  packetsSent: number;
  bytesSent: number;
  srtpFailures: number;
  duplicates: number;
  /** When the first packet left, on the scheduler's clock; -1 before. */
  firstSentMs: number;
  /** When the first packet came, on the scheduler's clock; -1 before. */
  firstReceivedMs: number;
  /** The first packet out of the latest stay; -1 before. */
  stayFirstSentMs: number;
  /** The first packet in of the latest stay; -1 before. */
  stayFirstReceivedMs: number;
}

/** Totals of no stay. */
export function emptyTotals(): ClientTotals {
  return {
    ...noTotals(),
    pliReceived: 0,
    firReceived: 0,
    nackReceived: 0,
    rtxSent: 0,
    pliSent: 0,
    nackSent: 0,
    rtxReceived: 0,
    layerSwitches: 0,
    packetsSent: 0,
    bytesSent: 0,
    srtpFailures: 0,
    duplicates: 0,
    firstSentMs: -1,
    firstReceivedMs: -1,
    stayFirstSentMs: -1,
    stayFirstReceivedMs: -1,
  };
}

/** Adds a stay to totals of earlier ones. */
export function addStay(totals: ClientTotals, stay: RoomSession): void {
  const received = stay.reception.totals();
  addAll(totals, received, SUMS);
  totals.maxLatencyUs = Math.max(totals.maxLatencyUs, received.maxLatencyUs);
  totals.longestFreezeMs = Math.max(
    totals.longestFreezeMs,
    received.longestFreezeMs,
  );
  totals.firstFrameMs = Math.max(totals.firstFrameMs, received.firstFrameMs);
  addAll(totals, stay.feedback, FEEDBACK);
  const { auth, replayed } = stay.srtpFailures;
  totals.srtpFailures += auth;
  totals.duplicates += replayed;
  if (totals.firstReceivedMs < 0) {
    totals.firstReceivedMs = stay.reception.firstMs;
  }
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

/** What adds up from stay to stay. */
const SUMS = [
  "expected",
  "lost",
  "repaired",
  "deliverable",
  "received",
  "fromOthers",
  "bytes",
  "flowing",
  "framesShown",
  "videosBegun",
  "keyFramesShown",
  "framesDropped",
  "freezes",
  "frozenMs",
  "playedMs",
  "pictureIdJumps",
  "timestampJumps",
] as const;

const FEEDBACK = [
  "pliReceived",
  "firReceived",
  "nackReceived",
  "rtxSent",
  "pliSent",
  "nackSent",
  "rtxReceived",
  "layerSwitches",
] as const;

function addAll<K extends string>(
  sums: Record<K, number>,
  values: Readonly<Record<K, number>>,
  keys: readonly K[],
): void {
  for (const key of keys) sums[key] += values[key];
}

function earlier(beforeMs: number, ms: number): number {
  return beforeMs < 0 ? ms : Math.min(beforeMs, ms);
}
