import { assertEquals } from "@std/assert";
import { FrameRhythm } from "../../../../lib/media/mod.ts";

const REQUESTED_MS = 900;

function watch(gapsMs: readonly number[]) {
  const gapsUs: number[] = [];
  const firstUs: number[] = [];
  const rhythm = new FrameRhythm({
    frameGap: { record: (us) => void gapsUs.push(us) },
    timeToFirstFrame: { record: (us) => void firstUs.push(us) },
  }, REQUESTED_MS);
  let nowMs = 1000;
  rhythm.show({ nowMs });
  for (const gapMs of gapsMs) rhythm.show({ nowMs: nowMs += gapMs });
  return { rhythm, gapsUs, firstUs, nowMs };
}

function steady(frames: number, gapMs = 40): number[] {
  return new Array(frames).fill(gapMs);
}

// At 25 frames a second 195.2 ms are the average with 29 others, and 150 ms.
Deno.test.each([
  {
    why: "a steady video",
    gaps: steady(100),
    freezeCount: 0,
    totalFreezesDurationMs: 0,
  },
  {
    why: "just too short",
    gaps: [...steady(30), 195],
    freezeCount: 0,
    totalFreezesDurationMs: 0,
  },
  {
    why: "the average and 150 ms",
    gaps: [...steady(30), 196],
    freezeCount: 1,
    totalFreezesDurationMs: 196,
  },
  {
    why: "at ten frames a second three times the average",
    gaps: [...steady(30, 100), 322, ...steady(30, 100), 323],
    freezeCount: 1,
    totalFreezesDurationMs: 323,
  },
  {
    why: "the average is that of the last 30, earlier frozen ones among them",
    // With 28 of 40 ms and one of 2,440 ms three times the average is 395.6 ms.
    gaps: [...steady(30), 2440, 395, ...steady(31), 196],
    freezeCount: 2,
    totalFreezesDurationMs: 2636,
  },
  {
    why: "the gap itself counts, so that the first ones may be longer",
    // 227.5 ms are the average with four of 40 ms, and 150 ms.
    gaps: [...steady(4), 227],
    freezeCount: 0,
    totalFreezesDurationMs: 0,
  },
  {
    why: "before five gaps nothing is known of the average",
    gaps: [...steady(3), 1999],
    freezeCount: 0,
    totalFreezesDurationMs: 0,
  },
  {
    why: "but two seconds are long whatever is known",
    gaps: [40, 2000, 40, 10_000],
    freezeCount: 2,
    totalFreezesDurationMs: 12_000,
  },
  {
    why: "with the fifth it is",
    gaps: [...steady(4), 10_000],
    freezeCount: 1,
    totalFreezesDurationMs: 10_000,
  },
])(
  "freezes, $why: $freezes",
  ({ gaps, freezeCount, totalFreezesDurationMs }) => {
    const { rhythm, nowMs } = watch(gaps);
    const figures = rhythm.figures({ nowMs });
    assertEquals([figures.freezeCount, figures.totalFreezesDurationMs], [
      freezeCount,
      totalFreezesDurationMs,
    ]);
    assertEquals(figures.framesRendered, gaps.length + 1);
    assertEquals(figures.playedMs, nowMs - 1000);
  },
);

Deno.test("the longest freeze is told, and every gap is recorded", () => {
  const gaps = [...steady(30), 500, ...steady(30), 400];
  const { rhythm, nowMs, gapsUs } = watch(gaps);
  assertEquals(rhythm.figures({ nowMs }).longestFreezeMs, 500);
  assertEquals(gapsUs, gaps.map((ms) => ms * 1000));
});

Deno.test.each([
  { why: "not yet", afterMs: 999, freezeCount: 0, totalFreezesDurationMs: 0 },
  {
    why: "from the first second on",
    afterMs: 1000,
    freezeCount: 1,
    totalFreezesDurationMs: 1000,
  },
  {
    why: "and on",
    afterMs: 5000,
    freezeCount: 1,
    totalFreezesDurationMs: 5000,
  },
])(
  "a freeze that goes on counts, $why",
  ({ afterMs, freezeCount, totalFreezesDurationMs }) => {
    const { rhythm, nowMs } = watch(steady(30));
    const figures = () => {
      const now = rhythm.figures({ nowMs: nowMs + afterMs });
      return [now.freezeCount, now.totalFreezesDurationMs, now.longestFreezeMs];
    };
    assertEquals(figures(), [
      freezeCount,
      totalFreezesDurationMs,
      totalFreezesDurationMs,
    ]);
    // What ends now leaves what was told.
    rhythm.pause({ nowMs: nowMs + afterMs });
    assertEquals(figures(), [
      freezeCount,
      totalFreezesDurationMs,
      totalFreezesDurationMs,
    ]);
    assertEquals(
      rhythm.figures({ nowMs: nowMs + 60_000 }).playedMs,
      1200 + totalFreezesDurationMs,
    );
  },
);

Deno.test.each([
  { why: "as long as its sender stands still", gapMs: 2500, freezeCount: 0 },
  { why: "a little longer", gapMs: 2649, freezeCount: 0 },
  { why: "longer than that", gapMs: 2650, freezeCount: 1 },
])("of a video that stands still itself, a gap $why: $freezes", (one) => {
  const { rhythm, nowMs } = watch(steady(30));
  rhythm.expectStills(2500);
  rhythm.show({ nowMs: nowMs + one.gapMs });
  const { freezeCount } = rhythm.figures({ nowMs: nowMs + one.gapMs });
  assertEquals(freezeCount, one.freezeCount);
});

Deno.test("a gap of such a video that goes on is a freeze a second after its sender should have gone on", () => {
  const { rhythm, nowMs } = watch(steady(30));
  rhythm.expectStills(2500);
  const freezeCount = [3499, 3500].map((ms) =>
    rhythm.figures({ nowMs: nowMs + ms }).freezeCount
  );
  assertEquals(freezeCount, [0, 1]);
});

Deno.test("of several freezes since a time, the first that ended is told", () => {
  // They end at 3300, 3840 and 4380.
  const freeze = [...steady(6), 300];
  const { rhythm } = watch([...steady(44), ...freeze, ...freeze, ...freeze]);
  const thaws = [0, 3300, 3301, 3841, 4381].map((ms) => rhythm.thawedSince(ms));
  assertEquals(thaws, [3300, 3300, 3840, 4380, -1]);
});

Deno.test("a freeze that went on and ends is one, over all its time", () => {
  const { rhythm, nowMs } = watch(steady(30));
  assertEquals(rhythm.figures({ nowMs: nowMs + 2000 }).freezeCount, 1);
  rhythm.show({ nowMs: nowMs + 3000 });
  const { freezeCount, totalFreezesDurationMs } = rhythm.figures({
    nowMs: nowMs + 3000,
  });
  assertEquals([freezeCount, totalFreezesDurationMs], [1, 3000]);
});

Deno.test("a pause is no freeze, and what was under way begins none", () => {
  const { rhythm, nowMs } = watch(steady(30));
  rhythm.pause({ nowMs: nowMs + 20 });
  rhythm.show({ nowMs: nowMs + 40 });
  rhythm.resume({ nowMs: nowMs + 8900 });
  rhythm.show({ nowMs: nowMs + 9000 });
  rhythm.show({ nowMs: nowMs + 9040 });
  const figures = rhythm.figures({ nowMs: nowMs + 9040 });
  assertEquals([figures.freezeCount, figures.framesRendered], [0, 34]);
  // The first one, the one that was under way, and the one after the pause.
  assertEquals(figures.videosBegun, 3);
  assertEquals(figures.playedMs, 1200 + 40);
});

Deno.test("the first frame counts from when the video was asked for", () => {
  const { rhythm, firstUs, nowMs } = watch(steady(3));
  assertEquals(firstUs, [100_000]);
  assertEquals(rhythm.figures({ nowMs }).firstFrameMs, 100);
});

Deno.test("the first frame of a video that was paused at first says nothing", () => {
  const firstUs: number[] = [];
  const rhythm = new FrameRhythm({
    frameGap: { record() {} },
    timeToFirstFrame: { record: (us) => void firstUs.push(us) },
  }, REQUESTED_MS);
  rhythm.pause({ nowMs: 950 });
  rhythm.resume({ nowMs: 59_000 });
  rhythm.show({ nowMs: 60_000 });
  assertEquals(firstUs, []);
  assertEquals(rhythm.figures({ nowMs: 60_000 }).firstFrameMs, null);
});

Deno.test.each<
  { showsMs: number[]; atMs: number; frozenMs: number; why: string }
>([
  { showsMs: [], atMs: 2999, frozenMs: 0, why: "a key frame may take a while" },
  { showsMs: [], atMs: 9000, frozenMs: 8000, why: "packets come to nothing" },
  {
    showsMs: [4500],
    atMs: 5000,
    frozenMs: 3500,
    why: "a picture came at last",
  },
  {
    showsMs: [1100, 1140],
    atMs: 8140,
    frozenMs: 7000,
    why: "it has shown two frames, and then no more",
  },
])(
  "of a video whose first packet came at 1 s, it stood still for $frozenMs ms by $atMs: $why",
  ({ showsMs, atMs, frozenMs }) => {
    const { rhythm } = fresh();
    rhythm.awaitFrames({ nowMs: 1000 });
    for (const nowMs of showsMs) rhythm.show({ nowMs });
    const figures = rhythm.figures({ nowMs: atMs });
    assertEquals([figures.totalFreezesDurationMs, figures.freezeCount], [
      frozenMs,
      frozenMs > 0 ? 1 : 0,
    ]);
    rhythm.pause({ nowMs: atMs });
    const after = rhythm.figures({ nowMs: 60_000 });
    assertEquals([after.totalFreezesDurationMs, after.playedMs], [
      frozenMs,
      figures.playedMs,
    ]);
  },
);

Deno.test("who goes on after a pause is waited for, unless its sender stands still for so long itself", () => {
  const { rhythm } = fresh();
  rhythm.expectStills(5000);
  rhythm.awaitFrames({ nowMs: 1000 });
  rhythm.show({ nowMs: 7000 });
  rhythm.pause({ nowMs: 7500 });
  rhythm.resume({ nowMs: 20_000 });
  assertEquals(rhythm.figures({ nowMs: 26_900 }).freezeCount, 0);
  assertEquals(rhythm.figures({ nowMs: 27_100 }).totalFreezesDurationMs, 7100);
});

Deno.test("the time in which nobody looked is not waited", () => {
  const { rhythm } = fresh();
  rhythm.leaveOut({ nowMs: 900 });
  assertEquals(rhythm.figures({ nowMs: 9000 }).freezeCount, 0);
  rhythm.awaitFrames({ nowMs: 10_000 });
  rhythm.leaveOut({ nowMs: 11_000 });
  assertEquals(rhythm.figures({ nowMs: 14_000 }).totalFreezesDurationMs, 3000);
});

function fresh() {
  const rhythm = new FrameRhythm({
    frameGap: { record() {} },
    timeToFirstFrame: { record() {} },
  }, REQUESTED_MS);
  return { rhythm };
}
