/** A key frame that has come, and waits for its time behind something missing. */

import { assertEquals } from "@std/assert";
import { FRAME_MS, PACKETS, range, Watched } from "../frames.ts";

const WAY_MS = 50;
/** Of frame 10; frame 12 is a key frame. */
const HOLE = 10 * PACKETS + 1;
const KEY = 12;

/** Each frame is shown so long after it has come. */
function waiting(delayMs: number): Watched {
  const video = new Watched(0xff00, true);
  video.playout.minDelayMs = delayMs;
  return video;
}

/** Lets these packets come in their order, each at its time. */
function send(
  video: Watched,
  packets: readonly number[],
  over: Parameters<Watched["packet"]>[1] = {},
): void {
  for (const i of packets) {
    const frame = Math.floor(i / PACKETS);
    video.packet(i, {
      isKey: frame === 0 || frame === KEY,
      atMs: frame * FRAME_MS + WAY_MS,
      ...over,
    });
  }
}

function without(count: number, ...holes: readonly number[]): number[] {
  return range(0, count * PACKETS).filter((i) => !holes.includes(i));
}

Deno.test("behind a hole that is not asked for, only another key frame helps, though one still waits for its time", () => {
  const video = waiting(500);
  const hole = (KEY + 1) * PACKETS + 1;
  send(video, without(KEY + 3, HOLE, hole));
  assertEquals(video.tracker.isStuck(video.nacks), true);
  const sequence = 0xff00 + hole;
  video.nacks.addGap((sequence - 1) & 0xffff, (sequence + 1) & 0xffff);
  assertEquals(video.tracker.isStuck(video.nacks), false);
});

Deno.test("when over a thousand packets come before its time, it and what follows it are shown", () => {
  const video = waiting(1000);
  const packets = 40;
  const frames = 60;
  for (const i of range(0, frames * packets)) {
    const frame = Math.floor(i / packets);
    if (i === 10 * packets + 1) continue;
    video.packet(i, {
      timestamp: frame * FRAME_MS * 90,
      pictureId: frame,
      isFirst: i % packets === 0,
      isLast: i % packets === packets - 1,
      isKey: frame === 0 || frame === KEY,
      atMs: frame * FRAME_MS + WAY_MS,
    });
  }
  assertEquals(video.shownAt(10_000), frames - 2);
  const { framesDropped, keyFramesShown } = video.tracker;
  assertEquals([framesDropped, keyFramesShown], [1, 2]);
});

Deno.test("timestamps that leap back with it freeze nothing", () => {
  const video = waiting(0);
  send(video, without(KEY, HOLE));
  for (const i of range(KEY * PACKETS, 60 * PACKETS)) {
    const frame = Math.floor(i / PACKETS);
    send(video, [i], { timestamp: (frame - 200) * FRAME_MS * 90 });
  }
  assertEquals(video.shownAt(10_000), 60 - 2);
  assertEquals(video.tracker.timestampJumps, 1);
});

Deno.test.each(
  [
    { why: "is paused", end: "pause" },
    { why: "was not looked at", end: "leaveOut" },
  ] as const,
)(
  "of a video that $why, a repair from before what was shown then comes too late",
  ({ end }) => {
    const video = waiting(500);
    const moment = { nowMs: (KEY + 4) * FRAME_MS + WAY_MS };
    send(video, without(KEY + 4, HOLE));
    video.tracker[end](moment);
    // All but the one with a hole, and the one that needs it.
    const shown = video.shownAt(moment.nowMs);
    assertEquals(shown, KEY + 4 - 2);
    const { neededSequence } = video.tracker;
    assertEquals(neededSequence, (0xff00 + (KEY + 4) * PACKETS) & 0xffff);
    send(video, [HOLE], { atMs: moment.nowMs + 5 });
    assertEquals(video.shownAt(moment.nowMs + 2000), shown);
    assertEquals(video.tracker.framesDropped, 1);
    send(video, range((KEY + 4) * PACKETS, (KEY + 8) * PACKETS));
    assertEquals(video.shownAt(moment.nowMs + 4000), shown + 4);
  },
);

Deno.test("a repair that is the first packet after its time drops what waited for it", () => {
  const video = waiting(100);
  send(video, without(KEY + 1, HOLE));
  send(video, [HOLE], { atMs: (KEY + 1) * FRAME_MS + 400 });
  assertEquals(video.shownAt(10_000), KEY + 1 - 2);
  assertEquals(video.tracker.framesDropped, 1);
});

Deno.test("what comes before the first frame in layers needs all before it", () => {
  const video = waiting(0);
  send(video, without(KEY, HOLE));
  const layer = { baseIndex: 1, bits: 0x40 };
  send(video, range(KEY * PACKETS, 20 * PACKETS), { isKey: false, layer });
  assertEquals(video.shownAt(10_000), 10);
});

Deno.test("of a video in layers, timestamps that leap back with a key frame freeze nothing", () => {
  const video = waiting(0);
  for (const i of range(0, 60 * PACKETS)) {
    const frame = Math.floor(i / PACKETS);
    const bits = frame % 2 === 0 ? 0x20 : 0x60;
    const leap = frame < KEY ? 0 : 200;
    send(video, [i], {
      timestamp: (frame - leap) * FRAME_MS * 90,
      layer: { baseIndex: frame >> 1, bits },
    });
  }
  assertEquals(video.shownAt(10_000), 60);
  const { keyFramesShown, timestampJumps } = video.tracker;
  assertEquals([keyFramesShown, timestampJumps], [2, 1]);
});
