/** The reports on what a client sends: how often they come, and what they answer. */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import { SentReports } from "../../../lib/client/sent_reports.ts";
import { int32At } from "../../../lib/media/rtp/rtp.ts";
import { ntpMiddle, type Profile } from "../../../lib/media/mod.ts";
import type { MediaKind } from "../../../lib/ortc/mod.ts";
import { FakeTransport } from "../../../lib/testing/mod.ts";
import { World } from "./world.ts";

const LOOK_MS = 10;
const SSRC = 7;
const OFTEN = 10_000;

/** The reports on one stream of so many bits a second, as they are sent. */
async function reporting(
  kind: MediaKind,
  bps: number,
  profile: Profile = "browser",
) {
  const sent: { atMs: number; hex: string }[] = [];
  const world = new World();
  const nowMs = () => world.scheduler.nowMs();
  const reports = new SentReports(
    world.environment,
    new TextEncoder().encode("a"),
  );
  const transport = new FakeTransport(
    { onRtp() {}, onRtcp() {}, onLost() {} },
    { onRtcp: (bytes) => sent.push({ atMs: nowMs(), hex: bytes.toHex() }) },
  );
  await transport.connect(Promise.resolve());
  const stream = {
    ssrc: SSRC,
    dueMs: 0,
    packetsSent: 0,
    bytesSent: 0,
    payloadBytesSent: 3,
    timestampAt: () => 9,
  };
  const report = (turnMs: number) =>
    reports.report(transport, stream, { kind, profile }, turnMs);
  return {
    sent,
    stream,
    reports,
    report,
    nowMs,
    wallNowMs: () => world.environment.wallNowMs(),
    pass: (ms: number) => world.clock.run(ms),
    async run(ms: number): Promise<void> {
      for (let i = 0; i < ms / LOOK_MS; i++) {
        await world.clock.run(LOOK_MS);
        stream.packetsSent++;
        stream.bytesSent += bps / 8 * LOOK_MS / 1000;
        report(nowMs());
      }
    },
  };
}

Deno.test.each<
  { why: string; kind: MediaKind; bps: number; everyMs: number }
>([
  { why: "audio", kind: "audio", bps: 128_000, everyMs: 5000 },
  { why: "slow video", kind: "video", bps: 100_000, everyMs: 1000 },
  { why: "video of 1 Mbps", kind: "video", bps: 1_000_000, everyMs: 360 },
  { why: "video of 2 Mbps", kind: "video", bps: 2_000_000, everyMs: 180 },
])(
  "on $why there is a report every $everyMs ms, as in a browser",
  async (row) => {
    const { sent, run } = await reporting(row.kind, row.bps);
    await run(50 * row.everyMs);
    // Until the second one, nothing is known of the bit rate.
    const later = sent.slice(1);
    const gaps = later.slice(1).map(({ atMs }, i) => atMs - later[i].atMs);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    assertAlmostEquals(mean, row.everyMs, row.everyMs * 0.2);
    for (const gap of gaps) {
      assertAlmostEquals(gap, row.everyMs, row.everyMs * 0.5 + 2 * LOOK_MS);
    }
  },
);

Deno.test("a receiver that told its time is answered once, with how long ago that was", async () => {
  const { sent, reports, nowMs, run } = await reporting("audio", OFTEN);
  await run(LOOK_MS);
  assertEquals(sent.length, 1);
  const heardMs = nowMs();
  reports.onReceiverTime(0, 0x456789ab, heardMs);
  await run(20_000);
  const [, answer, ...others] = sent;
  // Sender report, 28 bytes; name, 12; then who answers whom.
  const bytes = Uint8Array.fromHex(answer.hex);
  assertEquals(
    answer.hex.slice(2 * 40, 2 * 60),
    "80cf0005" + "00000007" + "05000003" + "00000000" + "456789ab",
  );
  assertAlmostEquals(
    int32At(bytes, 60) / 65536 * 1000,
    answer.atMs - heardMs,
    1,
  );
  assertEquals(others.map(({ hex }) => hex.length), others.map(() => 80));
});

Deno.test.each([2, 30])(
  "an answer counts the time until it leaves, %i ms into a turn of the thread",
  async (intoTurnMs) => {
    const { sent, reports, report, nowMs, run, pass } = await reporting(
      "video",
      OFTEN,
    );
    await run(LOOK_MS);
    reports.onReceiverTime(0, 1, nowMs());
    await pass(2000);
    report(nowMs() - intoTurnMs);
    const units = int32At(Uint8Array.fromHex(sent[1].hex), 60);
    assertAlmostEquals(units / 65536 * 1000, 2000, 0.1);
  },
);

Deno.test("what was heard at the very moment of a report is no answer of nothing", async () => {
  const { sent, reports, nowMs, run } = await reporting("video", OFTEN);
  await run(LOOK_MS);
  reports.onReceiverTime(5, 1, nowMs() + 10_000);
  await run(5000);
  assertEquals(sent[1].hex.slice(-24), "00000005" + "00000001" + "00000001");
});

Deno.test("what was under way when the thread stood still tells no round trip, and is not answered", async () => {
  const { sent, reports, wallNowMs, nowMs, run } = await reporting(
    "video",
    OFTEN,
  );
  await run(LOOK_MS);
  const before = ntpMiddle(wallNowMs());
  reports.onReceiverTime(0, 1, nowMs());
  await run(2 * LOOK_MS);
  assertAlmostEquals(
    reports.roundTripMs(wallNowMs(), before, 0)!,
    2 * LOOK_MS,
    0.1,
  );
  reports.onStandstill();
  assertEquals(reports.roundTripMs(wallNowMs() + 5, before, 0), undefined);
  reports.onReceiverTime(0, 2, nowMs() + 2000);
  reports.onCaughtUp();
  await run(5000);
  assertEquals(sent[1].hex.length, 80);
  const after = ntpMiddle(wallNowMs());
  assertAlmostEquals(reports.roundTripMs(wallNowMs() + 7, after, 0)!, 7, 0.1);
  assertEquals(reports.roundTripMs(wallNowMs(), 0, 0), undefined);
});

Deno.test("what is paused is not reported on, and answers nothing of before when it goes on", async () => {
  const { sent, stream, reports, nowMs, run } = await reporting("video", OFTEN);
  await run(3000);
  reports.onReceiverTime(0, 1, nowMs());
  stream.dueMs = Infinity;
  const before = sent.length;
  await run(5000);
  assertEquals([sent.length, reports.dueMs], [before, Infinity]);
  stream.dueMs = 0;
  await run(100);
  assertEquals(sent.slice(before).map(({ hex }) => hex.length), [80]);
});

Deno.test("of receivers that tell their time, so many are remembered and no more", async () => {
  const { sent, reports, nowMs, run } = await reporting("video", OFTEN);
  await run(LOOK_MS);
  for (let ssrc = 0; ssrc < 1000; ssrc++) {
    reports.onReceiverTime(ssrc, 1, nowMs());
  }
  await run(3000);
  assertEquals(sent[1].hex.length / 2, 40 + 12 + 12 * 31);
});

Deno.test("a plain publisher reports once a second, and answers nobody", async () => {
  const { sent, reports, nowMs, run } = await reporting(
    "video",
    2_000_000,
    "plain",
  );
  await run(LOOK_MS);
  reports.onReceiverTime(0, 1, nowMs());
  await run(50_000);
  assertAlmostEquals(sent.length, 51, 10);
  assertEquals(sent.map(({ hex }) => hex.length), sent.map(() => 80));
});
