/**
 * What is counted of a stay, in the words of W3C webrtc-stats: durations are
 * seconds, directions are the object's.
 *
 * @module
 */

import type { ConsumedTrack } from "./consumed_track.ts";
import type { PublishedTrack } from "./publisher.ts";

/** Objects by their ids. */
export type StatsObjects = Record<
  string,
  Readonly<Record<string, string | number>>
>;

/** Of each track that a client receives, an `inbound-rtp`. */
export function inboundStats(
  tracks: Iterable<ConsumedTrack>,
  now: { readonly nowMs: number; readonly wallMs: number },
): StatsObjects {
  const stats: StatsObjects = {};
  for (const { consumerId, producerId, receiver, frames, sound } of tracks) {
    const { kind, ssrc, packetsReceived, packetsLost, jitterMs } = receiver;
    const shown = frames?.playout.figures(now);
    const heard = sound?.figures(now);
    stats[`inbound-${consumerId}`] = {
      type: "inbound-rtp",
      kind,
      ssrc: ssrc >>> 0,
      trackIdentifier: producerId,
      packetsReceived,
      packetsLost,
      packetsRepaired: receiver.packetsRepaired,
      bytesReceived: receiver.bytesReceived,
      jitter: jitterMs / 1000,
      ...(shown !== undefined && {
        framesDecoded: shown.framesRendered,
        framesDropped: frames!.framesDropped,
        freezeCount: shown.freezeCount,
        totalFreezesDuration: shown.totalFreezesDurationMs / 1000,
      }),
      ...(heard !== undefined && {
        totalSamplesReceived: heard.totalSamplesReceived,
        concealedSamples: heard.concealedSamples,
        concealmentEvents: heard.concealmentEvents,
      }),
    };
  }
  return stats;
}

/** Of each stream that a client sends, an `outbound-rtp`. */
export function outboundStats(
  tracks: Iterable<PublishedTrack>,
): StatsObjects {
  const stats: StatsObjects = {};
  for (const { kind, producerId, sender } of tracks) {
    for (const { ssrc, packetsSent, bytesSent } of sender.streams) {
      stats[`outbound-${ssrc >>> 0}`] = {
        type: "outbound-rtp",
        kind,
        ssrc: ssrc >>> 0,
        trackIdentifier: producerId,
        packetsSent,
        bytesSent,
      };
    }
  }
  return stats;
}

/** How the way of one transport is, as its `candidate-pair`. */
export function pathStats(roundTripMs: number): StatsObjects {
  return {
    pair: {
      type: "candidate-pair",
      state: "succeeded",
      ...(roundTripMs > 0 && { currentRoundTripTime: roundTripMs / 1000 }),
    },
  };
}
