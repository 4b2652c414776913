import { assert, assertEquals, assertLess } from "@std/assert";
import { loadClip } from "../../../../lib/clip/mod.ts";
import {
  ClipAudioSender,
  ClipVideoSender,
  isVp8KeyFrameStart,
  packetize,
  type PacketizedVideo,
  vp8DescriptorBytes,
} from "../../../../lib/media/mod.ts";
import { BURST_PACKETS } from "../../../../lib/media/send/schedule.ts";
import { together } from "../../../../lib/clip/together.ts";
import { interFrame, keyFrame, unseenFrame } from "../../clip/files.ts";
import { runUntil, senderWorld, type SentPacket } from "../fixtures.ts";

const clip = await loadClip("builtin");
const { video, audio } = packetize(clip);
/** Eight frames, ten a second; 0 and 4 are key frames of 26 packets. */
const rare = packetize({
  video: {
    width: 320,
    height: 240,
    frames: [0, 1, 2, 3, 4, 5, 6, 7].map((i) => ({
      data: i % 4 === 0 ? keyFrame(320, 240, 28_000 + i) : interFrame(100 + i),
      isKey: i % 4 === 0,
      units: 9000,
    })),
  },
  audio: undefined,
}).video!;

Deno.test("a clip's frames go out whole, over and over, with times and picture ids that go on", () => {
  const { clock, sink, meter, options } = senderWorld(90_000);
  const sender = new ClipVideoSender(options, video!);
  runUntil(sender, clock, 11_999.9);
  const frames = framesOf(sink.packets);
  const { frames: own } = clip.video!;
  assertEquals(frames.length, 3 * own.length);
  for (const [i, frame] of frames.entries()) {
    assertEquals(frame.data, own[i % own.length].data);
    assertEquals(frame.pictureId, (0x7ff0 + i) & 0x7fff);
  }
  assertEquals((frames[200].timestamp - frames[0].timestamp) | 0, 8 * 90_000);
  // Its picture begins 7 ms after its sound.
  assertEquals([frames[0].atMs, frames[200].atMs], [7, 8007]);
  assertEquals(meter.counters.keyFramesSent, 6);
  assertEquals(meter.counters.packetsLate, 0);
  assert(sink.bursts.every((count) => count <= BURST_PACKETS));
  assertEquals(sink.packets.map(({ mark }) => mark).indexOf(-1), 0);
  assertEquals(new Set(sink.packets.map(({ mark }) => mark)).size, 1);
  for (const [i, { sequence }] of sink.packets.entries()) {
    assertEquals(sequence, (0xfff0 + i) & 0xffff);
  }
  const bps = frames.reduce((sum, { data }) => sum + data.length, 0) * 8 / 12;
  assertLess(Math.abs(bps / video!.bitrateBps - 1), 1e-4);
  assertLess(
    Math.abs(sink.packets.length / 12 - video!.packetsPerSecond),
    1e-9,
  );
  assertLess(Math.abs(video!.fps - 25), 1e-9);
});

Deno.test("a large frame leaves in bursts, all within its interval", () => {
  const { clock, sink, options } = senderWorld(90_000);
  runUntil(new ClipVideoSender(options, rare), clock, 99);
  assertEquals(sink.bursts, [10, 10, 6]);
  const [first] = sink.packets;
  assertLess(sink.packets.at(-1)!.atMs - first.atMs, 80);
});

Deno.test.each(
  [
    { why: "its next key frame", askMs: 210, sent: [0, 1, 2, 4, 5] },
    { why: "it 200 ms after the last", askMs: 50, sent: [0, 1, 4, 5] },
    {
      why: "its beginning where none is left",
      askMs: 650,
      sent: [0, 1, 2, 3, 4, 5, 6, 0],
    },
  ] as readonly { why: string; askMs: number; sent: number[] }[],
)("a request has a clip jump to $why", ({ askMs, sent }) => {
  const { clock, sink, options } = senderWorld(90_000);
  const sender = new ClipVideoSender(options, rare);
  runUntil(sender, clock, askMs);
  sender.askKeyFrame();
  runUntil(sender, clock, 100 * sent.length - 1);
  const frames = framesOf(sink.packets);
  assertEquals(frames.map(({ data }) => numberOf(data)), sent);
  const times = frames.map(({ timestamp }) => timestamp);
  assert(times.every((one, i) => ((one - times[0]) | 0) === i * 9000));
});

Deno.test("a paused clip goes on with a key frame, at the right time", () => {
  const { clock, sink, meter, options } = senderWorld(90_000);
  const sender = new ClipVideoSender(options, rare);
  runUntil(sender, clock, 1);
  assertEquals(sink.packets.length, BURST_PACKETS);
  sender.pause();
  clock.ms = 2001;
  sender.resume(2001);
  runUntil(sender, clock, 2120);
  const frames = framesOf(sink.packets.slice(BURST_PACKETS));
  assertEquals(frames.map(({ data }) => numberOf(data)), [4, 5]);
  assertEquals(
    (frames[0].timestamp - sink.packets[0].timestamp) | 0,
    2001 * 90,
  );
  assertEquals(frames[0].pictureId, 0x7ff1);
  assertEquals(meter.counters.packetsLate, 0);
});

Deno.test("a packet of a clip is sent again as it was", () => {
  const { clock, sink, options } = senderWorld(90_000, { repairs: true });
  const sender = new ClipVideoSender(options, rare);
  runUntil(sender, clock, 150);
  const before = sink.packets.length;
  assertEquals(sender.resend(0xfff3, 0), true);
  assertEquals(sink.packets.length, before + 1);
  assertEquals(sink.packets[before].payload, sink.packets[3].payload);
  assertEquals(sender.resend(0x1234, 0), false);
});

Deno.test("a clip's audio goes out packet by packet, over and over", () => {
  const { clock, sink, options } = senderWorld(48_000);
  const sender = new ClipAudioSender(options, audio!);
  runUntil(sender, clock, 9_999.9);
  const { packets: own } = clip.audio!;
  assertEquals(sink.packets.length, 500);
  for (
    const [i, { payload, timestamp, atMs, marker }] of sink.packets.entries()
  ) {
    assertEquals(payload, own[i % own.length].data);
    assertEquals((timestamp - sink.packets[0].timestamp) | 0, 960 * i);
    assertEquals([atMs, marker], [20 * i, i === 0]);
  }
  assertLess(Math.abs(audio!.packetsPerSecond - 50), 1e-9);
});

Deno.test("a header says whether there is anything to hear", () => {
  const { clock, sink, options } = senderWorld(48_000);
  const [sound, silence] = [new Uint8Array(9), new Uint8Array(1)];
  const sender = new ClipAudioSender(
    options,
    packetize({
      video: undefined,
      audio: {
        packets: [
          { data: sound, units: 960, sounds: true },
          { data: silence, units: 2880, sounds: false },
        ],
      },
    }).audio!,
  );
  runUntil(sender, clock, 160);
  assertEquals(sink.packets.map(({ level }) => level), [168, 127, 168, 127]);
  assertEquals(sink.packets.map(({ atMs }) => atMs), [0, 20, 80, 100]);
});

/** Two seconds: 20 frames of 100 ms, every fifth a key frame, and sound of 20 ms with its number, but for a gap of 200 ms from packet 30 on. */
const spoken = packetize(together({
  width: 320,
  height: 240,
  frames: Array.from({ length: 20 }, (_, i) => ({
    data: i % 5 === 0 ? keyFrame(320, 240, 100 + i) : interFrame(100 + i),
    isKey: i % 5 === 0,
    units: 9000,
  })),
}, {
  packets: Array.from({ length: 70 }, (_, i) => ({
    data: new Uint8Array([31 << 3, i, 0]),
    units: i === 29 ? 960 + 9600 : 960,
    isBeforeGap: i === 29,
    sounds: true,
  })),
}));

/** Both tracks of {@linkcode spoken}, each in a world of its own with the same time. */
function speaking() {
  const worlds = {
    video: senderWorld(90_000),
    audio: senderWorld(48_000),
  };
  const picture = new ClipVideoSender(worlds.video.options, spoken.video!);
  const sound = new ClipAudioSender(worlds.audio.options, spoken.audio!);
  sound.follow(picture);
  return {
    picture,
    sound,
    until(ms: number) {
      runUntil(picture, worlds.video.clock, ms);
      runUntil(sound, worlds.audio.clock, ms);
    },
    /** Where in the clip each of them is, by what it sent last: frames of 100 ms, packets of 20. */
    places() {
      const [frame] = framesOf(worlds.video.sink.packets).slice(-1);
      const [packet] = worlds.audio.sink.packets.slice(-1);
      const number = packet.payload[1];
      return {
        pictureMs: (frame.data.length - 100) * 100,
        soundMs: number * 20 + (number > 29 ? 200 : 0),
      };
    },
    sent: worlds.audio.sink,
  };
}

Deno.test("sound that is shorter than its picture begins anew with it, loop after loop", () => {
  const { until, places, sent } = speaking();
  for (let loop = 0; loop < 20; loop++) {
    until(loop * 2000 + 1);
    assertEquals(places(), { pictureMs: 0, soundMs: 0 });
    until(loop * 2000 + 1001);
    assertEquals(places(), { pictureMs: 1000, soundMs: 1000 });
  }
  const { packets } = sent;
  const starts = packets.flatMap(({ marker, payload }) =>
    marker ? [payload[1]] : []
  );
  // After each silence, RFC 3551 section 4.1 wants a marker.
  assertEquals(starts.slice(0, 5), [0, 30, 0, 30, 0]);
  assertEquals((packets[30].timestamp - packets[29].timestamp) | 0, 10_560);
  assertEquals((packets[70].timestamp - packets[0].timestamp) | 0, 96_000);
});

Deno.test("what a picture jumps over, its sound leaves out", () => {
  const { picture, until, places } = speaking();
  until(150);
  picture.askKeyFrame();
  until(601);
  // A key frame was sent at 0: the one at 500 comes at 200.
  assertEquals(places(), { pictureMs: 900, soundMs: 900 });
  picture.askKeyFrame();
  until(701);
  assertEquals(places(), { pictureMs: 1000, soundMs: 1000 });
  until(901);
  picture.askKeyFrame();
  until(1901);
  // From 1300 to 1500.
  assertEquals(places(), { pictureMs: 400, soundMs: 400 });
});

Deno.test.each(
  [
    { who: "sound" },
    { who: "picture" },
    { who: "both" },
  ] as const,
)("after a pause of $who both go on together", ({ who }) => {
  const { picture, sound, until, places } = speaking();
  until(350);
  const paused = who === "sound"
    ? [sound]
    : who === "picture"
    ? [picture]
    : [picture, sound];
  for (const one of paused) one.pause();
  until(5050);
  for (const one of paused) one.resume(5060);
  until(7001);
  const { pictureMs, soundMs } = places();
  assertLess(Math.abs(pictureMs - soundMs), 101);
});

interface Frame {
  readonly data: Uint8Array;
  readonly timestamp: number;
  readonly pictureId: number;
  readonly atMs: number;
}

/** Whole frames as a receiver puts them together (RFC 7741). */
function framesOf(packets: readonly SentPacket[]): Frame[] {
  const frames: Frame[] = [];
  let parts: number[] = [];
  let first: SentPacket | undefined;
  for (const packet of packets) {
    const { payload, marker } = packet;
    const descriptor = vp8DescriptorBytes(payload, 0, payload.length);
    assertEquals((payload[0] & 0x10) !== 0, first === undefined);
    first ??= packet;
    assertEquals(packet.timestamp, first.timestamp);
    parts.push(...payload.subarray(descriptor));
    if (!marker) continue;
    const data = new Uint8Array(parts);
    assertEquals(
      isVp8KeyFrameStart(first.payload, 0, first.payload.length),
      (data[0] & 1) === 0,
    );
    frames.push({
      data,
      timestamp: first.timestamp,
      pictureId: ((payload[2] & 0x7f) << 8) | payload[3],
      atMs: first.atMs,
    });
    parts = [];
    first = undefined;
  }
  return frames;
}

/** Which frame of {@linkcode rare} it is, by its size. */
function numberOf({ length }: Uint8Array): number {
  return length >= 28_000 ? length - 28_000 : length - 100;
}

Deno.test("frames that nobody sees are sent, and are none of the frame rate", () => {
  const { clock, sink, options } = senderWorld(90_000);
  const { video } = packetize({
    video: {
      width: 320,
      height: 240,
      frames: [keyFrame(), unseenFrame(), interFrame()].map((data, i) => ({
        data,
        isKey: i === 0,
        units: [4499, 1, 4500][i],
      })),
    },
    audio: undefined,
  });
  assertEquals(video!.fps, 20);
  runUntil(new ClipVideoSender(options, video!), clock, 99);
  const frames = framesOf(sink.packets);
  assertEquals(frames.map(({ data }) => data), [
    keyFrame(),
    unseenFrame(),
    interFrame(),
  ]);
  const [first, unseen, last] = frames.map(({ timestamp }) => timestamp);
  assertEquals([(unseen - first) | 0, (last - unseen) | 0], [4499, 1]);
});

Deno.test("every frame knows the key frame that comes next, round the end", () => {
  const keys = (of: PacketizedVideo) => of.frames.map(({ nextKey }) => nextKey);
  assertEquals(keys(rare), [0, 4, 4, 4, 4, 0, 0, 0]);
});
