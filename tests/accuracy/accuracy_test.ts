/** The short form of `deno task accuracy`: whether the tool tells the truth, not how fast it is. */

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
} from "@std/assert";
import { ENGINES } from "../integration/sfu/engines.ts";
import { outOfSeen, outOfViewing } from "./goals.ts";
import { PacketNames, SentNames, SharedFates } from "./network_relay.ts";
import {
  comparePlain,
  cutOff,
  delayBy,
  isRight,
  joinLate,
  loseRatios,
  repairVideo,
  roundTrips,
  type Row,
} from "./trials.ts";

const MEDIASOUP = ENGINES.find(({ engine }) => engine === "mediasoup")!;
// The kernel's receive times make a latency independent of when we read.
const ignore = MEDIASOUP.ignore || Deno.build.os !== "linux";

function assertRight(rows: readonly Row[]): void {
  for (const row of rows) assert(isRight(row), JSON.stringify(row));
}

Deno.test(
  "what a network drops is what is reported lost",
  { ignore },
  async () => {
    const rows = await loseRatios([0.001, 0.01, 0.05, 0.2], 1000);
    assertRight(rows);
    assertGreater(rows.at(-1)!.truth, 5);
  },
);

Deno.test(
  "a delay on the way in is in the media latency",
  { ignore },
  async () => {
    assertRight(await delayBy([20, 300], "inbound", 1000));
  },
);

Deno.test(
  "a delay on the way out is in the media latency",
  { ignore },
  async () => {
    assertRight(await delayBy([100], "outbound", 1000));
  },
);

Deno.test("an undisturbed run loses and receives what mediasoup says", {
  ignore,
}, async () => {
  assertRight(await comparePlain(6, 5000));
});

Deno.test(
  "video that is lost is asked for again, and repairs make up for most of it",
  { ignore },
  async () => {
    const repairs = await repairVideo(2500);
    const { dropped, lost, repaired, retransmitted, received } = repairs;
    assertGreater(dropped, 20);
    assertGreater(retransmitted, 0);
    assertEquals(repairs.nacked, repairs.asked);
    // Of what was dropped, the rest are repairs that were lost in turn.
    assertEquals(dropped, lost + retransmitted - received);
    assertLess(lost - repaired, lost / 4);
  },
);

Deno.test(
  "a delay both ways is in the round trip",
  { ignore },
  async () => {
    assertRight(await roundTrips([50], 2000));
  },
);

Deno.test(
  "who comes late sees something long before the next regular key frame",
  { ignore },
  async () => {
    assertLess(await joinLate(), 1000);
  },
);

Deno.test(
  "a client whose network was gone for 3 s gets its media back by itself, and the freeze is told",
  { ignore },
  async () => {
    const cut = await cutOff(3000);
    assertEquals([cut.receivedMeanwhile, cut.errors], [0, 0]);
    assertLess(Math.max(cut.recoveryMs, cut.sendingRecoveryMs), 3000);
    assertAlmostEquals(cut.reportedRecoveryMs!, cut.shownAgainMs, 150);
    for (
      const totalFreezesDurationMs of [
        cut.totalFreezesDurationMs,
        cut.sendingFrozenMs,
      ]
    ) {
      // Until the key frame comes that is asked for once nothing was seen for three seconds.
      assertAlmostEquals(totalFreezesDurationMs, 3700, 800);
    }
    assertGreater(cut.freezeCount, 1);
  },
);

/** The beginning of a packet of this payload type, timestamp and consumer. */
function packetOf(type: number, timestamp: number, consumer: number) {
  const packet = new Uint8Array(40);
  const view = new DataView(packet.buffer);
  view.setUint16(0, 0x8080 | type);
  view.setUint16(2, 1000 * consumer);
  view.setUint32(4, timestamp);
  view.setUint32(8, consumer);
  return packet;
}

Deno.test("a packet meets the same fate on its way to each of two viewers, and another one its own", () => {
  const fates = new SharedFates();
  const viewers = [new PacketNames(), new PacketNames()];
  const sent = [[96, 5], [96, 5], [111, 5], [96, 6], [100, 5], [96, 5]];
  let drawn = 0;
  const met = viewers.map((names, consumer) =>
    sent.map(([type, timestamp]) =>
      fates.of(
        names.of(packetOf(type, timestamp, consumer))!,
        () => ({ copies: 1, delayMs: drawn++ }),
      ).delayMs
    )
  );
  assertEquals(met, [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5]]);
});

Deno.test("as manyth packets of two senders' tracks meet the same fate, whatever they are, and all else its own", () => {
  const fates = new SharedFates();
  let drawn = 0;
  const met = [[1, 2], [5, 9]].map(([audio, video], sender) => {
    const names = new SentNames();
    names.know(audio, "audio");
    names.know(video, "video");
    return [audio, video, video, 77, audio].map((ssrc, i) => {
      const name = names.of(packetOf(96 + sender, 10 * i + sender, ssrc));
      const draw = () => ({ copies: 1, delayMs: drawn++ });
      return (name === undefined ? draw() : fates.of(name, draw)).delayMs;
    });
  });
  assertEquals(met, [[0, 1, 2, 3, 4], [0, 1, 2, 5, 4]]);
});

const VIEWED = {
  framesShown: 1000,
  framesDropped: 0,
  freezes: 10,
  frozenS: 2,
  nacks: 100,
  packetsAsked: 100,
  packetsResent: 100,
  packetsLost: 100,
  packetsSent: 1000,
  repairs: 95,
  keyFrameRequests: 1,
  samples: 1_000_000,
  concealed: 30_000,
  videoDelayMs: 100,
  audioDelayMs: 100,
  lostRatio: 0.03,
  reportedLostRatio: 0.1,
  roundTripMs: 50,
  score: 9,
};
const SEEN = {
  hasRtx: 1,
  packetsPerSecond: 30,
  lostRatio: 0.1,
  repairedRatio: 0.1,
  fractionLost: 0.1,
  roundTripMs: 50,
  jitterMs: 5,
  score: 9,
};

Deno.test.each<
  { why: string; ours: Partial<typeof VIEWED>; out: readonly string[] }
>([
  { why: "what is the same", ours: {}, out: [] },
  {
    why: "what is just near enough",
    ours: {
      framesShown: 990,
      freezes: 13,
      frozenS: 2.5,
      nacks: 125,
      keyFrameRequests: 3,
      concealed: 38_000,
      repairs: 94.1,
      reportedLostRatio: 0.12,
      roundTripMs: 60,
      score: 8,
      packetsSent: 950,
    },
    out: [],
  },
  {
    why: "fewer requests and more repairs",
    ours: { nacks: 0, repairs: 100 },
    out: [],
  },
  {
    why: "what is too far",
    ours: {
      framesShown: 989,
      freezes: 6,
      frozenS: 1.3,
      nacks: 126,
      keyFrameRequests: 4,
      concealed: 40_000,
      repairs: 93,
      reportedLostRatio: 0.07,
      roundTripMs: 61,
      score: 7,
      packetsSent: 940,
    },
    out: [
      "frames",
      "freezes",
      "frozen s",
      "NACKs",
      "PLIs",
      "made up %",
      "repaired",
      "RR lost %",
      "RTT ms",
      "score",
      "sent",
    ],
  },
])("beside a browser, $why is judged so", ({ ours, out }) => {
  assertEquals(outOfViewing(VIEWED, { ...VIEWED, ...ours }), out);
});

Deno.test("of two that got more repairs than they lost, neither is better", () => {
  const viewed = { ...VIEWED, packetsLost: 8 };
  assertEquals(
    outOfViewing({ ...viewed, repairs: 197 }, { ...viewed, repairs: 152 }),
    [],
  );
  assertEquals(
    outOfViewing({ ...viewed, repairs: 197 }, { ...viewed, repairs: 7 }),
    ["repaired"],
  );
});

Deno.test("where nothing was lost or heard, nothing of that is out", () => {
  const nothing = { packetsLost: 0, repairs: 0, samples: 0, concealed: 0 };
  const viewed = { ...VIEWED, ...nothing };
  assertEquals(outOfViewing(viewed, viewed), []);
});

Deno.test.each<{ ours: Partial<typeof SEEN>; out: readonly string[] }>([
  {
    ours: { lostRatio: 0.12, jitterMs: 7, roundTripMs: 60, score: 10 },
    out: [],
  },
  { ours: { hasRtx: 0, jitterMs: 2.9 }, out: ["RTX", "jitter ms"] },
  {
    ours: { hasRtx: 0, lostRatio: 0, repairedRatio: 0, fractionLost: 0 },
    out: ["lost %", "repaired", "fraction"],
  },
  {
    ours: {
      lostRatio: 0.07,
      repairedRatio: 0.07,
      fractionLost: 0.13,
      roundTripMs: 39,
      score: 7.9,
    },
    out: ["lost %", "repaired", "fraction", "RTT ms", "score"],
  },
])(
  "beside a browser that sends, a sender is judged by its goals, as in row %#",
  ({ ours, out }) => {
    assertEquals(outOfSeen(SEEN, { ...SEEN, ...ours }), out);
  },
);

Deno.test("reports are no media, whose fate is shared", () => {
  const names = new PacketNames();
  for (const type of [72, 73, 77, 78]) {
    assertEquals(names.of(packetOf(type, 5, 1)), undefined);
  }
});
