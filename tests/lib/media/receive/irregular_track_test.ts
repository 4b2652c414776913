/** Tracks as the RFCs allow them and few send them: the figures stay true. */

import { assertEquals, assertLess } from "@std/assert";
import {
  FrameRhythm,
  FrameTracker,
  NackList,
  type ReceiverOptions,
  RtpReader,
  TrackReceiver,
} from "../../../../lib/media/mod.ts";
import { AtOnce } from "../frames.ts";

const CLOCK_RATE_HZ = 48_000;

Deno.test.each<
  { why: string; play: (track: Track) => void; expected: number; lost: number }
>([
  {
    why: "packets that come twice make up for no lost ones",
    play: (track) => track.media([1, 2, 2, 2, 3, 5, 5, 1, 6]),
    expected: 6,
    lost: 1,
  },
  {
    why: "packets from before the first one make up for none either",
    play: (track) => track.media([100, 98, 99, 101, 103, 105]),
    expected: 6,
    lost: 2,
  },
  {
    why: "late ones are given back once",
    play: (track) => track.media([65_533, 1, 65_535, 65_535, 0, 2]),
    expected: 6,
    lost: 1,
  },
  {
    why: "a numbering that begins anew loses nothing in between",
    play: (track) => track.media([...from(60_000, 10), ...from(100, 10)]),
    expected: 19,
    lost: 0,
  },
  {
    why:
      "what was missing before that stays lost, and what comes twice after it makes up for nothing",
    play: (track) =>
      track.media([1, 2, 4, ...from(30_000, 5), 30_004, 30_004, 30_006]),
    expected: 10,
    lost: 2,
  },
  {
    why: "an SSRC that changes loses nothing in between",
    play: (track) => {
      track.media([1, 2, 4]);
      track.receiver.moveTo(77);
      track.media([40_000, 40_001, 40_003]);
    },
    expected: 8,
    lost: 2,
  },
  {
    why: "padding has its numbers too",
    play: (track) => {
      track.media([1, 2]);
      track.padding([3, 4]);
      track.media([5, 7]);
    },
    expected: 7,
    lost: 1,
  },
  {
    why: "what comes under another payload type has its numbers too",
    play: (track) => {
      track.media([1, 2]);
      track.media([3], { payloadType: 13 });
      track.media([4]);
    },
    expected: 4,
    lost: 0,
  },
])("$why", ({ play, expected, lost }) => {
  for (const nacks of [undefined, new NackList()]) {
    const track = new Track({ nacks, payloadTypes: [96] });
    play(track);
    const { receiver } = track;
    assertEquals([receiver.packetsExpected, receiver.packetsLost], [
      expected,
      lost,
    ]);
    const share = Math.floor(lost * 256 / expected);
    assertEquals([receiver.takeFractionLost(), receiver.takeFractionLost()], [
      share,
      0,
    ]);
  }
});

Deno.test.each<{ why: string; play: (track: Track) => void }>([
  {
    why: "a timestamp that jumps forward",
    play: (track) => track.media(from(100, 50), { shift: 2_000_000_000 }),
  },
  {
    why: "a timestamp that jumps back",
    play: (track) => track.media(from(100, 50), { shift: -900_000_000 }),
  },
  {
    why: "padding between, with the timestamp of what was before it",
    play: (track) => {
      track.padding([100]);
      track.wait(60);
      track.padding([101, 102]);
      track.wait(40);
      track.media(from(103, 10));
    },
  },
  {
    why: "silence that its sender does not transmit",
    play: (track) => {
      for (let i = 0; i < 10; i++) {
        track.wait(380);
        track.media([100 + i], { payload: 1 });
      }
      track.media(from(110, 20));
    },
  },
  {
    why: "payloads of nothing",
    play: (track) => track.media(from(100, 50), { payload: 0 }),
  },
  {
    why: "another payload type with a clock of its own",
    play: (track) => {
      track.media(from(100, 5), { payloadType: 13, shift: 7_000 });
      track.media(from(105, 20));
    },
  },
  {
    why: "another SSRC with timestamps of its own",
    play: (track) => {
      track.receiver.moveTo(77);
      track.media(from(9000, 20), { shift: 123_456 });
    },
  },
])("after $why, jitter is what it was, and nothing is lost", ({ play }) => {
  const track = new Track({ payloadTypes: [96] });
  track.media(from(50, 50));
  play(track);
  assertLess(track.receiver.jitterMs, 0.001);
  assertEquals(track.receiver.packetsLost, 0);
});

Deno.test("padding is no media: it begins none, and ends no silence", () => {
  const track = new Track();
  track.padding([1, 2]);
  assertEquals(track.receiver.firstAtMs, -1);
  track.media([3]);
  assertEquals(track.receiver.firstAtMs, track.nowMs - 20);
  track.wait(3000);
  track.padding([4]);
  assertEquals([track.receiver.silentMs(track.nowMs) >= 3000], [true]);
  assertEquals(track.receiver.resumedAtMs, -1);
  assertEquals(track.receiver.packetsReceived, 4);
});

Deno.test("a repair stream's padding, and repairs of what has come or is far away, repair nothing", () => {
  const { tracker, shown } = video();
  const nacks = new NackList();
  const track = new Track({ kind: "video", nacks, frames: tracker });
  track.frame(10, { isKey: true });
  track.frame(11);
  track.repair([]);
  track.repair([0]);
  for (const sequence of [10, 11, 11, 40_000, 12 + 300, 65_000]) {
    track.repair([sequence >> 8, sequence & 0xff, 0x10, 0x11]);
  }
  track.frame(12);
  const { receiver } = track;
  assertEquals([receiver.packetsRepaired, receiver.packetsLost], [0, 0]);
  assertEquals([receiver.packetsReceived, receiver.isStuck], [3, false]);
  assertEquals(shown(), 3);
  // One that is missing is.
  track.frame(14);
  track.repair([0, 13, 0x10, 0x11]);
  assertEquals([receiver.packetsRepaired, receiver.packetsLost], [1, 1]);
  assertEquals(shown(), 5);
});

Deno.test("nothing is asked for of a numbering that has ended", () => {
  for (const move of [true, false]) {
    const nacks = new NackList();
    const track = new Track({ kind: "video", nacks });
    track.media([1, 2, 5]);
    assertEquals(nacks.size, 2);
    if (move) track.receiver.moveTo(8);
    track.media([20_000, 20_001, 20_002]);
    assertEquals(nacks.size, 0);
    assertEquals(track.receiver.packetsLost, 2);
  }
});

Deno.test.each<{ why: string; marked: (i: number) => boolean; shown: number }>([
  { why: "every marker is missing", marked: () => false, shown: 9 },
  {
    why: "every other marker is missing",
    marked: (i) => i % 4 === 1,
    shown: 9,
  },
  {
    why: "the first marker is missing",
    marked: (i) => i % 2 === 1 && i > 2,
    shown: 10,
  },
])("when $why, a frame ends where the next one begins", ({ marked, shown }) => {
  const inOrder = video();
  const track = new Track({ kind: "video", frames: inOrder.tracker });
  const take = (one: Track, i: number) =>
    one.frame(i, {
      isKey: i === 0,
      isFirst: i % 2 === 0,
      timestamp: Math.floor(i / 2) * 3000,
      marker: marked(i),
    });
  for (let i = 0; i < 20; i++) take(track, i);
  assertEquals(inOrder.shown(), shown);
  // The same where packets overtake each other.
  const mixed = video();
  const other = new Track({ kind: "video", frames: mixed.tracker });
  take(other, 0);
  for (let i = 1; i < 19; i += 2) {
    take(other, i + 1);
    take(other, i);
  }
  take(other, 19);
  assertEquals(mixed.shown(), shown);
  assertEquals(mixed.tracker.framesDropped, 0);
});

Deno.test("without markers, a key frame helps after a loss as it does with them", () => {
  const { tracker, shown } = video();
  const track = new Track({ kind: "video", frames: tracker });
  const take = (i: number) =>
    track.frame(i, {
      isKey: i === 0 || i === 10,
      isFirst: i % 2 === 0,
      timestamp: Math.floor(i / 2) * 3000,
      marker: false,
    });
  for (let i = 0; i < 16; i++) if (i !== 4) take(i);
  // Of frame 1 nobody knows whether the lost packet was its last; frame 7 is still open.
  assertEquals([shown(), tracker.framesDropped], [3, 2]);
});

Deno.test("what comes under another payload type is no frame", () => {
  const { tracker, shown } = video();
  const track = new Track({
    kind: "video",
    frames: tracker,
    payloadTypes: [96],
  });
  track.frame(0, { isKey: true });
  track.frame(1, { payloadType: 102 });
  track.frame(2);
  assertEquals([shown(), track.receiver.packetsLost], [2, 0]);
});

Deno.test.each([
  { why: "none", descriptor: "10" },
  { why: "an empty extension", descriptor: "9000" },
  { why: "7 bits", descriptor: "908012" },
  { why: "15 bits", descriptor: "90808012" },
  { why: "7 bits, TL0PICIDX, TID and KEYIDX", descriptor: "90f0120341" },
  { why: "15 bits and a non-reference frame", descriptor: "b0e080120341" },
])(
  "frames with a picture id of $why are shown, their second partitions with them",
  ({ descriptor }) => {
    const { tracker, shown } = video();
    const track = new Track({ kind: "video", frames: tracker });
    const start = [...Uint8Array.fromHex(descriptor)];
    const rest = start.with(0, (start[0] & 0xef) | 0x02);
    track.raw(1, [...start, 0x10, 2, 0, 0x9d, 1, 0x2a], false, 0);
    track.raw(2, [...rest, 1, 2, 3], false, 0);
    track.raw(3, [...rest.with(0, rest[0] | 0x10), 1, 2, 3], true, 0);
    assertEquals([shown(), tracker.keyFramesShown], [1, 1]);
  },
);

function from(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}

function video() {
  const ignore = { record() {} };
  const rhythm = new FrameRhythm(
    { frameGap: ignore, timeToFirstFrame: ignore },
    0,
  );
  const tracker = new FrameTracker(new AtOnce(rhythm, 90_000), 90_000);
  return { tracker, shown: () => rhythm.figures({ nowMs: 0 }).framesRendered };
}

interface MediaOptions {
  readonly payloadType?: number;
  /** Bytes. */
  readonly payload?: number;
  /** Added to the timestamps. */
  readonly shift?: number;
}

/** A track whose packets come every 20 ms, with timestamps that fit. */
class Track {
  nowMs = 1000;
  readonly receiver: TrackReceiver;
  readonly #rtp = new RtpReader();
  #timestamp = 0;

  constructor(options: Partial<ReceiverOptions> = {}) {
    const ignore = { record() {} };
    this.receiver = new TrackReceiver({
      kind: "audio",
      ssrc: 7,
      clockRateHz: CLOCK_RATE_HZ,
      captureTimeId: 0,
      requestedAtMs: 0,
      openedMs: this.nowMs,
      meter: {
        counters: {
          packetsOutOfOrder: 0,
        },
        mediaLatency: ignore,
        firstPacket: ignore,
      },
      ...options,
    });
  }

  wait(ms: number): void {
    this.nowMs += ms;
  }

  media(sequences: readonly number[], options: MediaOptions = {}): void {
    const { payload = 30, payloadType = 96, shift = 0 } = options;
    for (const sequence of sequences) {
      const timestamp = (this.nowMs * CLOCK_RATE_HZ / 1000 + shift) | 0;
      const bytes = packet(sequence, timestamp, new Array(payload).fill(1));
      bytes[1] = payloadType;
      this.#take(bytes);
      if (payload > 0 && shift === 0) this.#timestamp = timestamp;
      this.nowMs += 20;
    }
  }

  /** Of padding alone, with the timestamp of the last media. */
  padding(sequences: readonly number[]): void {
    for (const sequence of sequences) {
      const bytes = packet(sequence, this.#timestamp, [0, 0, 0, 4]);
      bytes[0] |= 0x20;
      this.#take(bytes);
    }
  }

  /** A packet of VP8: a frame of its own, if nothing else is said. */
  frame(sequence: number, options: {
    readonly isKey?: boolean;
    readonly isFirst?: boolean;
    readonly marker?: boolean;
    readonly timestamp?: number;
    readonly payloadType?: number;
  } = {}): void {
    const { isKey = false, isFirst = true, marker = true } = options;
    const { timestamp = sequence * 3000, payloadType = 96 } = options;
    const payload = [isFirst ? 0x10 : 0, isKey ? 0x10 : 0x11, 2, 3];
    this.raw(sequence, payload, marker, timestamp, payloadType);
  }

  raw(
    sequence: number,
    payload: readonly number[],
    marker: boolean,
    timestamp: number,
    payloadType = 96,
  ): void {
    const bytes = packet(sequence, timestamp, payload);
    bytes[1] = payloadType | (marker ? 0x80 : 0);
    this.#take(bytes);
    this.nowMs += 20;
  }

  /** A packet of the repair stream. */
  repair(payload: readonly number[]): void {
    const bytes = packet(1, 0, payload);
    bytes[1] |= 0x80;
    this.#rtp.read(bytes, 0, bytes.length);
    this.receiver.receiveRepair(this.#rtp, this.#moment());
  }

  #take(bytes: Uint8Array): void {
    this.#rtp.read(bytes, 0, bytes.length);
    this.receiver.receive(this.#rtp, this.#moment());
  }

  #moment() {
    return { nowMs: this.nowMs, wallMs: this.nowMs };
  }
}

function packet(
  sequence: number,
  timestamp: number,
  payload: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x80, 96]);
  view.setUint16(2, sequence);
  view.setUint32(4, timestamp);
  view.setUint32(8, 7);
  bytes.set(payload, 12);
  return bytes;
}
