import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  EXTENSION_URIS,
  NackList,
  ntpFraction,
  ntpSeconds,
  type ReceiverOptions,
  RtpHeaderTemplate,
  RtpReader,
  TrackReceiver,
  writeVp8Descriptor,
  writeVp8InterHeader,
  writeVp8KeyHeader,
} from "../../../../lib/media/mod.ts";
import {
  MARK_BYTES,
  writeMark,
} from "../../../../lib/media/rtp/packet_mark.ts";
import { CAPTURE_TIME_ID } from "../fixtures.ts";
import { Watched } from "../frames.ts";

const WRAP = 0x10000;

const starts = [
  0,
  1,
  50,
  99,
  100,
  101,
  2999,
  3000,
  0x7fff,
  0x8000,
  0xf447,
  0xf448,
  0xff9b,
  0xff9c,
  0xfffe,
  0xffff,
].map((start) => ({ start }));

Deno.test.each(starts)(
  "from $start every packet over two wraps is expected, and none lost",
  ({ start }) => {
    const track = new Track();
    const count = 2 * WRAP + 100;
    for (let i = 0; i < count; i++) track.packet({ sequence: start + i });
    const { receiver } = track;
    assertEquals([receiver.packetsExpected, receiver.packetsReceived], [
      count,
      count,
    ]);
    assertEquals([receiver.packetsLost, receiver.outOfOrder], [0, 0]);
    assertEquals(receiver.extendedHighest, (start + count - 1) | 0);
  },
);

Deno.test.each(starts)(
  "from $start lost packets are counted across a wrap, and given back when they come late",
  ({ start }) => {
    const track = new Track();
    const random = createRandom(start, "loss");
    const late: number[] = [];
    let lost = 0;
    const first = WRAP - 150 + start;
    for (let i = 0; i < 300; i++) {
      const draw = i === 0 || i === 299 ? 1 : random();
      if (draw < 0.1) lost++;
      else if (draw < 0.3) late.push(first + i);
      else track.packet({ sequence: first + i });
      // Late ones come well before they look like a jump back, in any order.
      if (late.length > 5 || i === 299) {
        assertEquals(
          track.receiver.packetsExpected - track.receiver.packetsReceived,
          track.receiver.packetsLost,
        );
        while (late.length > 0) {
          const at = Math.floor(random() * late.length);
          track.packet({ sequence: late.splice(at, 1)[0] });
        }
      }
    }
    assertEquals(track.receiver.packetsExpected, 300);
    assertEquals(track.receiver.packetsLost, lost);
    assertEquals(track.receiver.packetsReceived, 300 - lost);
    assertEquals(
      track.meter.counters.packetsOutOfOrder,
      track.receiver.outOfOrder,
    );
  },
);

Deno.test("packets from before the first one are no negative loss", () => {
  const track = new Track();
  for (const sequence of [1000, 998, 999, 1001]) track.packet({ sequence });
  assertEquals([track.receiver.packetsExpected, track.receiver.packetsLost], [
    2,
    0,
  ]);
  assertEquals(track.receiver.outOfOrder, 2);
});

Deno.test.each([
  { why: "the longest dropout", ahead: 2999, expected: 3009, received: 11 },
  { why: "a jump too far", ahead: 3000, expected: 10, received: 10 },
  { why: "the latest misorder", ahead: -2999, expected: 10, received: 11 },
  { why: "a jump back", ahead: -3000, expected: 10, received: 10 },
])(
  "after ten packets, $why leaves $expected expected",
  ({ ahead, expected, received }) => {
    const track = new Track();
    for (let i = 0; i < 10; i++) track.packet({ sequence: 500 + i });
    track.packet({ sequence: 509 + ahead });
    assertEquals(track.receiver.packetsExpected, expected);
    assertEquals(track.receiver.packetsReceived, received);
  },
);

Deno.test.each([{ jump: 20_000 }, { jump: 45_000 }])(
  "after a jump of $jump, two packets in a row begin anew, and neither loss nor jitter follows",
  ({ jump }) => {
    const track = new Track();
    for (let i = 0; i < 10; i++) {
      track.packet({ sequence: i, timestamp: 20 * i, atMs: 20 * i });
    }
    for (let i = 10; i < 30; i++) {
      track.packet({
        sequence: i + jump,
        timestamp: 20 * i + 1_000_000_000,
        atMs: 20 * i,
      });
    }
    // The first packet after the jump was not believed.
    assertEquals(track.receiver.packetsReceived, 29);
    assertEquals([track.receiver.packetsExpected, track.receiver.packetsLost], [
      29,
      0,
    ]);
    assertEquals(track.receiver.jitterMs, 0);
    assertEquals(track.receiver.extendedHighest, 29 + jump);
    // What began the numbering anew does so once: much later it is a jump itself.
    for (let i = 30; i < 3100; i++) track.packet({ sequence: i + jump });
    track.packet({ sequence: 11 + jump });
    assertEquals(track.receiver.packetsReceived, 3099);
  },
);

Deno.test("repairs that come in a row, two seconds late, begin nothing anew", () => {
  const track = new Track();
  for (let i = 0; i < 2000; i++) {
    if (i < 500 || i >= 510) track.packet({ sequence: i });
  }
  assertEquals(track.receiver.packetsLost, 10);
  for (let i = 500; i < 510; i++) track.packet({ sequence: i });
  for (let i = 2000; i < 2100; i++) track.packet({ sequence: i });
  assertEquals([track.receiver.packetsExpected, track.receiver.packetsLost], [
    2100,
    0,
  ]);
});

Deno.test("jitter is that of RFC 3550 appendix A.8, by hand", () => {
  const track = new Track();
  // Differences of transit: 5, -7, 2; each moves the mean by a sixteenth.
  const table = [
    { timestamp: 0, atMs: 0, jitter: 0 },
    { timestamp: 20, atMs: 25, jitter: 0.3125 },
    { timestamp: 40, atMs: 38, jitter: 0.73046875 },
    { timestamp: 60, atMs: 60, jitter: 0.809814453125 },
  ];
  for (const [sequence, { timestamp, atMs, jitter }] of table.entries()) {
    track.packet({ sequence, timestamp, atMs });
    assertEquals(track.receiver.jitterMs, jitter);
  }
  assertEquals(track.receiver.jitterUnits, 0);
});

Deno.test("jitter is in the track's clock for reports, and steady over a timestamp wrap", () => {
  const track = new Track({ clockRateHz: 90_000 });
  for (let i = 0; i < 400; i++) {
    const atMs = i * 1000 / 30 + (i % 2) * 10;
    track.packet({ sequence: i, timestamp: 0xfffff000 + 3000 * i, atMs });
  }
  assertAlmostEquals(track.receiver.jitterMs, 10, 0.01);
  assertEquals(track.receiver.jitterUnits, 899);
});

Deno.test("a report's fraction is the loss since the last report", () => {
  const track = new Track();
  const receive = (from: number, to: number, skip: (n: number) => boolean) => {
    for (let n = from; n < to; n++) if (!skip(n)) track.packet({ sequence: n });
  };
  assertEquals(track.receiver.takeFractionLost(), 0);
  receive(0, 100, () => false);
  assertEquals(track.receiver.takeFractionLost(), 0);
  receive(100, 200, (n) => n % 4 === 1);
  assertEquals(track.receiver.takeFractionLost(), 64);
  assertEquals(track.receiver.takeFractionLost(), 0);
  // More came than was expected: the late ones of the interval before.
  for (const late of [181, 185, 189]) track.packet({ sequence: late });
  assertEquals(track.receiver.takeFractionLost(), 0);
  // All but the last of 1,000.
  receive(200, 1200, (n) => n !== 1199);
  assertEquals(track.receiver.takeFractionLost(), 255);
  assertEquals(track.receiver.packetsLost, 22 + 999);
});

Deno.test("latency is from the capture time in the packet to its arrival", () => {
  const track = new Track();
  track.packet({
    sequence: 1,
    capturedAtMs: 1_700_000_000_000,
    receivedAtMs: 1_700_000_000_012.5,
  });
  assertEquals(track.latencies.length, 1);
  assertLess(Math.abs(track.latencies[0] - 12_500), 1);
});

Deno.test.each([
  { why: "a clock that is 400 ms ahead", tookMs: -400 },
  { why: "a clock that is an hour ahead", tookMs: -3_600_000 },
  { why: "a clock that is 12 s behind", tookMs: 12_000 },
])("$why has no latency, and is told", ({ tookMs }) => {
  const told: number[] = [];
  const track = new Track({}, (us) => void told.push(us / 1000));
  const capturedAtMs = 1_700_000_000_000;
  track.packet({
    sequence: 1,
    capturedAtMs,
    receivedAtMs: capturedAtMs + tookMs,
  });
  assertEquals([track.latencies, track.receiver.maxLatencyUs], [[], 0]);
  assertEquals(told.map(Math.round), [tookMs]);
});

Deno.test("two threads that read the time a little apart have a latency of nothing", () => {
  const track = new Track();
  const capturedAtMs = 1_700_000_000_000;
  track.packet({
    sequence: 1,
    capturedAtMs,
    receivedAtMs: capturedAtMs - 0.5,
  });
  assertEquals(track.latencies, [0]);
});

Deno.test.each([
  { why: "no negotiated id", id: 0, valueBytes: 8 },
  { why: "a value that is too short", id: CAPTURE_TIME_ID, valueBytes: 7 },
])("with $why no latency is taken", ({ id, valueBytes }) => {
  const track = new Track({ captureTimeId: id });
  track.packet({ sequence: 1, capturedAtMs: 1_700_000_000_000, valueBytes });
  assertEquals(track.latencies, []);
});

Deno.test("the first packet counts from when the track was asked for, unless it was paused", () => {
  const track = new Track({ requestedAtMs: 2 });
  track.packet({ sequence: 1, atMs: 5 });
  track.packet({ sequence: 2, atMs: 9 });
  assertEquals(track.firsts, [3000]);
  const paused = new Track({ requestedAtMs: 2 });
  paused.receiver.suspend(3);
  paused.packet({ sequence: 1, atMs: 5 });
  assertEquals([paused.firsts, paused.receiver.firstAtMs], [[], 5]);
});

Deno.test("a repair shows the frame that waited for it", () => {
  const { tracker, rhythm } = new Watched();
  const track = new Track({ frames: tracker, nacks: new NackList() });
  track.video({ sequence: 1, atMs: 5, isKey: true, marker: false });
  track.video({ sequence: 3, atMs: 7, isKey: false, marker: true });
  assertEquals(track.receiver.isStuck, false);
  track.repair(2, 9);
  assertEquals(rhythm.figures({ nowMs: 9 }).framesRendered, 1);
  assertEquals(rhythm.lastMs, 9);
});

Deno.test("bytes are those of the packets, headers included", () => {
  const track = new Track();
  const bytes = track.packet({ sequence: 1 }) + track.packet({ sequence: 2 });
  assertEquals(track.receiver.bytesReceived, bytes);
});

Deno.test("marks tell what was sent to us, even where the server renumbers", () => {
  const track = new Track();
  // The server dropped every second packet and closed the gaps.
  for (let i = 0; i < 50; i++) {
    track.packet({ sequence: i, mark: 1000 + 2 * i });
  }
  assertEquals([track.receiver.packetsExpected, track.receiver.packetsLost], [
    50,
    0,
  ]);
  assertEquals(track.receiver.deliverable(0), 99);
  // An older one that comes late was sent to us too.
  track.packet({ sequence: 50, mark: 997 });
  track.packet({ sequence: 51, mark: 1050 });
  assertEquals(track.receiver.deliverable(0), 102);
});

Deno.test("of a sender without marks, deliverable is what its numbers announce", () => {
  const track = new Track();
  for (const sequence of [1, 2, 5]) track.packet({ sequence });
  assertEquals(track.receiver.deliverable(0), 5);
});

Deno.test.each([
  { why: "within the grace", nowMs: 1000, deliverable: 0 },
  { why: "a second after it", nowMs: 2000, deliverable: 50 },
  { why: "ten seconds after it", nowMs: 11_000, deliverable: 500 },
])(
  "a track that never came should have brought, $why, $deliverable packets",
  ({ nowMs, deliverable }) => {
    assertEquals(new Track().receiver.deliverable(nowMs), deliverable);
  },
);

Deno.test("a track that falls silent goes on being expected at its rate", () => {
  const track = new Track();
  for (let i = 0; i < 10; i++) {
    track.packet({ sequence: i, mark: i, atMs: 20 * i });
  }
  assertEquals(track.receiver.deliverable(1180), 10);
  assertEquals(track.receiver.deliverable(2180), 60);
});

Deno.test.each([{ marked: true }, { marked: false }])(
  "while suspended nothing is deliverable, and what was is kept (marked: $marked)",
  ({ marked }) => {
    const track = new Track();
    const receive = (from: number, to: number, atMs: number) => {
      for (let i = from; i < to; i++) {
        const mark = marked ? { mark: i } : {};
        track.packet({ sequence: i, atMs, ...mark });
      }
    };
    receive(0, 10, 180);
    track.receiver.suspend(200);
    track.receiver.suspend(9000);
    assertEquals(track.receiver.deliverable(60_000), 10);
    // Two packets were under way.
    receive(10, 12, 210);
    track.receiver.resume(60_000);
    assertEquals(track.receiver.deliverable(60_900), 12);
    track.receiver.resume(61_000);
    receive(12, 15, 60_800);
    assertEquals(track.receiver.deliverable(60_900), 15);
    assertEquals(track.receiver.packetsReceived, 15);
  },
);

Deno.test("a track that the server is asked to begin with is missed from its answer on", () => {
  const { receiver } = new Track();
  receiver.awaitStart(200);
  assertEquals([receiver.deliverable(9000), receiver.silentMs(9000) < 0], [
    0,
    true,
  ]);
  receiver.noteStart(9000);
  assertEquals([receiver.silentMs(9500), receiver.deliverable(10_000)], [
    500,
    0,
  ]);
  assertEquals(receiver.deliverable(12_000), 100);
});

Deno.test("what comes before the answer flows as ever, and is missed where it stops", () => {
  const track = new Track();
  track.receiver.awaitStart(0);
  for (let i = 0; i < 10; i++) track.packet({ sequence: i, atMs: 20 * i });
  track.receiver.noteStart(5000);
  assertEquals(track.receiver.silentMs(5000), 4820);
  track.receiver.awaitStart(6000);
  assertEquals(track.receiver.deliverable(2180), 60);
});

Deno.test("of a silence, each stretch is charged at the rate of its time", () => {
  const { receiver } = new Track();
  receiver.expectRate(2000, 0);
  assertEquals(receiver.deliverable(9000), 50);
  receiver.expectRate(9000, 10);
  receiver.expectRate(9500, 10);
  assertEquals(receiver.deliverable(10_000), 60);
});

Deno.test("a sender with gaps is missed once the longest is over", () => {
  const { receiver } = new Track();
  receiver.expectRate(0, 50, 5000);
  assertEquals(receiver.deliverable(6000), 0);
  assertEquals(receiver.silentMs(6000), 1000);
  assertEquals(receiver.deliverable(7000), 50);
});

Deno.test("another rate of a track that flows changes nothing of what was counted", () => {
  const track = new Track();
  for (let i = 0; i < 10; i++) {
    if (i === 5) track.receiver.expectRate(100, 20);
    track.packet({ sequence: i, mark: i, atMs: 20 * i });
  }
  assertEquals(track.receiver.deliverable(1180), 10);
  assertEquals(track.receiver.deliverable(2180), 30);
});

Deno.test("resuming a track that was not suspended excuses no silence", () => {
  const { receiver } = new Track();
  receiver.resume(5000);
  assertEquals(receiver.deliverable(5000), 200);
  assertEquals(receiver.deliverable(6000), 250);
});

interface PacketOptions {
  /** Taken modulo 2^16. */
  readonly sequence: number;
  readonly timestamp?: number;
  /** When it arrives, on either clock. */
  readonly atMs?: number;
  readonly receivedAtMs?: number;
  readonly mark?: number;
  readonly capturedAtMs?: number;
  readonly valueBytes?: number;
}

/** A receiver, and packets for it. Its clock runs at 1 kHz, so that timestamps are milliseconds. */
class Track {
  readonly latencies: number[] = [];
  readonly firsts: number[] = [];
  readonly meter = {
    counters: { packetsOutOfOrder: 0 },
    mediaLatency: { record: (us: number) => void this.latencies.push(us) },
    firstPacket: { record: (us: number) => void this.firsts.push(us) },
  };
  readonly receiver: TrackReceiver;
  readonly #rtp = new RtpReader();
  readonly #bytes = new Uint8Array(200);

  constructor(
    options: Partial<ReceiverOptions> = {},
    onClockDifference?: (us: number) => void,
  ) {
    this.receiver = new TrackReceiver({
      kind: "audio",
      ssrc: 7,
      clockRateHz: 1000,
      captureTimeId: CAPTURE_TIME_ID,
      requestedAtMs: 0,
      openedMs: 0,
      meter: { ...this.meter, onClockDifference },
      ...options,
    });
    this.receiver.expectRate(0, 50);
  }

  /** Receives a packet; returns its length. */
  packet(options: PacketOptions): number {
    const { sequence, timestamp = 0, atMs = 0, receivedAtMs = atMs } = options;
    const captured = options.capturedAtMs;
    const header = new RtpHeaderTemplate({
      payloadType: 96,
      ssrc: 7,
      extensions: captured === undefined ? [] : [{
        uri: EXTENSION_URIS.absCaptureTime,
        id: CAPTURE_TIME_ID,
        value: new Uint8Array(options.valueBytes ?? 8),
      }],
    });
    if (captured !== undefined) {
      header.setCaptureTime(ntpSeconds(captured), ntpFraction(captured));
    }
    const start = header.write(this.#bytes, 0, sequence, timestamp, false);
    const end = start + 20;
    this.#bytes.fill(0, start, end);
    if (options.mark !== undefined) writeMark(this.#bytes, end, options.mark);
    this.#receive(end, atMs, receivedAtMs);
    return end;
  }

  video(
    frame: { sequence: number; atMs: number; isKey: boolean; marker: boolean },
  ): void {
    const header = new RtpHeaderTemplate({
      payloadType: 96,
      ssrc: 7,
      extensions: [],
    });
    const start = header.write(this.#bytes, 0, frame.sequence, 0, frame.marker);
    const data = writeVp8Descriptor(this.#bytes, start, frame.isKey, 0);
    if (frame.isKey) writeVp8KeyHeader(this.#bytes, data, 640, 480);
    else writeVp8InterHeader(this.#bytes, data);
    this.#receive(data + 10 + MARK_BYTES, frame.atMs, frame.atMs);
  }

  /** Receives a packet of the repair stream, of one within a frame. */
  repair(sequence: number, atMs: number): void {
    const header = new RtpHeaderTemplate({
      payloadType: 97,
      ssrc: 8,
      extensions: [],
    });
    const start = header.write(this.#bytes, 0, 1, 0, false);
    this.#bytes[start] = sequence >> 8;
    this.#bytes[start + 1] = sequence;
    const data = writeVp8Descriptor(this.#bytes, start + 2, false, 0);
    this.#rtp.read(this.#bytes, 0, data + 20);
    this.receiver.receiveRepair(this.#rtp, { nowMs: atMs, wallMs: atMs });
  }

  #receive(length: number, atMs: number, receivedAtMs: number): void {
    this.#rtp.read(this.#bytes, 0, length);
    this.receiver.receive(this.#rtp, { nowMs: atMs, wallMs: receivedAtMs });
  }
}
