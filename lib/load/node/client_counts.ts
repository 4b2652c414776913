/**
 * The counters of a node that are sums over its clients, and not counted
 * packet by packet.
 *
 * @module
 */

import type { Network } from "../../impairment/mod.ts";
import type { CounterName } from "../../metrics/mod.ts";
import type { DrivenTotals } from "./client_port.ts";

type Of = (totals: DrivenTotals, network: Network) => number;

/** What each of them counts of one client. */
const COUNTS = {
  packetsExpected: ({ expected }) => expected,
  packetsLost: ({ lost }) => lost,
  packetsRepaired: ({ repaired }) => repaired,
  packetsFromOthers: ({ fromOthers }) => fromOthers,
  packetsDeliverable: ({ deliverable }) => deliverable,
  packetsDuplicate: ({ duplicates }) => duplicates,
  srtpFailures: ({ srtpFailures }) => srtpFailures,
  framesShown: ({ framesShown }) => framesShown,
  videosBegun: ({ videosBegun }) => videosBegun,
  keyFramesShown: ({ keyFramesShown }) => keyFramesShown,
  framesDropped: ({ framesDropped }) => framesDropped,
  freezes: ({ freezes }) => freezes,
  frozenMs: ({ frozenMs }) => frozenMs,
  playedMs: ({ playedMs }) => playedMs,
  pictureIdJumps: ({ pictureIdJumps }) => pictureIdJumps,
  timestampJumps: ({ timestampJumps }) => timestampJumps,
  layerSwitches: ({ layerSwitches }) => layerSwitches,
  pliReceived: ({ pliReceived }) => pliReceived,
  firReceived: ({ firReceived }) => firReceived,
  nackReceived: ({ nackReceived }) => nackReceived,
  pliSent: ({ pliSent }) => pliSent,
  nackSent: ({ nackSent }) => nackSent,
  rtxSent: ({ rtxSent }) => rtxSent,
  rtxReceived: ({ rtxReceived }) => rtxReceived,
  impairedIn: (_, { inboundCounts }) => inboundCounts.packets,
  impairedInDropped: (_, { inboundCounts }) => inboundCounts.dropped,
  impairedInDelayed: (_, { inboundCounts }) => inboundCounts.delayed,
  impairedInDuplicated: (_, { inboundCounts }) => inboundCounts.duplicated,
  impairedOut: (_, { outboundCounts }) => outboundCounts.packets,
  impairedOutDropped: (_, { outboundCounts }) => outboundCounts.dropped,
  impairedOutDelayed: (_, { outboundCounts }) => outboundCounts.delayed,
  impairedOutDuplicated: (_, { outboundCounts }) => outboundCounts.duplicated,
  impairedOutUnfinished: (_, { outboundCounts }) => outboundCounts.unfinished,
  rebinds: (_, { rebinds }) => rebinds,
} as const satisfies Partial<Record<CounterName, Of>>;

type Name = keyof typeof COUNTS;

const NAMES = Object.keys(COUNTS) as Name[];

/** Those counters; written to in place. */
export type ClientCounts = Record<Name, number>;

/** All zero. */
export function noCounts(): ClientCounts {
  return Object.fromEntries(NAMES.map((name) => [name, 0])) as ClientCounts;
}

/** Adds one client's media so far, and what its network did to it. */
export function addCounts(
  counts: ClientCounts,
  totals: DrivenTotals,
  network: Network,
): void {
  for (const name of NAMES) counts[name] += COUNTS[name](totals, network);
}
