/**
 * The counters of a node that are sums over its clients, and not counted
 * packet by packet.
 *
 * @module
 */

import type { Network } from "../../impairment/mod.ts";
import {
  addCounts,
  type ClientFigures,
  type CountedBy,
  namesOf,
  TRACK_COUNTS,
  type TrackCount,
  zeros,
} from "../../metrics/mod.ts";
import type { ClientTotals } from "../../client/mod.ts";

/** What happened to clients is in their records, and nowhere else. */
const EVENTS = namesOf({ at: "events" });

/** What networks did to packets. */
const NETWORK = namesOf({ at: "network" });

/** Those counters; written to in place. */
export type ClientCounts = Record<
  TrackCount | CountedBy<"events" | "network">,
  number
>;

/** All zero. */
export function noCounts(): ClientCounts {
  return zeros([...TRACK_COUNTS, ...EVENTS, ...NETWORK]);
}

/** Adds one client's media so far, what happened to it, and what its network did. */
export function addClient(
  counts: ClientCounts,
  totals: ClientTotals,
  figures: Readonly<ClientFigures>,
  network: Network,
): void {
  addCounts(counts, totals, TRACK_COUNTS);
  addCounts(counts, figures, EVENTS);
  addCounts(counts, countsOf(network), NETWORK);
}

/** What a network did so far. */
function countsOf(
  { inboundCounts, outboundCounts, rebinds }: Network,
): Readonly<Record<CountedBy<"network">, number>> {
  return {
    impairedIn: inboundCounts.packets,
    impairedInDropped: inboundCounts.dropped,
    impairedInRepeatsDropped: inboundCounts.droppedRepeats,
    impairedInDelayed: inboundCounts.delayed,
    impairedInDuplicated: inboundCounts.duplicated,
    impairedOut: outboundCounts.packets,
    impairedOutDropped: outboundCounts.dropped,
    impairedOutDelayed: outboundCounts.delayed,
    impairedOutDuplicated: outboundCounts.duplicated,
    impairedOutUnfinished: outboundCounts.unfinished,
    rebinds,
  };
}
