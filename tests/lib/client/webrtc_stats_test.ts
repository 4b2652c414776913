/** A client's statistics in the words of W3C webrtc-stats. */

import { assertEquals } from "@std/assert";
import {
  inboundStats,
  outboundStats,
  pathStats,
} from "../../../lib/client/webrtc_stats.ts";

type Inbound = Parameters<typeof inboundStats>[0] extends Iterable<infer T> ? T
  : never;
type Outbound = Parameters<typeof outboundStats>[0] extends Iterable<infer T>
  ? T
  : never;

const NOW = { nowMs: 5000, wallMs: 1_800_000_005_000 };

const RECEIVER = {
  kind: "video",
  // As the packet path has it: a signed number of 32 bits.
  ssrc: -2,
  packetsReceived: 90,
  packetsLost: 10,
  packetsRepaired: 7,
  bytesReceived: 12_345,
  jitterMs: 12.5,
};

Deno.test("of a picture that comes in durations are seconds, and an SSRC is never negative", () => {
  const track = {
    consumerId: "c1",
    producerId: "p1",
    receiver: RECEIVER,
    frames: {
      framesDropped: 3,
      playout: {
        figures: () => ({
          framesRendered: 60,
          freezeCount: 2,
          totalFreezesDurationMs: 1500,
        }),
      },
    },
  } as unknown as Inbound;
  assertEquals(inboundStats([track], NOW), {
    "inbound-c1": {
      type: "inbound-rtp",
      kind: "video",
      ssrc: 4_294_967_294,
      trackIdentifier: "p1",
      packetsReceived: 90,
      packetsLost: 10,
      packetsRepaired: 7,
      bytesReceived: 12_345,
      jitter: 0.0125,
      framesDecoded: 60,
      framesDropped: 3,
      freezeCount: 2,
      totalFreezesDuration: 1.5,
    },
  });
});

Deno.test("of sound there are samples and no frames, as of now", () => {
  const asked: unknown[] = [];
  const track = {
    consumerId: "c2",
    producerId: "p2",
    receiver: { ...RECEIVER, kind: "audio", ssrc: 7 },
    sound: {
      figures(now: unknown) {
        asked.push(now);
        return {
          totalSamplesReceived: 48_000,
          concealedSamples: 960,
          concealmentEvents: 1,
        };
      },
    },
  } as unknown as Inbound;
  const { "inbound-c2": stats } = inboundStats([track], NOW);
  assertEquals(
    [
      stats.totalSamplesReceived,
      stats.concealedSamples,
      stats.concealmentEvents,
    ],
    [48_000, 960, 1],
  );
  assertEquals("framesDecoded" in stats, false);
  assertEquals(asked, [NOW]);
});

Deno.test("each stream of a track that is sent is an object of its own", () => {
  const track = {
    kind: "video",
    producerId: "p3",
    sender: {
      streams: [
        { ssrc: 1, packetsSent: 10, bytesSent: 1000 },
        { ssrc: -1, packetsSent: 20, bytesSent: 2000 },
      ],
    },
  } as unknown as Outbound;
  const stats = outboundStats([track]);
  assertEquals(Object.keys(stats), ["outbound-1", "outbound-4294967295"]);
  assertEquals(stats["outbound-4294967295"], {
    type: "outbound-rtp",
    kind: "video",
    ssrc: 4_294_967_295,
    trackIdentifier: "p3",
    packetsSent: 20,
    bytesSent: 2000,
  });
});

Deno.test("a round trip that was never measured is left out, and one that was is in seconds", () => {
  assertEquals(pathStats(25).pair.currentRoundTripTime, 0.025);
  assertEquals("currentRoundTripTime" in pathStats(-1).pair, false);
});
