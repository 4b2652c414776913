/** What a client knows of its own media: frames, freezes, round trips, layers, feedback. */

import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import {
  ntpMiddle,
  type ReportBlock,
  writeReceiverReport,
} from "../../../lib/media/mod.ts";
import { divided } from "../../../lib/metrics/mod.ts";
import { AUDIO, CAMERA, VIDEO, World } from "./world.ts";

const VIEWER = { publish: undefined } as const;

Deno.test("a viewer sees every frame of a video, from its first key frame on", async () => {
  const world = new World();
  await world.joined("B", { publish: CAMERA });
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(10_000);
  const totals = client.totals();
  const { playedMs, freezeCount, pictureIdJumps, timestampJumps } = totals;
  assertAlmostEquals(
    divided("frameRate", (name) => totals[name as keyof typeof totals])!,
    30,
    0.05,
  );
  assertGreater(playedMs, 9000);
  assertEquals([freezeCount, pictureIdJumps, timestampJumps], [0, 0, 0]);
});

Deno.test("a video that was cut off stands still until a key frame comes, which is asked for", async () => {
  let isCut = false;
  const world = new World({ drops: () => isCut });
  await world.joined("B", { publish: CAMERA });
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  isCut = true;
  await world.clock.run(2000);
  isCut = false;
  await world.clock.run(200);
  assertEquals(client.totals().pliCountSent, 1);
  // The fake server passes no requests on: the next key frame comes at 5 s.
  await world.clock.run(5000);
  const { freezeCount, totalFreezesDurationMs, longestFreezeMs, playedMs } =
    client.totals();
  assertEquals([freezeCount, longestFreezeMs], [1, totalFreezesDurationMs]);
  assertAlmostEquals(totalFreezesDurationMs, 3000, 100);
  assertGreater(playedMs, 9000);
});

/** A viewer whose network is gone as soon as the second key frame has come, 5 s after the first. */
async function cutOff() {
  const network = { isCut: false };
  const world = new World({ drops: () => network.isCut });
  await world.joined("B", { publish: CAMERA });
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(5100);
  network.isCut = true;
  return { world, client, network };
}

Deno.test("who has seen nothing for three seconds asks for a key frame, and for repairs besides", async () => {
  const { world, client } = await cutOff();
  await world.clock.run(2900);
  assertEquals(client.totals().pliCountSent, 0);
  await world.clock.run(1100);
  // From three seconds on, five times a second.
  const asked = client.totals().pliCountSent;
  assertGreater(asked, 3);
  // Who has not sent for five seconds is not asked any more.
  await world.clock.run(1200);
  const latest = client.totals().pliCountSent;
  assertGreater(latest, asked);
  await world.clock.run(5000);
  assertEquals(client.totals().pliCountSent, latest);
});

Deno.test("a video that is paused is not asked for", async () => {
  const world = new World();
  const { client: sender } = await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  await sender.setPaused("video", true);
  await world.clock.run(10_000);
  assertEquals(client.totals().pliCountSent, 0);
});

Deno.test("who asks for a key frame in vain asks again five times a second, and no more often", async () => {
  const { world, client, network } = await cutOff();
  await world.clock.run(100);
  network.isCut = false;
  await world.clock.run(4500);
  assertAlmostEquals(client.totals().pliCountSent, 22, 1);
});

Deno.test("a client that is muted freezes nobody", async () => {
  const world = new World();
  const { client: sender } = await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  await sender.setPaused("video", true);
  await world.clock.run(20_000);
  await sender.setPaused("video", false);
  await world.clock.run(2000);
  const { freezeCount, playedMs, timestampJumps } = client.totals();
  assertEquals([freezeCount, timestampJumps], [0, 0]);
  assertAlmostEquals(playedMs, 4000, 200);
});

Deno.test("each second of a track is told once it is over, and none that it was paused in", async () => {
  const world = new World();
  const { client: sender } = await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  const seconds = () => [...client.takeSeconds()];
  await world.clock.run(1000);
  // The first look has nothing to compare with.
  assertEquals(seconds(), []);
  await world.clock.run(500);
  assertEquals(seconds(), []);
  await world.clock.run(500);
  const [audio, video] = seconds();
  assertEquals([audio.kind, audio.frameRate], ["audio", null]);
  // 50 packets of 320 bytes, and their headers.
  assertAlmostEquals(audio.bitrateBps, 140_000, 2000);
  assertAlmostEquals(video.bitrateBps, VIDEO.bitrateBps, 150_000);
  assertAlmostEquals(video.frameRate!, 30, 1);
  assertEquals([video.lossRatio, video.residualLossRatio], [0, 0]);
  await sender.setPaused("video", true);
  await world.clock.run(1000);
  assertEquals(seconds().map(({ kind }) => kind), ["audio"]);
  await sender.setPaused("video", false);
  await world.clock.run(1000);
  assertEquals(seconds().map(({ kind }) => kind), ["audio"]);
  await world.clock.run(1000);
  assertEquals(seconds().map(({ kind }) => kind), ["audio", "video"]);
});

Deno.test("a second in which nothing came has a bitrate of 0, and no loss yet", async () => {
  let isCut = false;
  const world = new World({ drops: () => isCut });
  await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(1000);
  assertEquals([...client.takeSeconds()], []);
  isCut = true;
  await world.clock.run(1000);
  [...client.takeSeconds()];
  await world.clock.run(1000);
  assertEquals(
    [...client.takeSeconds()].map((second) => [
      second.bitrateBps,
      second.lossRatio,
    ]),
    [[0, null], [0, null]],
  );
  await world.clock.run(1000);
  const still = [...client.takeSeconds()].map(({ kind, from, frozenMs }) => [
    kind,
    from,
    Math.round(frozenMs),
  ]);
  assertEquals(still, [["audio", "B", 0], ["video", "B", 1000]]);
  isCut = false;
  await world.clock.run(1000);
  const [audio, video] = client.takeSeconds();
  for (const { lossRatio } of [audio, video]) {
    // Three seconds of four that the next packets told of.
    assertAlmostEquals(lossRatio!, 3 / 4, 0.05);
  }
});

Deno.test("a track that nothing ever comes of has seconds all the same, once it should have begun", async () => {
  const world = new World({ drops: () => true });
  await world.joined("B", { publish: AUDIO });
  const { client } = await world.joined("A", VIEWER);
  const bitrates = async () => {
    await world.clock.run(1000);
    return [...client.takeSeconds()].map(({ bitrateBps }) => bitrateBps);
  };
  assertEquals(
    [await bitrates(), await bitrates(), await bitrates()],
    [[], [0], [0]],
  );
});

Deno.test("media flows again when a video shows a frame, whatever audio came before", async () => {
  let isCut = false;
  const world = new World({ drops: () => isCut });
  await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  const now = () => world.scheduler.nowMs();
  const quietMs = now();
  await world.clock.run(2000);
  assertEquals(client.resumedSince(quietMs), -1);
  isCut = true;
  await world.clock.run(2000);
  isCut = false;
  const backMs = now();
  assertEquals(client.resumedSince(backMs), undefined);
  await world.clock.run(200);
  // Audio is there; the video waits for a key frame, which comes at 5 s.
  assertEquals(client.resumedSince(backMs), undefined);
  await world.clock.run(1800);
  const resumedMs = client.resumedSince(backMs)!;
  assertAlmostEquals(resumedMs - backMs, 1000, 100);
});

Deno.test("a sender who is silent still keeps nobody from having recovered", async () => {
  let isCut = false;
  let silent = new Set<number>();
  const seen = new Set<number>();
  const world = new World({
    drops: (packet) => {
      const ssrc = new DataView(packet.buffer, packet.byteOffset).getUint32(8);
      seen.add(ssrc);
      return isCut || silent.has(ssrc);
    },
  });
  await world.joined("B");
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(1000);
  const ofB = [...seen];
  await world.joined("C");
  await world.clock.run(1000);
  isCut = true;
  await world.clock.run(2000);
  isCut = false;
  silent = new Set(ofB);
  const backMs = world.scheduler.nowMs();
  await world.clock.run(5000);
  assertEquals(ofB.length, 2);
  assertGreater(client.resumedSince(backMs)!, backMs);
});

Deno.test("where there is only audio, its first packet is what counts", async () => {
  let isCut = false;
  const world = new World({ drops: () => isCut });
  await world.joined("B", { publish: AUDIO });
  const { client } = await world.joined("A", VIEWER);
  await world.clock.run(2000);
  isCut = true;
  await world.clock.run(2000);
  isCut = false;
  const backMs = world.scheduler.nowMs();
  await world.clock.run(500);
  assertAlmostEquals(client.resumedSince(backMs)! - backMs, 10, 15);
});

Deno.test("the round trip of who sends is that of the server's reports", async () => {
  const world = new World();
  const { client } = await world.joined("A");
  assertEquals(client.roundTripMs, -1);
  const { transports } = world.participant("A");
  const report = (block: Partial<ReportBlock>) => {
    const bytes = new Uint8Array(100);
    const length = writeReceiverReport(bytes, 0, 1, [{
      ssrc: 7,
      fractionLost: 0,
      packetsLost: 0,
      extendedHighest: 0,
      jitterUnits: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
      ...block,
    }]);
    const wallMs = 1_700_000_000_250;
    transports.send!.deliverRtcp(bytes.subarray(0, length), {
      nowMs: 0,
      wallMs,
    });
  };
  transports.recv!.roundTripMs = 3;
  assertEquals(client.roundTripMs, 3);
  // Before the server had a report of ours, it cannot say.
  report({ lastSenderReport: 0 });
  assertEquals(client.roundTripMs, 3);
  report({
    lastSenderReport: ntpMiddle(1_700_000_000_000),
    delaySinceLastSenderReport: 0.15 * 65536,
  });
  assertAlmostEquals(client.roundTripMs, 100, 0.05);
});

Deno.test("who sends nothing knows its round trip by consent checks", async () => {
  const world = new World();
  const { client } = await world.joined("A", VIEWER);
  assertEquals(client.roundTripMs, -1);
  world.participant("A").transports.recv!.roundTripMs = 12.5;
  assertEquals(client.roundTripMs, 12.5);
});
