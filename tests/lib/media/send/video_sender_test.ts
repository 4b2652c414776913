import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
} from "@std/assert";
import {
  type Fps,
  isVp8KeyFrameStart,
  ntpToWallMs,
  type Quality,
  videoPreset,
  VideoSender,
} from "../../../../lib/media/mod.ts";
import { BURST_PACKETS } from "../../../../lib/media/send/schedule.ts";
import {
  runUntil,
  senderWorld,
  type SentPacket,
  StillClock,
} from "../fixtures.ts";

const DESCRIPTOR_BYTES = 4;
const presets = (["480p", "720p", "1080p"] as Quality[]).flatMap((quality) =>
  ([15, 30, 60] as Fps[]).map((fps) => ({ quality, fps }))
);

Deno.test.each(presets)(
  "ten seconds of $quality at $fps fps are the preset's frames",
  ({ quality, fps }) => {
    const preset = videoPreset(quality, fps);
    const { clock, sink, meter, options } = senderWorld(90_000);
    const sender = new VideoSender(options, preset);
    runUntil(sender, clock, 9_999.9);
    const frames = framesOf(sink.packets);
    assertEquals(frames.length, 10 * fps);
    const keys = frames.flatMap((frame, i) => frame.isKey ? [i] : []);
    assertEquals(keys, [0, 5 * fps]);
    assertEquals(meter.counters.keyFramesSent, 2);
    for (const [i, frame] of frames.entries()) {
      const bytes = frame.isKey ? preset.keyFrameBytes : preset.interFrameBytes;
      const count = frame.isKey
        ? preset.keyFramePackets
        : preset.interFramePackets;
      assertEquals([frame.bytes, frame.packets.length], [bytes, count]);
      // Later frames wait for none before them, and end within their interval.
      const [first] = frame.packets;
      assertLess(Math.abs(first.atMs - i * 1000 / fps), 1e-6);
      assertLess(frame.packets.at(-1)!.atMs - first.atMs, 800 / fps);
      assertEquals(
        (first.timestamp - sink.packets[0].timestamp) | 0,
        i * 90_000 / fps,
      );
    }
    const bps = frames.reduce((sum, { bytes }) => sum + bytes, 0) * 8 / 10;
    assertLess(Math.abs(bps / preset.bitrateBps - 1), 0.005);
    assertLess(
      Math.abs(sink.packets.length / 10 - preset.packetsPerSecond),
      1e-9,
    );
    assert(sink.bursts.every((count) => count <= BURST_PACKETS));
    assertEquals(meter.counters.packetsLate, 0);
    assertEquals(sender.packetsSent, sink.packets.length);
    const sum = (of: (packet: SentPacket) => number) =>
      sink.packets.reduce((total, packet) => total + of(packet), 0);
    assertEquals(sender.bytesSent, sum((packet) => packet.length));
    assertEquals(
      sender.payloadBytesSent,
      sum((packet) => packet.payload.length),
    );
  },
);

Deno.test("a packet is sent again at most once a round trip", () => {
  const { clock, options } = senderWorld(90_000, { repairs: true });
  const sender = new VideoSender(options, videoPreset("480p", 30));
  runUntil(sender, clock, 400);
  const asked = [0, 60, 99, 100, 150, 200].map((ms) => {
    clock.ms = 400 + ms;
    return sender.resend(0xfff3, 100);
  });
  assertEquals(asked, [true, false, false, true, false, true]);
});

Deno.test("over half a second, what is sent again takes no more than what was sent", () => {
  const { clock, sink, options } = senderWorld(90_000, { repairs: true });
  const preset = videoPreset("480p", 30);
  const sender = new VideoSender(options, preset);
  const halfSecond = preset.packetsPerSecond / 2;
  runUntil(sender, clock, 2000);
  const latest = sink.packets.slice(-150).map(({ sequence }) => sequence);
  const repeated = () => latest.filter((one) => sender.resend(one, 0)).length;
  assertAlmostEquals(repeated(), halfSecond, halfSecond / 10);
  assertEquals(repeated(), 0);
  runUntil(sender, clock, 2499);
  assertEquals(repeated(), 0);
  runUntil(sender, clock, 2501);
  assertAlmostEquals(repeated(), halfSecond, halfSecond / 10);
  // After a pause nothing is known.
  sender.pause();
  clock.ms = 60_000;
  sender.resume(60_000);
  assertEquals(repeated(), latest.length);
});

Deno.test("packets are numbered, marked and tied to their frame", () => {
  const { clock, sink, options } = senderWorld(90_000);
  const sender = new VideoSender(options, videoPreset("720p", 30));
  runUntil(sender, clock, 1000);
  for (const [i, packet] of sink.packets.entries()) {
    assertEquals(packet.sequence, (0xfff0 + i) & 0xffff);
    assertEquals(packet.mark, i);
  }
  for (const [i, frame] of framesOf(sink.packets).entries()) {
    const ids = frame.packets.map(({ payload }) =>
      ((payload[2] & 0x7f) << 8) | payload[3]
    );
    assertEquals(new Set(ids), new Set([(0x7ff0 + i) & 0x7fff]));
    const captures = frame.packets.map((one) => ntpToWallMs(...one.capture));
    const expected = StillClock.WALL_AHEAD_MS + i * 1000 / 30;
    assert(captures.every((wallMs) => Math.abs(wallMs - expected) < 0.01));
  }
});

Deno.test("after a stall every packet is sent, none skipped, and told late", () => {
  const { clock, sink, meter, options } = senderWorld(90_000);
  const preset = videoPreset("480p", 30);
  const sender = new VideoSender(options, preset);
  runUntil(sender, clock, 499);
  const before = sink.packets.length;
  // 0.5 s to 1.5 s are 30 frames.
  clock.ms = 1499;
  runUntil(sender, clock, 1499);
  const frames = framesOf(sink.packets);
  assertEquals(frames.length, 45);
  const timestamps = frames.map(({ packets: [{ timestamp }] }) => timestamp);
  assert(
    timestamps.every((one, i) =>
      i === 0 || ((one - timestamps[i - 1]) | 0) === 3000
    ),
  );
  assertEquals(sink.packets.length, before + 30 * preset.interFramePackets);
  assertEquals(meter.counters.packetsLate, 30 * preset.interFramePackets);
  // The schedule goes on where it would have been.
  assertLess(Math.abs(sender.dueMs - 1500), 1e-6);
});

Deno.test("a request gives a key frame with the next frame, but requests of 200 ms share one", () => {
  const { clock, sink, options } = senderWorld(90_000);
  const sender = new VideoSender(options, videoPreset("480p", 30));
  const ask = (atMs: number) => {
    runUntil(sender, clock, atMs);
    sender.askKeyFrame();
  };
  ask(50);
  ask(90);
  ask(1010);
  ask(1020);
  runUntil(sender, clock, 3000);
  const keys = framesOf(sink.packets)
    .flatMap(({ isKey }, i) => isKey ? [i] : []);
  // Frame 6 is 200 ms after the first; frame 31 is the first after 1,020 ms.
  assertEquals(keys, [0, 6, 31]);
});

Deno.test("a paused track plans nothing, and goes on with a key frame at the right time", () => {
  const { clock, sink, meter, options } = senderWorld(90_000);
  const preset = videoPreset("480p", 30);
  const sender = new VideoSender(options, preset);
  // In the middle of the first key frame: 19 packets in two bursts.
  runUntil(sender, clock, 1);
  assertEquals(sink.packets.length, BURST_PACKETS);
  sender.pause();
  assertEquals(sender.dueMs, Infinity);
  clock.ms = 2001;
  sender.resume(2001);
  runUntil(sender, clock, 2050);
  const resumed = sink.packets.slice(BURST_PACKETS);
  const frames = framesOf(resumed);
  assertEquals(frames.map(({ isKey }) => isKey), [true, false]);
  const [first] = sink.packets;
  const [next] = resumed;
  assertEquals(next.atMs, 2001);
  assertEquals((next.timestamp - first.timestamp) | 0, 2001 * 90);
  assertEquals((next.sequence - first.sequence) & 0xffff, BURST_PACKETS);
  assert(next.payload[3] !== first.payload[3], "another picture");
  assertEquals((frames[1].packets[0].timestamp - next.timestamp) | 0, 3000);
  assertEquals(meter.counters.packetsPlanned, sink.packets.length);
  assertEquals(meter.counters.packetsLate, 0);
});

Deno.test("after a pause between frames, timestamps still tell wall time", () => {
  const { clock, sink, options } = senderWorld(90_000);
  const sender = new VideoSender(options, videoPreset("480p", 15));
  runUntil(sender, clock, 1010);
  const report = () => sender.timestampAt(clock.wallNowMs());
  const before = report();
  sender.pause();
  sender.resume(1010);
  assertEquals(report(), before);
  // The next frame was due later: the schedule stands.
  runUntil(sender, clock, 2000);
  const frames = framesOf(sink.packets);
  assertEquals(frames.length, 30);
  assertEquals(frames[16].isKey, true);
  for (const [i, { packets: [packet] }] of frames.entries()) {
    assertEquals((packet.timestamp - sink.packets[0].timestamp) | 0, 6000 * i);
  }
});

Deno.test("a new preset begins with a key frame at the next frame, and keeps the clock", () => {
  const { clock, sink, meter, options } = senderWorld(90_000);
  const slow = videoPreset("1080p", 15);
  const fast = videoPreset("480p", 60);
  const sender = new VideoSender(options, slow);
  // In the middle of the first key frame, of which no burst may be dropped.
  runUntil(sender, clock, 4);
  sender.setPreset(fast);
  runUntil(sender, clock, 200);
  sender.setPreset(slow);
  runUntil(sender, clock, 1000);
  const frames = framesOf(sink.packets);
  assertEquals(frames[0].packets.length, slow.keyFramePackets);
  assertEquals(frames[1].isKey, true);
  assertEquals(frames[1].packets.length, fast.keyFramePackets);
  for (const { packets: [packet] } of frames) {
    const units = (packet.timestamp - sink.packets[0].timestamp) | 0;
    assertLess(Math.abs(units - packet.atMs * 90), 1);
  }
  const keys = frames.filter(({ isKey }) => isKey);
  assertEquals(keys.length, 3);
  // The first frame lasts as long as it was begun with.
  assertLess(Math.abs(keys[1].packets[0].atMs - 1000 / 15), 1e-6);
  assertEquals(sizeOf(keys[0]), [1920, 1080]);
  assertEquals(sizeOf(keys[1]), [640, 480]);
  assertEquals(meter.counters.packetsLate, 0);
});

Deno.test("of a burst that left in part, that part is counted", () => {
  const { clock, sink, meter, options } = senderWorld(90_000);
  const sender = new VideoSender(options, videoPreset("1080p", 30));
  sink.takes = 4;
  runUntil(sender, clock, 1);
  assertEquals(sink.bursts, [BURST_PACKETS]);
  assertEquals([sender.packetsPlanned, sender.packetsSent], [10, 4]);
  const sum = (of: (packet: SentPacket) => number) =>
    sink.packets.reduce((total, packet) => total + of(packet), 0);
  assertEquals(sender.bytesSent, sum((packet) => packet.length));
  assertEquals(sender.payloadBytesSent, sum((packet) => packet.payload.length));
  assertEquals(meter.counters.bytesSent, sender.bytesSent);
  assertEquals(meter.counters.sendRefused, 6);
});

interface Frame {
  readonly isKey: boolean;
  /** Encoded bytes, descriptors not counted. */
  readonly bytes: number;
  readonly packets: readonly SentPacket[];
}

/** Whole frames, by their markers. */
function framesOf(packets: readonly SentPacket[]): Frame[] {
  const frames: Frame[] = [];
  let start = 0;
  for (const [i, { marker }] of packets.entries()) {
    if (!marker) continue;
    const own = packets.slice(start, i + 1);
    assertEquals(new Set(own.map(({ timestamp }) => timestamp)).size, 1);
    const starts = own.map(({ payload }) => (payload[0] & 0x10) !== 0);
    assertEquals(starts, own.map((_, n) => n === 0));
    const [{ payload }] = own;
    frames.push({
      isKey: isVp8KeyFrameStart(payload, 0, payload.length),
      bytes: own.reduce(
        (sum, one) => sum + one.payload.length - DESCRIPTOR_BYTES,
        0,
      ),
      packets: own,
    });
    start = i + 1;
  }
  return frames;
}

function sizeOf({ packets: [{ payload }] }: Frame): [number, number] {
  const view = new DataView(payload.buffer, payload.byteOffset);
  return [view.getUint16(10, true), view.getUint16(12, true)];
}
