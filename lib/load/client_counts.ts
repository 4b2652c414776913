/**
 * The counters of a node that are sums over its clients, and not counted
 * packet by packet.
 *
 * @module
 */

import type { Network } from "../impairment/mod.ts";
import type { CounterName } from "../metrics/mod.ts";
import type { DrivenTotals } from "./client_port.ts";

/** Counters that have the name of what they sum up. */
const PLAIN = [
  "framesShown",
  "videosBegun",
  "keyFramesShown",
  "framesDropped",
  "freezes",
  "frozenMs",
  "playedMs",
  "pictureIdJumps",
  "timestampJumps",
  "layerSwitches",
  "pliReceived",
  "firReceived",
  "nackReceived",
  "pliSent",
  "nackSent",
  "rtxSent",
  "rtxReceived",
] as const satisfies readonly (CounterName & keyof DrivenTotals)[];

type PlainCount = typeof PLAIN[number];

/** Those counters; written to in place. */
export type ClientCounts = Record<
  Extract<
    CounterName,
    | "packetsExpected"
    | "packetsLost"
    | "packetsRepaired"
    | "packetsDeliverable"
    | "packetsDuplicate"
    | "srtpFailures"
    | PlainCount
    | "impairedIn"
    | "impairedInDropped"
    | "impairedInDelayed"
    | "impairedInDuplicated"
    | "impairedOut"
    | "impairedOutDropped"
    | "impairedOutDelayed"
    | "impairedOutDuplicated"
  >,
  number
>;

/** All zero. */
export function noCounts(): ClientCounts {
  return {
    packetsExpected: 0,
    packetsLost: 0,
    packetsRepaired: 0,
    packetsDeliverable: 0,
    packetsDuplicate: 0,
    srtpFailures: 0,
    framesShown: 0,
    videosBegun: 0,
    keyFramesShown: 0,
    framesDropped: 0,
    freezes: 0,
    frozenMs: 0,
    playedMs: 0,
    pictureIdJumps: 0,
    timestampJumps: 0,
    layerSwitches: 0,
    pliReceived: 0,
    firReceived: 0,
    nackReceived: 0,
    pliSent: 0,
    nackSent: 0,
    rtxSent: 0,
    rtxReceived: 0,
    impairedIn: 0,
    impairedInDropped: 0,
    impairedInDelayed: 0,
    impairedInDuplicated: 0,
    impairedOut: 0,
    impairedOutDropped: 0,
    impairedOutDelayed: 0,
    impairedOutDuplicated: 0,
  };
}

/** Adds one client's media so far, and what its network did to it. */
export function addCounts(
  counts: ClientCounts,
  totals: DrivenTotals,
  { inboundCounts, outboundCounts }: Network,
): void {
  counts.packetsExpected += totals.expected;
  counts.packetsLost += totals.lost;
  counts.packetsRepaired += totals.repaired;
  counts.packetsDeliverable += totals.deliverable;
  counts.packetsDuplicate += totals.duplicates;
  counts.srtpFailures += totals.srtpFailures;
  for (const name of PLAIN) counts[name] += totals[name];
  counts.impairedIn += inboundCounts.packets;
  counts.impairedInDropped += inboundCounts.dropped;
  counts.impairedInDelayed += inboundCounts.delayed;
  counts.impairedInDuplicated += inboundCounts.duplicated;
  counts.impairedOut += outboundCounts.packets;
  counts.impairedOutDropped += outboundCounts.dropped;
  counts.impairedOutDelayed += outboundCounts.delayed;
  counts.impairedOutDuplicated += outboundCounts.duplicated;
}
