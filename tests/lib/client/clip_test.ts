import { assertEquals } from "@std/assert";
import { loadClip } from "../../../lib/clip/mod.ts";
import { packetize } from "../../../lib/media/mod.ts";
import { CAMERA, MEDIA, VIDEO, World } from "./world.ts";

const clip = packetize(await loadClip("builtin"));

Deno.test.each([
  { why: "both kinds", clip, rates: [clip.audio!, clip.video!] },
  {
    why: "video, and synthetic audio",
    clip: { ...clip, audio: undefined },
    rates: [{ bitrateBps: 128_000, packetsPerSecond: 50 }, clip.video!],
  },
  {
    why: "video, and synthetic audio of 24 kbps",
    clip: { ...clip, audio: undefined },
    audioBitrate: 24,
    rates: [{ bitrateBps: 24_000, packetsPerSecond: 50 }, clip.video!],
  },
  {
    why: "audio, and synthetic video",
    clip: { ...clip, video: undefined },
    rates: [clip.audio!, VIDEO],
  },
])(
  "a client with a file of $why sends at its rates",
  async ({ clip, rates, audioBitrate = MEDIA.audioBitrate }) => {
    const world = new World();
    const { client } = await world.joined("A", {
      publish: { ...MEDIA, audioBitrate, clip },
    });
    const produced = world.said.flatMap(([, message]) =>
      message.type === "produce"
        ? [message.rtpParameters.encodings[0].maxBitrate]
        : []
    );
    assertEquals(produced, rates.map(({ bitrateBps }) => bitrateBps));
    await world.clock.run(20_000);
    const sent = client.totals().packetsSent / 20;
    const [audio, video] = rates.map(({ packetsPerSecond }) =>
      packetsPerSecond
    );
    assertEquals(Math.abs(sent - audio - video) < 1, true, `${sent} a second`);
    await client.leave();
  },
);

Deno.test("a file's picture that stands still itself is no freeze to its viewers", async () => {
  const { video } = await loadClip("builtin");
  const { frames } = video!;
  const last = frames.at(-1)!;
  // Three seconds of sound more, as it were.
  const still = { ...last, units: last.units + 3 * 90_000 };
  const world = new World();
  const { client: sender } = await world.joined("A", {
    publish: {
      ...CAMERA,
      clip: packetize({
        audio: undefined,
        video: { ...video!, frames: frames.with(-1, still) },
      }),
    },
  });
  const { client: viewer } = await world.joined("B");
  // The sender leaves in the middle of its third still.
  await world.clock.run(20_000);
  await sender.leave();
  await world.clock.run(100);
  const {
    framesRendered,
    freezeCount,
    totalFreezesDurationMs,
    packetsReceived: received,
    packetsDeliverable: deliverable,
  } = viewer
    .totals();
  assertEquals([
    framesRendered > frames.length,
    freezeCount,
    totalFreezesDurationMs,
  ], [true, 0, 0]);
  assertEquals(deliverable, received);
  await viewer.leave();
});

Deno.test("a file's video has no other quality", async () => {
  const world = new World();
  const { client } = await world.joined("A", {
    publish: { ...CAMERA, clip },
  });
  client.setQuality("1080p", 60);
  await world.clock.run(10_000);
  const sent = client.totals().packetsSent / 10;
  assertEquals(Math.abs(sent - clip.video!.packetsPerSecond) < 1, true);
  await client.leave();
});
