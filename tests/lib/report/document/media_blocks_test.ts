/** What a report says of media, figure by figure, and what it leaves out. */

import { assertEquals } from "@std/assert";
import {
  type Distribution,
  type DurationStats,
  summarize,
  type Summary,
} from "../../../../lib/metrics/mod.ts";
import { mediaBlocks } from "../../../../lib/report/document/media_blocks.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { said } from "../said.ts";

const SUMMARY = summarize(madeUpRun());
const { media } = SUMMARY;
type Media = Summary["media"];

const NO_TIME: DurationStats = {
  ...{ count: 0, minMs: 0, maxMs: 0, avgMs: 0 },
  ...{ p50Ms: 0, p95Ms: 0, p99Ms: 0 },
};
const NONE: Distribution = {
  ...{ count: 0, min: 0, max: 0, avg: 0 },
  ...{ p5: 0, p50: 0, p95: 0, p99: 0 },
};

/** What a report says under a label of a run whose media is otherwise. */
function says(
  label: string,
  own: Partial<Media>,
  more: Partial<Summary> = {},
): string | undefined {
  return said(
    mediaBlocks({ ...SUMMARY, ...more, media: { ...media, ...own } }),
    label,
  );
}

const NOT_LOST: Media["lossOrigin"] = {
  ...media.lossOrigin,
  ...{ refused: 0, impairedOut: 0, beforeServer: 0, inServer: 0 },
  ...{ afterServer: 0, impairedIn: 0, ourKernel: 0, late: 0 },
};

Deno.test.each<
  { why: string; at: Partial<Media["lossOrigin"]>; is: string | undefined }
>([
  { why: "nothing was lost", at: {}, is: undefined },
  {
    why: "what nobody saw and what was not lost is left out",
    at: { inServer: null, beforeServer: null, ourKernel: 0 },
    is: undefined,
  },
  {
    why: "each place by its number, in the order of the way",
    at: {
      ...{ refused: 1, impairedOut: 2, beforeServer: 3, inServer: 4 },
      ...{ afterServer: 5, impairedIn: 6, ourKernel: 7000, late: 8 },
    },
    is:
      "1 refused by our system, 2 by impairment out, 3 on the way to the server, 4 in the server, 5 on the way from it, 6 by impairment in, 7,000 in our kernel, 8 left late",
  },
  {
    why: "where the server was not seen, that is said",
    at: { impairedIn: 6, inServer: null },
    is: "6 by impairment in, the server not seen",
  },
  { why: "what only left late was not lost", at: { late: 8 }, is: undefined },
])("where packets were lost: $why", ({ at, is }) => {
  const lossOrigin = { ...NOT_LOST, ...at };
  assertEquals(says("Lost where", { lossOrigin }), is);
});

const INBOUND = media.impaired.inbound;

Deno.test.each([
  {
    why: "what the network dropped is what is missing",
    dropped: 100,
    retransmissions: 10,
    lost: 90,
    repaired: 60,
    is:
      "100 dropped in = 90 packets + 10 retransmissions, 90 lost = 90 of those + 0 lost elsewhere, 90 lost = 60 repaired + 30 left",
  },
  {
    why: "more is missing than it dropped",
    dropped: 100,
    retransmissions: 0,
    lost: 1250,
    repaired: 0,
    is:
      "100 dropped in = 100 packets + 0 retransmissions, 1,250 lost = 100 of those + 1,150 lost elsewhere, 1,250 lost = 0 repaired + 1,250 left",
  },
  {
    why: "less is missing than it dropped",
    dropped: 100,
    retransmissions: 20,
    lost: 75,
    repaired: 75,
    is:
      "100 dropped in = 80 packets + 20 retransmissions, 75 lost = 80 of those - 5 that were duplicates, of others or after the last that came, 75 lost = 75 repaired + 0 left",
  },
  {
    why: "one packet was dropped, and it once more",
    dropped: 2,
    retransmissions: 1,
    lost: 1,
    repaired: 1,
    is:
      "2 dropped in = 1 packet + 1 retransmission, 1 lost = 1 of those + 0 lost elsewhere, 1 lost = 1 repaired + 0 left",
  },
  {
    why: "nothing was dropped: there is nothing to add up",
    dropped: 0,
    retransmissions: 0,
    lost: 75,
    repaired: 0,
    is: undefined,
  },
])("what was dropped and what is missing add up: $why", (row) => {
  const { dropped, retransmissions, lost, repaired, is } = row;
  assertEquals(
    says("Adds up", {
      impaired: {
        ...media.impaired,
        inbound: {
          ...INBOUND,
          dropped,
          retransmissionsDropped: retransmissions,
        },
      },
      loss: { ...media.loss, lost, repaired },
    }),
    is,
  );
});

Deno.test.each<
  {
    why: string;
    loss: Partial<Media["loss"]>;
    nacks: number;
    is: string | undefined;
  }
>([
  { why: "nothing was due", loss: { expected: 0 }, nacks: 5, is: undefined },
  {
    why: "nothing was lost",
    loss: { expected: 1000, lost: 0, ratio: 0, repaired: 0 },
    nacks: 0,
    is: "0 %, 0 of 1,000 packets, 0 repaired",
  },
  {
    why: "one was due",
    loss: { expected: 1, lost: 0, ratio: 0, repaired: 0 },
    nacks: 0,
    is: "0 %, 0 of 1 packet, 0 repaired",
  },
  {
    why: "some was made up for, so what is left is another share",
    loss: { lost: 50, ratio: 0.05, repaired: 40, residualRatio: 0.01 },
    nacks: 1,
    is: "5.00 %, 50 of 1,000 packets, 1 NACK sent, 40 repaired, 1.00 % left",
  },
  {
    why: "a track's second of few is marked as of few",
    loss: {
      ...{ lost: 50, ratio: 0.05, repaired: 0 },
      consumerRatio: { ...NONE, count: 30, max: 0.5, p99: 0.5 },
    },
    nacks: 0,
    is:
      "5.00 %, 50 of 1,000 packets, 0 repaired, p99 50.0 % (of 30) in a track's second",
  },
])("loss is told: $why", ({ loss, nacks, is }) => {
  assertEquals(
    says("Loss", {
      nackCountSent: nacks,
      loss: { ...media.loss, expected: 1000, consumerRatio: NONE, ...loss },
    }),
    is,
  );
});

Deno.test.each<{ why: string; own: Partial<Media>; is: string | undefined }>([
  {
    why: "nothing was to be delivered",
    own: { deliveryRatio: null },
    is: undefined,
  },
  {
    why: "of one who received nothing of what was sent",
    own: { deliveryRatio: 0, receiveSendRatio: 0, packetsDeliverable: 1200 },
    is: "0 %, 1,200 deliverable, 0 % of sent",
  },
  {
    why: "nothing was sent",
    own: { deliveryRatio: 1, receiveSendRatio: null, packetsDeliverable: 5 },
    is: "100 %, 5 deliverable",
  },
])("what was delivered is told: $why", ({ own, is }) => {
  assertEquals(says("Delivered", own), is);
});

Deno.test.each<
  {
    why: string;
    across: Media["latencyAcrossMachines"];
    same: number;
    is: string | undefined;
  }
>([
  { why: "all on one machine", across: undefined, same: 5, is: undefined },
  {
    why: "clocks were never compared",
    across: { isKnown: false, boundMs: null },
    same: 5,
    is: "not known between machines: their clocks could not be compared",
  },
  {
    why: "clocks were too far apart",
    across: { isKnown: false, boundMs: 250 },
    same: 5,
    is: "not known between machines: their clocks are known to ±250 ms only",
  },
  {
    why: "they are known, and within one machine as well",
    across: { isKnown: true, boundMs: 2.5 },
    same: 5,
    is: "±2.50 ms between machines, within one p50 12.0 ms",
  },
  {
    why: "they are known, and nobody had a neighbour",
    across: { isKnown: true, boundMs: 2.5 },
    same: 0,
    is: "±2.50 ms between machines",
  },
])("latencies between machines: $why", ({ across, same, is }) => {
  const trend = SUMMARY.metrics.mediaLatency;
  const values = { ...trend.values, count: same, med: 12 };
  const blocks = mediaBlocks({
    ...SUMMARY,
    metrics: {
      ...SUMMARY.metrics,
      mediaLatencySameMachine: { ...trend, values },
    },
    media: { ...media, latencyAcrossMachines: across },
  });
  assertEquals(said(blocks, "") || undefined, is);
});

const VIDEO: Media["video"] = {
  ...media.video,
  ...{ frameRate: 29.96, consumerFrameRate: NONE, framesDropped: 0 },
  ...{ freezeCount: 0, frozenRatio: 0, longestFreezeMs: 0 },
  ...{ pictureIdJumps: 0, timestampJumps: 0 },
};

Deno.test.each<
  { why: string; video: Partial<Media["video"]>; is: string | undefined }
>([
  { why: "there was none", video: { frameRate: null }, is: undefined },
  { why: "all was well", video: {}, is: "30.0 fps, 0 freezes" },
  {
    why: "one freeze, of all things only once",
    video: {
      ...{ freezeCount: 1, frozenRatio: 0.02, longestFreezeMs: 600 },
      ...{ framesDropped: 1, pictureIdJumps: 1 },
    },
    is:
      "30.0 fps, 1 frame dropped, 1 freeze, 2.00 % of the time, up to 600 ms, 1 frame out of line",
  },
  {
    why: "both kinds of jumps count",
    video: { pictureIdJumps: 700, timestampJumps: 800 },
    is: "30.0 fps, 0 freezes, 1,500 frames out of line",
  },
  {
    why: "a track's slow seconds, of enough and of few",
    video: { consumerFrameRate: { ...NONE, count: 20, p5: 12.34 } },
    is: "30.0 fps, p5 12.3 fps in a track's second, 0 freezes",
  },
  {
    why: "of few it says so",
    video: { consumerFrameRate: { ...NONE, count: 19, p5: 12.34 } },
    is: "30.0 fps, p5 12.3 fps (of 19) in a track's second, 0 freezes",
  },
])("what viewers saw: $why", ({ video, is }) => {
  assertEquals(says("Video", { video: { ...VIDEO, ...video } }), is);
});

Deno.test.each<
  { why: string; audio: Partial<Media["audio"]>; is: string | undefined }
>([
  {
    why: "there was nothing to hear",
    audio: { concealedRatio: null },
    is: undefined,
  },
  {
    why: "nothing was made up, nothing held back",
    audio: { concealedRatio: 0, playoutDelayMs: NO_TIME },
    is: "0 % made up",
  },
  {
    why: "both",
    audio: {
      concealedRatio: 0.05,
      playoutDelayMs: { ...NO_TIME, count: 3, p95Ms: 80 },
    },
    is: "5.00 % made up, p95 80.0 ms held back",
  },
])("what listeners heard: $why", ({ audio, is }) => {
  assertEquals(says("Audio", { audio: { ...media.audio, ...audio } }), is);
});

Deno.test("bit rates are of each kind that there was, and of few seconds it is said", () => {
  const stats = { ...NONE, p5: 9e5, p50: 1e6, p95: 1.1e6 };
  const video = { ...stats, count: 40 };
  assertEquals(
    says("Bitrate", { consumerBps: { video, audio: NONE } }),
    "video p5 900 kbps, p50 1.0 Mbps, p95 1.1 Mbps",
  );
  assertEquals(
    says("Bitrate", {
      consumerBps: { video: NONE, audio: { ...stats, count: 2 } },
    }),
    "audio p5 900 kbps (of 2), p50 1.0 Mbps, p95 1.1 Mbps (of 2)",
  );
  assertEquals(
    says("Bitrate", { consumerBps: { video: NONE, audio: NONE } }),
    undefined,
  );
});

Deno.test("impaired networks are told by the way that packets went", () => {
  const [inbound, outbound] = [[5000, 100], [0, 0]].map((
    [packets, dropped],
  ) => ({
    ...INBOUND,
    packets,
    dropped,
  }));
  const told = (own: Partial<Media["impaired"]>) =>
    says("Impaired", {
      impaired: {
        ...media.impaired,
        ...{ inbound: outbound, outbound, rebinds: 0 },
        ...own,
      },
    });
  assertEquals(told({}), undefined);
  assertEquals(told({ inbound }), "100 of 5,000 dropped in");
  assertEquals(
    told({ inbound, outbound: { ...inbound, dropped: 0 }, rebinds: 1 }),
    "100 of 5,000 dropped in, 0 of 5,000 dropped out, 1 port rebound",
  );
});

Deno.test("what came back after networks were, and what never did", () => {
  const network = {
    ...NO_TIME,
    count: 2,
    avgMs: 150,
    p50Ms: 120,
    p95Ms: 180,
    p99Ms: 180,
  };
  const told = (networkNotRecovered: number, stats: DurationStats) =>
    says("Network back", {
      networkNotRecovered,
      recoveryMs: { ...media.recoveryMs, network: stats },
    });
  assertEquals(told(0, NO_TIME), undefined);
  assertEquals(told(3, NO_TIME), "3 never");
  assertEquals(
    told(1, network),
    "avg 150 ms, p50 120 ms, p95 180 ms (of 2), p99 180 ms (of 2), 1 never",
  );
});

Deno.test("what was sent and received is told in all, and a client", () => {
  const more = {
    ...{ totalPacketsSent: 1, totalBytesSent: 1200 },
    ...{ totalPacketsReceived: 0, totalBytesReceived: 0 },
  };
  const own = { sendBpsPerClient: 1.5e6, receiveBpsPerClient: 0 };
  assertEquals(says("Sent", own, more), "1 packet, 1.2 kB, 1.5 Mbps a client");
  assertEquals(says("Received", own, more), "0 packets, 0 B, 0 bps a client");
});

Deno.test("changes of layers are told where there were any", () => {
  assertEquals(says("Layers", { layerSwitches: 0 }), undefined);
  assertEquals(
    says("Layers", { layerSwitches: 1 }),
    "1 change of what is received",
  );
});
