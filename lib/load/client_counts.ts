/**
 * The counters of a node that are sums over its clients, and not counted
 * packet by packet.
 *
 * @module
 */

import type { CounterName } from "../metrics/mod.ts";
import type { DrivenTotals } from "./client_port.ts";

/** Those counters; written to in place. */
export type ClientCounts = Record<
  Extract<
    CounterName,
    | "packetsExpected"
    | "packetsLost"
    | "packetsDeliverable"
    | "packetsDuplicate"
    | "srtpFailures"
  >,
  number
>;

/** All zero. */
export function noCounts(): ClientCounts {
  return {
    packetsExpected: 0,
    packetsLost: 0,
    packetsDeliverable: 0,
    packetsDuplicate: 0,
    srtpFailures: 0,
  };
}

/** Adds one client's media so far. */
export function addCounts(counts: ClientCounts, totals: DrivenTotals): void {
  counts.packetsExpected += totals.expected;
  counts.packetsLost += totals.lost;
  counts.packetsDeliverable += totals.deliverable;
  counts.packetsDuplicate += totals.duplicates;
  counts.srtpFailures += totals.srtpFailures;
}
