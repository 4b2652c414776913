import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  AudioSender,
  mediaPlanOf,
  ntpToWallMs,
  streamsOf,
} from "../../../../lib/media/mod.ts";
import { runUntil, senderWorld, StillClock } from "../fixtures.ts";

Deno.test("audio of 6 kbps goes out as packets of 15 bytes, each with its mark", () => {
  const { clock, sink, options } = senderWorld(48_000);
  const [preset] = streamsOf("audio", mediaPlanOf({ audioBitrate: 6 }));
  const sender = new AudioSender(options, preset);
  runUntil(sender, clock, 1000);
  assertEquals(
    sink.packets.map(({ payload, mark }) => [payload.length, mark]),
    every(1, 50).map((mark) => [15, mark]),
  );
  assertEquals(sender.payloadBytesSent * 8, 6000);
});

Deno.test("ten seconds of audio are 500 packets of 320 bytes, every 20 ms", () => {
  const { clock, sink, meter, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  runUntil(sender, clock, 10_000);
  assertEquals(sink.packets.length, 500);
  assertEquals(
    new Set(sink.packets.map((one) => one.payload.length)),
    new Set([320]),
  );
  assertEquals(sink.packets.map((one) => one.atMs), every(20, 500));
  assertEquals(sink.packets.map((one) => one.mark), every(1, 500));
  const [{ timestamp: first }] = sink.packets;
  assertEquals(
    sink.packets.map((one) => (one.timestamp - first) | 0),
    every(960, 500),
  );
  assertEquals(
    sink.packets.map((one) => (one.sequence - 0xfff0) & 0xffff),
    every(1, 500),
  );
  assertEquals(sink.packets.map((one) => one.marker).indexOf(true, 1), -1);
  assertEquals(sender.payloadBytesSent * 8 / 10, 128_000);
  assertEquals(sender.bytesSent, 500 * (320 + options.header.length));
  assertEquals([sender.packetsPlanned, sender.packetsSent], [500, 500]);
  assertEquals(sender.firstSentMs, 0);
  assertEquals(meter.counters, {
    packetsPlanned: 500,
    packetsSent: 500,
    packetsSkipped: 0,
    packetsWithoutPath: 0,
    packetsLate: 0,
    bytesSent: sender.bytesSent,
    sendRefused: 0,
    keyFramesSent: 0,
  });
});

Deno.test.each([
  { isUp: true, refused: 5, withoutPath: 0 },
  { isUp: false, refused: 0, withoutPath: 5 },
])(
  "what does not leave was refused, or had no way to the server: $isUp",
  ({ isUp, refused, withoutPath }) => {
    const { clock, sink, meter, options } = senderWorld(48_000);
    sink.takes = 0;
    sink.isUp = isUp;
    runUntil(new AudioSender(options), clock, 100);
    const { packetsPlanned, sendRefused, packetsWithoutPath } = meter.counters;
    assertEquals(
      [packetsPlanned, sendRefused, packetsWithoutPath],
      [5, refused, withoutPath],
    );
  },
);

Deno.test("after a stall every packet is sent, and told late by when it was due", () => {
  const { clock, sink, meter, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  runUntil(sender, clock, 100);
  clock.ms = 300;
  runUntil(sender, clock, 400);
  assertEquals(sink.packets.length, 20);
  const [{ timestamp: first }] = sink.packets;
  assertEquals(
    sink.packets.map((one) => (one.timestamp - first) | 0),
    every(960, 20),
  );
  // Due at 100, 120, … 280, all sent at 300; the one of 300 is in time.
  assertEquals(
    meter.lateUs.slice(5, 15),
    every(20, 10).map((ms) => (200 - ms) * 1000),
  );
  assertEquals(meter.lateUs.slice(15), new Array(5).fill(0));
  assertEquals(meter.counters.packetsLate, 10);
});

Deno.test.each([
  { lateMs: 5, late: 0 },
  { lateMs: 5.001, late: 1 },
])("a packet that is $lateMs ms late counts $late", ({ lateMs, late }) => {
  const { clock, meter, options } = senderWorld(48_000);
  clock.ms = lateMs;
  new AudioSender(options).run(lateMs);
  assertEquals(meter.counters.packetsLate, late);
});

Deno.test("a packet says when it was due, not when it left", () => {
  const { clock, sink, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  clock.ms = 57;
  for (let i = 0; i < 3; i++) sender.run(clock.ms);
  const captured = sink.packets.map((one) => ntpToWallMs(...one.capture));
  for (const [i, wallMs] of captured.entries()) {
    assertAlmostEquals(wallMs, StillClock.WALL_AHEAD_MS + 20 * i, 0.001);
  }
});

Deno.test("a packet that the system refused was planned, not sent", () => {
  const { clock, sink, meter, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  sink.takes = 0;
  runUntil(sender, clock, 40);
  assertEquals([sender.packetsPlanned, sender.packetsSent], [2, 0]);
  assertEquals([sender.bytesSent, sender.payloadBytesSent], [0, 0]);
  assertEquals([meter.counters.sendRefused, sender.firstSentMs], [2, -1]);
  sink.takes = 1;
  runUntil(sender, clock, 60);
  assertEquals(sink.packets[0].mark, 2);
  assertEquals(sender.firstSentMs, 40);
});

Deno.test("a sender report's timestamp is that of a packet captured at that time", () => {
  const { clock, sink, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  runUntil(sender, clock, 100);
  const wallMs = StillClock.WALL_AHEAD_MS + 60;
  assertEquals(sender.timestampAt(wallMs), sink.packets[3].timestamp);
  assertEquals(
    (sender.timestampAt(wallMs + 7) - sink.packets[3].timestamp) | 0,
    336,
  );
});

Deno.test("a paused track plans nothing, and its timestamps go on by the time that passed", () => {
  const { clock, sink, meter, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  runUntil(sender, clock, 100);
  sender.pause();
  sender.pause();
  assertEquals(sender.dueMs, Infinity);
  clock.ms = 1107;
  // Reports go on meanwhile, before and after.
  const report = () => sender.timestampAt(clock.wallNowMs());
  const before = report();
  sender.resume(1107);
  sender.resume(5000);
  assertEquals(report(), before);
  assertEquals(sender.dueMs, 1107);
  runUntil(sender, clock, 1140);
  assertEquals(meter.counters.packetsPlanned, 7);
  const [first, , , , , next, last] = sink.packets;
  assertEquals((next.timestamp - first.timestamp) | 0, 1107 * 48);
  assertEquals((last.timestamp - next.timestamp) | 0, 960);
  assertEquals((next.sequence - first.sequence) & 0xffff, 5);
  assertEquals(meter.counters.packetsLate, 0);
});

Deno.test("a pause shorter than the interval leaves the schedule as it was", () => {
  const { clock, sink, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  runUntil(sender, clock, 25);
  sender.pause();
  sender.resume(27);
  runUntil(sender, clock, 100);
  assertEquals(sink.packets.map((one) => one.atMs), every(20, 5));
  const [{ timestamp: first }] = sink.packets;
  assertEquals(
    sink.packets.map((one) => (one.timestamp - first) | 0),
    every(960, 5),
  );
});

Deno.test("a track that was paused before its first packet starts with the first timestamp", () => {
  const { clock, sink, options } = senderWorld(48_000);
  const sender = new AudioSender(options);
  sender.pause();
  clock.ms = 500;
  sender.resume(500);
  runUntil(sender, clock, 501);
  assertEquals(sink.packets[0].timestamp, options.firstTimestamp | 0);
});

function every(step: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => i * step);
}

Deno.test("a packet that the server misses is sent again as it left, where it asks for that", () => {
  for (const repairs of [true, false]) {
    const { clock, sink, options } = senderWorld(48_000, { repairs });
    const sender = new AudioSender(options);
    runUntil(sender, clock, 3000);
    const missed = sink.packets.at(-10)!;
    assertEquals(sender.resend(missed.sequence, 0), repairs);
    assertEquals(sender.resend(sink.packets[0].sequence, 0), false);
    if (!repairs) continue;
    const { sequence, payload } = sink.packets.at(-1)!;
    assertEquals([sequence, payload], [missed.sequence, missed.payload]);
  }
});
