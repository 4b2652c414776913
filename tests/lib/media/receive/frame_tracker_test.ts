import { assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { PACKETS, range, Watched } from "../frames.ts";

const starts = [0, 1, 100, 0x7fff, 0x8000, 0xfc00, 0xff00, 0xfffe, 0xffff]
  .map((start) => ({ start }));

Deno.test.each(starts)(
  "from $start, every frame is shown with its last packet, over more than a wrap",
  ({ start }) => {
    const watched = new Watched(start);
    const frames = 20_000;
    for (let i = 0; i < frames * PACKETS; i++) {
      const isLast = i % PACKETS === PACKETS - 1;
      assertEquals(watched.packet(i), isLast ? 1 : 0);
    }
    const { tracker } = watched;
    assertEquals(tracker.keyFramesShown, frames / 10);
    assertEquals([tracker.pictureIdJumps, tracker.timestampJumps], [0, 0]);
  },
);

Deno.test("a frame that is only predicted from is needed, and shown to nobody", () => {
  const watched = new Watched();
  const isHidden = (i: number) => Math.floor(i / PACKETS) === 3;
  const take = (i: number) => watched.packet(i, { isHidden: isHidden(i) });
  range(0, 3 * PACKETS).forEach(take);
  assertEquals(range(3 * PACKETS, 4 * PACKETS).map(take), [0, 0, 0, 0]);
  assertEquals(range(4 * PACKETS, 5 * PACKETS).map(take), [0, 0, 0, 1]);
  assertEquals(watched.tracker.pictureIdJumps, 0);
  const lossy = new Watched();
  for (const i of range(0, 5 * PACKETS)) {
    if (i !== 3 * PACKETS) lossy.packet(i, { isHidden: isHidden(i) });
  }
  assertEquals(lossy.shown, 3);
});

Deno.test.each(starts)(
  "from $start, frames come out whole whatever the order and however often packets come",
  ({ start }) => {
    const watched = new Watched(start);
    const random = createRandom(start, "order");
    const held: number[] = [];
    // One key frame: with a later one, nobody would wait for what is missing.
    const take = (i: number) => watched.packet(i, { isKey: i < PACKETS });
    for (let i = 0; i < 4000; i++) {
      // What comes before the first packet is not known of.
      if (i > 0 && random() < 0.3) held.push(i);
      else take(i);
      if (random() < 0.1) take(Math.max(0, i - 3));
      if (held.length > 6) {
        take(held.splice(Math.floor(random() * held.length), 1)[0]);
      }
    }
    held.reverse().forEach(take);
    assertEquals(watched.shown, 1000);
    const { tracker } = watched;
    assertEquals(tracker.keyFramesShown, 1);
    assertEquals([tracker.pictureIdJumps, tracker.timestampJumps], [0, 0]);
  },
);

// Frame 0 is packets 0 to 3, frame 1 is 4 to 7, and 10 begins at 40.
Deno.test.each([
  {
    why: "nothing before the first key frame",
    packets: [...range(4, 44)],
    shown: 1,
    dropped: 9,
  },
  {
    why: "a frame without its first packet, and those after it, not",
    packets: [...range(0, 4), ...range(5, 20)],
    shown: 1,
    dropped: 3,
  },
  {
    why: "a frame without its last packet, and those after it, not",
    packets: [...range(0, 7), ...range(8, 20)],
    shown: 1,
    dropped: 3,
  },
  {
    why: "a repair shows what waited for it",
    packets: [...range(0, 7), ...range(8, 20), 7],
    shown: 5,
    dropped: 0,
  },
  {
    why: "of two missing packets the first repair shows up to the second",
    packets: [...range(0, 5), 6, 7, ...range(8, 13), 14, 15, 5],
    shown: 3,
    dropped: 0,
  },
  {
    why: "the next key frame needs nothing",
    packets: [...range(0, 7), ...range(8, 48)],
    shown: 3,
    dropped: 8,
  },
  {
    why: "a key frame with a hole does not help, until it is repaired",
    packets: [...range(0, 7), ...range(8, 41), ...range(42, 48), 41],
    shown: 3,
    dropped: 8,
  },
  {
    why: "a key frame whose first packet is repaired last",
    packets: [...range(0, 7), ...range(8, 40), ...range(41, 48), 40],
    shown: 3,
    dropped: 8,
  },
  {
    why: "what is repaired after the key frame was shown is not shown any more",
    packets: [...range(0, 7), ...range(8, 48), 7],
    shown: 3,
    dropped: 8,
  },
  {
    why: "a second key frame where the first one stays broken",
    packets: [...range(0, 7), ...range(8, 41), ...range(42, 84)],
    shown: 2,
    dropped: 17,
  },
  {
    why: "a key frame while everything is there anyway",
    packets: range(0, 44),
    shown: 11,
    dropped: 0,
  },
  {
    why: "what came whole and is only predicted from is not dropped",
    packets: [...range(0, 7), ...range(8, 40)],
    isHidden: (i: number) => i >= 8 && i < 16,
    shown: 1,
    dropped: 6,
  },
])("$why: $shown frames", ({ packets, isHidden, shown, dropped }) => {
  const watched = new Watched(0xfff0);
  for (const i of packets) {
    watched.packet(i, { isHidden: isHidden?.(i) ?? false });
  }
  assertEquals(watched.shown, shown);
  // What is left waits for a repair until the track ends.
  watched.tracker.end({ nowMs: 500 });
  assertEquals(watched.tracker.framesDropped, dropped);
});

Deno.test("what waited for a repair is shown at once, when that comes", () => {
  const watched = new Watched();
  watched.packets([...range(0, 4), ...range(5, 16)]);
  assertEquals(watched.packet(4, { atMs: 500 }), 3);
  assertEquals(watched.gapsUs, [500_000, 0, 0]);
});

Deno.test("when over a thousand packets wait for one, it is given up", () => {
  const watched = new Watched();
  // Only the first frame is a key frame here.
  const later = (i: number) => watched.packet(i, { isKey: false });
  watched.packets(range(0, 4));
  range(5, 2000).forEach(later);
  assertEquals(watched.shown, 1);
  later(4);
  assertEquals(watched.shown, 1);
  watched.packets(range(2000, 2004));
  assertEquals(watched.shown, 2);
  // All but the first and the last, and the one that was never whole.
  assertEquals(watched.tracker.framesDropped, 498);
});

Deno.test.each([
  { why: "all there", packets: range(0, 8), asked: [], stuck: false },
  { why: "in a frame", packets: range(0, 6), asked: [], stuck: false },
  { why: "before any packet", packets: [], asked: [], stuck: false },
  { why: "in the first key frame", packets: [0, 1], asked: [], stuck: false },
  { why: "no key frame", packets: range(4, 12), asked: [], stuck: true },
  {
    why: "a hole that is asked for",
    packets: [...range(0, 5), 6],
    asked: [5],
    stuck: false,
  },
  {
    why: "a hole that is not",
    packets: [...range(0, 5), 6],
    asked: [],
    stuck: true,
  },
  {
    why: "a hole, and a key frame on its way",
    packets: [...range(0, 5), ...range(6, 42)],
    asked: [],
    stuck: false,
  },
  {
    why: "a hole, and a key frame with one that is asked for",
    packets: [...range(0, 5), ...range(6, 41), 42],
    asked: [41],
    stuck: false,
  },
  {
    why: "a hole, and a key frame with one that is not",
    packets: [...range(0, 5), ...range(6, 41), 42],
    asked: [],
    stuck: true,
  },
])(
  "only a key frame helps: $why, $stuck",
  ({ packets, asked, stuck }) => {
    const first = 0xfff0;
    const watched = new Watched(first);
    watched.packets(packets);
    for (const index of asked) {
      const sequence = first + index;
      watched.nacks.addGap(sequence - 1, sequence + 1);
    }
    assertEquals(watched.tracker.isStuck(watched.nacks), stuck);
    // Nobody would answer.
    watched.tracker.pause({ nowMs: 500 });
    assertEquals(watched.tracker.isStuck(watched.nacks), false);
  },
);

Deno.test.each([
  { when: "between frames", packets: 8 },
  { when: "within a frame", packets: 10 },
  { when: "after a hole", packets: 5 },
])(
  "a new numbering $when needs a key frame, and then goes on",
  ({ packets }) => {
    const watched = new Watched();
    watched.packets([...range(0, packets), packets + 1]);
    const before = watched.shown;
    watched.tracker.restart();
    const moved = (i: number) => watched.packet(i, { sequence: 30_000 + i });
    range(8, 12).forEach(moved);
    assertEquals(watched.shown, before);
    range(40, 48).forEach(moved);
    assertEquals(watched.shown, before + 2);
    const { keyFramesShown: keyFrames, pictureIdJumps, timestampJumps } =
      watched.tracker;
    assertEquals([keyFrames, pictureIdJumps, timestampJumps], [2, 0, 0]);
  },
);

Deno.test.each([
  { why: "the next", id: 2, jumps: 0 },
  { why: "the same", id: 1, jumps: 1 },
  { why: "the one after the next", id: 3, jumps: 1 },
  { why: "one from before", id: 0x7fff, jumps: 1 },
])("a picture id jumps, or not: $why", ({ id, jumps }) => {
  const watched = new Watched();
  watched.packets(range(0, 8));
  for (const i of range(8, 12)) watched.packet(i, { pictureId: id });
  assertEquals(watched.tracker.pictureIdJumps, jumps);
});

Deno.test("ids of frames that never came are no jump, and those after them go on", () => {
  const watched = new Watched();
  watched.packets([...range(0, 7), ...range(8, 48)]);
  assertEquals(watched.tracker.pictureIdJumps, 0);
  watched.packet(48, { pictureId: 99 });
  assertEquals(watched.tracker.pictureIdJumps, 1);
});

Deno.test("frames that come late and catch up do not jump; one that leads the others does", () => {
  const watched = new Watched();
  watched.packets(range(0, 8));
  const comes = (frame: number, atMs: number, aheadMs = 0) => {
    for (const i of range(frame * PACKETS, (frame + 1) * PACKETS)) {
      const timestamp = (frame * 40 + aheadMs) * 90;
      watched.packet(i, { atMs, timestamp, isKey: frame === 50 });
    }
    return watched.tracker.timestampJumps;
  };
  // The third comes two seconds late, and right after it what is on time.
  assertEquals([comes(2, 2080), comes(50, 2081)], [0, 0]);
  assertEquals([comes(51, 2120, 990), comes(52, 2160, 2000)], [0, 1]);
});

Deno.test.each([
  { why: "it stands still", stepMs: 0, gapMs: 40, jumps: 1 },
  { why: "it goes back", stepMs: -40, gapMs: 40, jumps: 1 },
  { why: "it goes with the clock", stepMs: 5000, gapMs: 5000, jumps: 0 },
  { why: "it leads by less", stepMs: 1039, gapMs: 40, jumps: 0 },
  { why: "it leads by over a second", stepMs: 1041, gapMs: 40, jumps: 1 },
])("a timestamp jumps, or not: $why", ({ stepMs, gapMs, jumps }) => {
  const watched = new Watched();
  watched.packets(range(0, 8));
  for (const i of range(8, 12)) {
    watched.packet(i, {
      timestamp: (40 + stepMs) * 90,
      atMs: 40 + gapMs,
    });
  }
  assertEquals(watched.tracker.timestampJumps, jumps);
});

Deno.test("a frame that a pause cut short is none, and the next one is whole", () => {
  const watched = new Watched();
  watched.packets(range(0, 6));
  watched.tracker.pause({ nowMs: 100 });
  watched.rhythm.resume({ nowMs: 110 });
  // The sender gave the rest of its frame up, and begins a key frame.
  for (const i of range(0, 4)) {
    watched.packet(40 + i, { sequence: 6 + i, pictureId: 2 });
  }
  assertEquals([watched.shown, watched.tracker.keyFramesShown], [2, 2]);
  assertEquals(watched.tracker.pictureIdJumps, 0);
});
