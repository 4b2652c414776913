/**
 * A client's media as sums, over all that it sent and received in all its
 * stays.
 *
 * @module
 */

import { noTotals, type ReceptionTotals } from "./reception.ts";
import type { Stay } from "./stay.ts";

/** A client's media, summed over its stays. */
export interface ClientTotals extends ReceptionTotals {
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
export function addStay(totals: ClientTotals, stay: Stay): void {
  const received = stay.reception.totals();
  totals.expected += received.expected;
  totals.lost += received.lost;
  totals.repaired += received.repaired;
  totals.deliverable += received.deliverable;
  totals.received += received.received;
  totals.bytes += received.bytes;
  totals.flowing += received.flowing;
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

function earlier(beforeMs: number, ms: number): number {
  return beforeMs < 0 ? ms : Math.min(beforeMs, ms);
}
