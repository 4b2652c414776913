/** A video in layers of time, of which packets are missing: what a viewer sees is what libwebrtc shows. */

import { assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { TemporalLayers } from "../../../../lib/media/send/temporal_layers.ts";
import { FRAME_MS, PACKETS, range, Watched } from "../frames.ts";

/** Frames come so long after they were captured. */
const WAY_MS = 50;
/** Later than anything waits for in a steady network. */
const FAR_MS = 10 * FRAME_MS;

/** Its frames from a key frame on, by libvpx's pattern 0 2 1 2 0 2 1 2; the middle layer and the first top frame after a key need only their base. */
class Layered extends Watched {
  readonly #layers: { readonly baseIndex: number; readonly bits: number }[];
  readonly #keyEvery: number;

  constructor(frames: number, keyEvery = Infinity, firstPicture = 0x7ff0) {
    super(0xff00, true);
    this.#keyEvery = keyEvery;
    this.#firstPicture = firstPicture;
    const layers = new TemporalLayers();
    this.#layers = range(0, frames).map((i) => {
      layers.next(this.#isKey(i));
      return { baseIndex: layers.baseIndex, bits: layers.bits };
    });
  }

  readonly #firstPicture: number;

  #isKey(frame: number): boolean {
    return frame === 0 || frame % this.#keyEvery === 0;
  }

  /** Lets a packet come, `lateMs` later than others; returns how many frames that shows. */
  layered(index: number, lateMs = 0): number {
    const frame = Math.floor(index / PACKETS);
    return this.packet(index, {
      pictureId: (this.#firstPicture + frame) & 0x7fff,
      isKey: this.#isKey(frame),
      layer: this.#layers[frame],
      atMs: frame * FRAME_MS + WAY_MS + lateMs,
    });
  }

  /** Its frames, of which those are there. */
  described(isThere: readonly boolean[]): Described[] {
    return this.#layers.map(({ baseIndex, bits }, i) => ({
      isThere: isThere[i],
      isKey: this.#isKey(i),
      baseIndex,
      tid: bits >> 6,
      isSync: (bits & 0x20) !== 0,
    }));
  }
}

/** A packet of a frame. */
function packetOf(frame: number, index = 1): number {
  return frame * PACKETS + index;
}

// Bases are 0, 4, 8 …, middle ones 2, 6, 10 …; 1, 2, 9, 10 … need only their
// base, and each other one the last of each layer up to its own.
Deno.test.each([
  { why: "the last top frame of a group", lost: [11], shown: 20 },
  { why: "a top frame with sync", lost: [9], shown: 19 },
  { why: "a middle frame with sync", lost: [10], shown: 19 },
  { why: "a middle frame without", lost: [14], shown: 22 },
  { why: "a base frame", lost: [12], shown: 12 },
  { why: "two top frames of two groups", lost: [5, 9], shown: 16 },
  { why: "nothing", lost: [], shown: 24 },
])(
  "without $why that never comes, $shown of 24 frames are shown",
  ({ lost, shown }) => {
    const video = new Layered(24);
    const isLost = (i: number) => lost.some((frame) => i === packetOf(frame));
    for (const i of range(0, 24 * PACKETS)) if (!isLost(i)) video.layered(i);
    assertEquals(video.shownAt(24 * FRAME_MS + 1000), shown);
    assertEquals(video.tracker.pictureIdJumps, 0);
    assertEquals(video.tracker.timestampJumps, 0);
  },
);

Deno.test("a base frame is not held up by a top frame that is missing", () => {
  const video = new Layered(40);
  const hole = packetOf(31, 3);
  for (const i of range(0, packetOf(33, 0))) if (i !== hole) video.layered(i);
  const cameMs = 32 * FRAME_MS + WAY_MS;
  // All but the broken one, a moment after it came.
  assertEquals(video.shownAt(cameMs + 25), 32);
});

Deno.test.each([
  { why: "of its own time", lateMs: 5, shown: 40 },
  { why: "far too late", lateMs: FAR_MS, shown: 36 },
])("a repair $why shows $shown of 40 frames", ({ lateMs, shown }) => {
  const video = new Layered(40);
  const hole = packetOf(27);
  const laterFrames = Math.floor(lateMs / FRAME_MS);
  for (const i of range(0, 40 * PACKETS)) {
    if (i !== hole) video.layered(i);
    if (i === packetOf(28 + laterFrames, 0) - 1) video.layered(hole, lateMs);
  }
  assertEquals(video.shownAt(40 * FRAME_MS + 1000), shown);
});

Deno.test("frames are shown in their order, also with one that came behind those after it", () => {
  const video = new Layered(40);
  const order = [
    ...range(0, packetOf(26, 0)),
    ...range(packetOf(28, 0), packetOf(29, 0)),
    ...range(packetOf(26, 0), packetOf(28, 0)),
    ...range(packetOf(29, 0), packetOf(40, 0)),
  ];
  // All at once: 28 is a base frame, and what it overtook is still due.
  for (const i of order) {
    const frame = Math.floor(i / PACKETS);
    const lateMs = frame === 26 || frame === 27 ? (28 - frame) * FRAME_MS : 0;
    video.playout.minDelayMs = 200;
    video.layered(i, lateMs);
  }
  assertEquals(video.shownAt(40 * FRAME_MS + 1000), 40);
  for (const us of video.gapsUs.slice(30)) assertEquals(us > 0, true);
  assertEquals(video.tracker.framesDropped, 0);
});

Deno.test.each([
  { why: "a top frame", frame: 27, isStuck: false, goesOn: true },
  { why: "a middle frame", frame: 26, isStuck: false, goesOn: true },
  { why: "a base frame", frame: 28, isStuck: true, goesOn: false },
])(
  "where nobody repairs, a hole in $why needs a key frame: $isStuck",
  ({ frame, isStuck, goesOn }) => {
    const video = new Layered(60);
    for (const i of range(0, packetOf(34, 0))) {
      if (i !== packetOf(frame)) video.layered(i);
    }
    assertEquals(video.tracker.isStuck(undefined), isStuck);
    const before = video.shownAt(34 * FRAME_MS + 1000);
    for (const i of range(packetOf(34, 0), 60 * PACKETS)) video.layered(i);
    assertEquals(video.shownAt(60 * FRAME_MS + 1000) > before, goesOn);
  },
);

Deno.test("what is missing of a top layer is asked for until a later frame is shown, and not after", () => {
  const video = new Layered(60);
  const hole = packetOf(27);
  const sequenceOf = (i: number) => (0xff00 + i) & 0xffff;
  for (const i of range(0, packetOf(28, 0))) if (i !== hole) video.layered(i);
  assertEquals(video.tracker.neededSequence, sequenceOf(hole));
  for (const i of range(packetOf(28, 0), packetOf(36, 0))) video.layered(i);
  assertEquals(
    ((video.tracker.neededSequence - sequenceOf(hole)) & 0xffff) > 4,
    true,
  );
});

Deno.test("a key frame ends what a missing base frame holds up", () => {
  const video = new Layered(48, 24);
  for (const i of range(0, 48 * PACKETS)) {
    if (i !== packetOf(12)) video.layered(i);
  }
  assertEquals(video.shownAt(48 * FRAME_MS + 1000), 12 + 24);
  assertEquals(video.tracker.framesDropped, 11);
});

Deno.test("repeated packets of frames that were shown early show nothing twice", () => {
  const video = new Layered(40);
  for (const i of range(0, 40 * PACKETS)) {
    if (i === packetOf(27)) continue;
    video.layered(i);
    video.layered(i);
    if (i > 4 && i - 4 !== packetOf(27)) video.layered(i - 4);
  }
  assertEquals(video.shownAt(40 * FRAME_MS + 1000), 36);
});

interface LateCase {
  readonly why: string;
  readonly frame: number;
  /** So much later than others. */
  readonly lateMs: number;
  /** How long frames are held back. */
  readonly delayMs: number;
  readonly shown: number;
}

// 24 and 28 are bases, 26 and 30 middle ones; 25, 26 need only their base.
const LATE_CASES: readonly LateCase[] = [
  {
    why: "a base frame, as two of upper layers after it are late as well",
    frame: 28,
    lateMs: 90,
    delayMs: 0,
    shown: 38,
  },
  {
    why:
      "a base frame with frames after it that need only that, and then top ones that need the late one",
    frame: 24,
    lateMs: 90,
    delayMs: 0,
    shown: 36,
  },
  {
    why: "a base frame, and only one that is late is there",
    frame: 28,
    lateMs: 50,
    delayMs: 0,
    shown: 40,
  },
  {
    why: "a middle frame, as the next base frame is there",
    frame: 30,
    lateMs: 85,
    delayMs: 60,
    shown: 38,
  },
  {
    why: "a middle frame, and nothing is there that does without",
    frame: 30,
    lateMs: 70,
    delayMs: 60,
    shown: 40,
  },
  {
    why: "a middle frame that is in time",
    frame: 30,
    lateMs: 85,
    delayMs: 120,
    shown: 40,
  },
  {
    why: "a top frame, as a middle one after it is there",
    frame: 29,
    lateMs: 45,
    delayMs: 20,
    shown: 38,
  },
];

Deno.test.each(LATE_CASES)(
  "$shown of 40 frames are shown where $lateMs ms late comes $why",
  ({ frame, lateMs, delayMs, shown }: LateCase) => {
    const video = new Layered(40);
    video.playout.minDelayMs = delayMs;
    const late = packetOf(frame);
    const cameMs = (i: number) =>
      Math.floor(i / PACKETS) * FRAME_MS + (i === late ? lateMs : 0);
    const inOrder = range(0, 40 * PACKETS)
      .sort((a, b) => cameMs(a) - cameMs(b) || a - b);
    for (const i of inOrder) video.layered(i, i === late ? lateMs : 0);
    assertEquals(video.shownAt(40 * FRAME_MS + 1000), shown);
    assertEquals(video.tracker.framesDropped, 40 - shown);
  },
);

Deno.test("once a layer has begun anew, nothing of it is left out any more", () => {
  const video = new Layered(80);
  const late = packetOf(28);
  const order = range(0, 80 * PACKETS).filter((i) => i !== late);
  order.splice(packetOf(31, 0) - 1, 0, late);
  for (const i of order) {
    video.layered(i, i === late ? 2 * FRAME_MS + 10 : 0);
  }
  const { gapsUs } = video;
  const longMs = gapsUs.slice(-40).map((us) => Math.round(us / 1000));
  assertEquals(longMs, longMs.map(() => FRAME_MS));
});

/** Which of these frames a browser shows where some never come, by the rules of libwebrtc's reference finder, told from the beginning for each. */
function shownByRules(frames: readonly Described[]): number {
  const shown = new Set<number>();
  // The last frame of each layer, and the last base.
  let layers = [-1, -1, -1];
  let base = -1;
  for (
    const [i, { isThere, isKey, baseIndex, tid, isSync }] of frames.entries()
  ) {
    if (!isThere) continue;
    const needed = isKey
      ? []
      : tid === 0
      ? [layers[0]]
      : isSync
      ? [layers[0]]
      : layers.slice(0, tid + 1);
    const step = isKey ? 0 : (baseIndex - base) & 0xff;
    const isOnBase = isKey || step === (tid === 0 ? 1 : 0);
    const isWholeSince = isKey || tid === 0 || isSync ||
      needed.every((from) =>
        range(from + 1, i).every((between) => shown.has(between))
      );
    if (!isOnBase || !isWholeSince) continue;
    if (needed.some((one) => !shown.has(one))) continue;
    shown.add(i);
    if (isKey) layers = [-1, -1, -1];
    layers[tid] = i;
    if (tid === 0) base = baseIndex;
  }
  return shown.size;
}

interface Described {
  readonly isThere: boolean;
  readonly isKey: boolean;
  readonly baseIndex: number;
  readonly tid: number;
  readonly isSync: boolean;
}

Deno.test.each([
  { lossRatio: 0.005, keyEvery: Infinity },
  { lossRatio: 0.005, keyEvery: 50 },
  { lossRatio: 0.02, keyEvery: 50 },
  { lossRatio: 0.1, keyEvery: 20 },
  { lossRatio: 0.3, keyEvery: 7 },
])(
  "of packets lost at random, $lossRatio of all, with a key frame every $keyEvery frames, what can be decoded is shown and nothing else",
  ({ lossRatio, keyEvery }) => {
    const frames = 600;
    for (let seed = 1; seed <= 6; seed++) {
      const random = createRandom(seed, "loss");
      const video = new Layered(frames, keyEvery);
      const isThere = Array.from({ length: frames }, () => true);
      for (const i of range(0, frames * PACKETS)) {
        // The first one tells of the stream.
        if (i >= PACKETS && random() < lossRatio) {
          isThere[Math.floor(i / PACKETS)] = false;
        } else video.layered(i);
      }
      const shown = video.shownAt(frames * FRAME_MS + 2000);
      assertEquals(shown, shownByRules(video.described(isThere)));
      assertEquals(video.tracker.pictureIdJumps, 0);
    }
  },
);

// Base frames are 36 and 40, and 41 is a key frame.
Deno.test.each([
  { why: "before its time", frame: 40, lateMs: 25, shown: 60, dropped: 0 },
  { why: "far too late", frame: 36, lateMs: FAR_MS, shown: 55, dropped: 4 },
  { why: "never", frame: 36, lateMs: Infinity, shown: 55, dropped: 4 },
])(
  "a repair of what is missing before a key frame, which comes after it, $why: $shown of 60 frames are shown",
  ({ frame, lateMs, shown, dropped }) => {
    for (const isInLayers of [true, false]) {
      const video = new Layered(60, 41);
      video.playout.minDelayMs = 120;
      const take = (i: number, lateMs = 0) =>
        isInLayers ? video.layered(i, lateMs) : video.packet(i, {
          isKey: i < PACKETS || Math.floor(i / PACKETS) === 41,
          atMs: Math.floor(i / PACKETS) * FRAME_MS + WAY_MS + lateMs,
        });
      const hole = packetOf(frame);
      const repairMs = 41 * FRAME_MS + WAY_MS + lateMs;
      let isRepaired = false;
      for (const i of range(0, 60 * PACKETS)) {
        const atMs = Math.floor(i / PACKETS) * FRAME_MS + WAY_MS;
        if (atMs > repairMs && !isRepaired) {
          take(hole, repairMs - frame * FRAME_MS - WAY_MS);
          isRepaired = true;
        }
        if (i !== hole) take(i);
        const hasKey = atMs >= 42 * FRAME_MS + WAY_MS;
        if (hasKey) assertEquals(video.tracker.isStuck(video.nacks), false);
      }
      assertEquals(video.shownAt(60 * FRAME_MS + 1000), shown);
      const { framesDropped, keyFramesShown } = video.tracker;
      assertEquals([framesDropped, keyFramesShown], [dropped, 2]);
    }
  },
);

Deno.test.each([
  { lossRatio: 0.01, keyEvery: 50 },
  { lossRatio: 0.05, keyEvery: 10 },
  { lossRatio: 0.1, keyEvery: 25 },
  { lossRatio: 0.2, keyEvery: 4 },
])(
  "of packets lost at random, $lossRatio of all, of which two of three come again in time, with a key frame every $keyEvery frames, what can be decoded is shown and nothing else",
  ({ lossRatio, keyEvery }) => {
    const frames = 600;
    const count = frames * PACKETS;
    const frameOf = (i: number) => Math.floor(i / PACKETS);
    for (let seed = 1; seed <= 12; seed++) {
      const random = createRandom(seed, "loss");
      const video = new Layered(frames, keyEvery);
      const isInLayers = seed % 2 === 0;
      // Longer than any repair takes.
      video.playout.minDelayMs = 400;
      const lateMs = range(0, count).map((i) =>
        i < PACKETS || random() >= lossRatio
          ? 0
          : random() < 1 / 3
          ? Infinity
          : 20 + 200 * random()
      );
      const cameMs = (i: number) => frameOf(i) * FRAME_MS + lateMs[i];
      const coming = range(0, count).filter((i) => lateMs[i] < Infinity)
        .sort((a, b) => cameMs(a) - cameMs(b) || a - b);
      for (const i of coming) {
        if (isInLayers) video.layered(i, lateMs[i]);
        else {
          video.packet(i, {
            isKey: frameOf(i) % keyEvery === 0,
            atMs: cameMs(i) + WAY_MS,
          });
        }
      }
      const isThere = range(0, frames).map((frame) =>
        range(0, PACKETS).every((i) => lateMs[packetOf(frame, i)] < Infinity)
      );
      let isShown = false;
      const inARow = isThere.filter((isWhole, frame) =>
        isShown = isWhole && (isShown || frame % keyEvery === 0)
      ).length;
      assertEquals(
        video.shownAt(frames * FRAME_MS + 2000),
        isInLayers ? shownByRules(video.described(isThere)) : inARow,
      );
      video.tracker.end({ nowMs: frames * FRAME_MS + 2000 });
      const { framesDropped, pictureIdJumps, timestampJumps } = video.tracker;
      assertEquals([pictureIdJumps, timestampJumps], [0, 0]);
      if (isInLayers) {
        continue;
      }
      assertEquals(framesDropped, isThere.filter(Boolean).length - inARow);
    }
  },
);
