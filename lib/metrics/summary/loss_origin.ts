/**
 * Where packets were lost: what each place on their way made of them, repairs
 * included, as far as somebody counted there. Only what an embedded server
 * counts itself tells the way to it, the server, and the way from it apart.
 *
 * @module
 */

import { counterOf } from "../figures.ts";
import type { Snapshot } from "../snapshot.ts";
import type { LossOrigin } from "./summary.ts";

/** What a server counted of all its streams, over a run and to its end. */
export interface ServerStreams {
  /** Packets that came, repairs included. */
  readonly received: number;
  /** Packets that it missed for good, each times those who should have got it. */
  readonly missedByReceivers: number;
  /** Packets that it sent, without repairs. */
  readonly sent: number;
  /** Repairs that it sent. */
  readonly repairsSent: number;
}

/** Tells apart where packets were lost; without `streams`, the server was not seen. */
export function lossOrigin(
  snapshot: Snapshot,
  streams: ServerStreams | null,
): LossOrigin {
  const counter = (name: Parameters<typeof counterOf>[1]) =>
    counterOf(snapshot, name);
  const { kernelDrops } = snapshot.generator;
  const impairedOut = counter("impairedOutDropped");
  const impairedIn = counter("impairedInDropped");
  const known = {
    refused: counter("sendRefused"),
    impairedOut,
    impairedIn,
    ourKernel: kernelDrops,
    late: counter("packetsLate"),
  };
  if (streams === null) {
    return { ...known, beforeServer: null, inServer: null, afterServer: null };
  }
  const { received, missedByReceivers } = streams;
  // What others sent is in no other figure here.
  const sent = streams.sent - counter("packetsFromOthers");
  // What was on its way when its client left never came, and nobody missed it.
  const unfinished = counter("impairedOutUnfinished");
  const left = counter("packetsSent") + counter("retransmittedPacketsSent") -
    impairedOut +
    counter("impairedOutDuplicated") - unfinished;
  // What is missing at the receivers, by the place that it first was missing
  // at. The server notes what it missed only with its reports; what it does
  // not know yet is as many packets to each as those that it had.
  const lost = Math.max(0, counter("packetsLost"));
  const unheard = Math.max(0, counter("packetsSent") - unfinished - received);
  const copies = received > 0 ? Math.round(unheard * sent / received) : 0;
  const upstream = Math.min(lost, Math.max(missedByReceivers, copies));
  const inServer = within(
    counter("packetsExpected") - sent - upstream,
    lost - upstream,
  );
  const repairsLost = streams.repairsSent -
    counter("retransmittedPacketsReceived");
  const downstream = lost - upstream - inServer + Math.max(0, repairsLost);
  return {
    ...known,
    beforeServer: Math.max(0, left - received),
    inServer,
    afterServer: Math.max(0, downstream - impairedIn - (kernelDrops ?? 0)),
  };
}

/** Neither below 0 nor above `most`. */
function within(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
