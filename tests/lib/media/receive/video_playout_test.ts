import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { FrameRhythm, VideoPlayout } from "../../../../lib/media/mod.ts";

const CLOCK_RATE_HZ = 90_000;
/** Begins so that timestamps wrap on the way. */
const FIRST_TIMESTAMP = -90_000;
const BYTES = 4000;
/** Whole milliseconds, for exact tables. */
const PERIOD_MS = 40;

/** One frame: when it was captured, and for how long it was under way after that. */
interface Sent {
  readonly atMs: number;
  readonly tookMs: number;
  readonly bytes?: number;
  readonly isRepaired?: boolean;
}

/** Has a viewer watch these frames, each of which can be decoded once those before it have come. */
function watch(
  frames: readonly Sent[],
  prepare: (playout: VideoPlayout) => void = () => {},
) {
  const shownMs: number[] = [];
  let lastMs = 0;
  const rhythm = new FrameRhythm({
    frameGap: { record: (us) => void shownMs.push(lastMs += us / 1000) },
    timeToFirstFrame: {
      record: (us) => void shownMs.push(lastMs = us / 1000),
    },
  }, 0);
  const playout = new VideoPlayout(rhythm, CLOCK_RATE_HZ);
  prepare(playout);
  let nowMs = 0;
  for (const { atMs, tookMs, ...frame } of frames) {
    const receivedMs = atMs + tookMs;
    nowMs = Math.max(nowMs, receivedMs);
    playout.push({
      nowMs,
      firstMs: receivedMs,
      receivedMs,
      timestamp: (FIRST_TIMESTAMP + atMs * 90) | 0,
      bytes: frame.bytes ?? BYTES,
      isRepaired: frame.isRepaired ?? false,
      isKey: false,
      layer: -1,
    });
  }
  const figures = playout.figures({ nowMs: nowMs + 500 });
  return { shownMs, figures, playout };
}

function steady(
  count: number,
  over: (index: number) => Partial<Sent> = () => ({}),
  periodMs = PERIOD_MS,
): Sent[] {
  return Array.from({ length: count }, (_, i) => ({
    atMs: i * periodMs,
    tookMs: 50,
    ...over(i),
  }));
}

/** From 0 to 1, the same each time. */
function noise(index: number): number {
  const x = Math.sin(index * 12.9898) * 43758.5453;
  return x - Math.floor(x);
}

function gaps(shownMs: readonly number[]): number[] {
  return shownMs.slice(1).map((ms, i) => ms - shownMs[i]);
}

Deno.test("a steady video is shown steadily, the first frame at once and the others a little later than they come", () => {
  const { shownMs, figures } = watch(steady(250));
  assertEquals(shownMs.length, 250);
  assertEquals(shownMs[0], 50);
  const [first, ...others] = gaps(shownMs);
  assertAlmostEquals(first, PERIOD_MS + 11, 1);
  for (const gap of others) assertAlmostEquals(gap, PERIOD_MS, 2);
  const { jitterBufferDelayMs, jitterBufferEmittedCount } = figures;
  assertEquals(jitterBufferEmittedCount, 250);
  const delayMs = jitterBufferDelayMs / jitterBufferEmittedCount;
  assert(delayMs > 5 && delayMs < 20);
});

Deno.test("jitter is taken out of what is shown, and costs delay", () => {
  const { shownMs, figures } = watch(
    steady(500, (i) => ({ tookMs: 50 + 60 * noise(i) })),
  );
  // Once it is learnt.
  const late = gaps(shownMs.slice(100));
  const came = gaps(
    steady(500).slice(100).map(({ atMs }, i) => atMs + 60 * noise(i + 100)),
  );
  const spread = (ms: readonly number[]) =>
    Math.sqrt(
      ms.reduce((sum, one) => sum + (one - PERIOD_MS) ** 2, 0) / ms.length,
    );
  assert(spread(late) < spread(came) / 2);
  assertEquals(figures.freezeCount, 0);
  assert(figures.jitterBufferDelayMs / 500 > 30);
});

Deno.test.each([
  { why: "inside the delay that goes with the sound", lateMs: 80, gapMs: 42 },
  { why: "later than that", lateMs: 130, gapMs: 90 },
  { why: "much later", lateMs: 400, gapMs: 360 },
])(
  "a repair that comes $lateMs ms late, $why, leaves a gap of about $gapMs ms",
  (one) => {
    const { shownMs } = watch(
      steady(
        200,
        (i) => i === 150 ? { tookMs: 50 + one.lateMs, isRepaired: true } : {},
      ),
      (playout) => void (playout.minDelayMs = 100),
    );
    assertAlmostEquals(Math.max(...gaps(shownMs.slice(120))), one.gapMs, 15);
  },
);

Deno.test.each([
  { why: "a stall of a third of a second", from: 150, ms: 333, freezeCount: 1 },
  { why: "a stall of two seconds", from: 150, ms: 2000, freezeCount: 1 },
  {
    why: "a burst: frames that come all at once after 120 ms",
    from: 150,
    ms: 120,
    freezeCount: 0,
  },
  {
    why: "a stall right after the first frames",
    from: 8,
    ms: 500,
    freezeCount: 1,
  },
])("$why: $freezeCount freezes, and every frame is shown", (one) => {
  // What is held up in it comes at its end, with what follows.
  const endMs = one.from * PERIOD_MS + one.ms + 50;
  const { figures } = watch(
    steady(300, (i) => ({
      tookMs: i < one.from ? 50 : Math.max(50, endMs - i * PERIOD_MS),
    })),
  );
  assertEquals(figures.freezeCount, one.freezeCount);
  assertEquals(figures.framesRendered, 300);
});

Deno.test("frames that a repair held up are shown as soon as it comes, and the video goes on in its rhythm", () => {
  const { shownMs } = watch(
    steady(200, (i) => i === 150 ? { tookMs: 300, isRepaired: true } : {}),
  );
  const repairedMs = 150 * PERIOD_MS + 300;
  assertAlmostEquals(shownMs[150], repairedMs, 0.01);
  // Five more had come by then.
  assertAlmostEquals(shownMs[155], repairedMs, 0.01);
  assertAlmostEquals(shownMs[160] - shownMs[159], PERIOD_MS, 8);
});

Deno.test("repairs teach nothing about the network's jitter", () => {
  const clean = watch(steady(300)).figures.jitterBufferDelayMs;
  const { figures, playout } = watch(
    steady(300, (i) => i % 30 === 20 ? { tookMs: 65, isRepaired: true } : {}),
  );
  assert(playout.targetDelayMs < 25);
  assertAlmostEquals(figures.jitterBufferDelayMs / 300, clean / 300, 3);
});

Deno.test.each([
  { why: "30 to 15 a second", before: 33, after: 66 },
  { why: "15 to 30 a second", before: 66, after: 33 },
  { why: "25 to 12.5 a second", before: 40, after: 80 },
])("a frame rate that goes from $why is no freeze", ({ before, after }) => {
  const slow = steady(100, undefined, before);
  const from = 100 * before;
  const { figures, shownMs } = watch([
    ...slow,
    ...steady(100, undefined, after).map((frame) => ({
      ...frame,
      atMs: from + frame.atMs,
    })),
  ]);
  assertEquals([figures.freezeCount, figures.framesRendered], [0, 200]);
  assertAlmostEquals(gaps(shownMs).at(-1)!, after, 5);
});

Deno.test.each([
  { why: "back by a minute", leapMs: -60_000 },
  { why: "on by a minute", leapMs: 60_000 },
  { why: "on by half of all timestamps", leapMs: 2 ** 31 / 90 },
])("timestamps that leap $why freeze nothing", ({ leapMs }) => {
  const { figures, shownMs } = watch([
    ...steady(150),
    ...steady(150).map((frame) => ({
      ...frame,
      atMs: 150 * PERIOD_MS + frame.atMs + leapMs,
      tookMs: 50 - leapMs,
    })),
  ]);
  assertEquals([figures.freezeCount, figures.framesRendered], [0, 300]);
  assert(gaps(shownMs).every((gap) => gap >= 0 && gap < 120));
});

Deno.test("a pause is no freeze, and what waits is shown before it", () => {
  const { playout } = watch(steady(100), (one) => void (one.minDelayMs = 300));
  const nowMs = 100 * PERIOD_MS + 50;
  playout.pause({ nowMs });
  assertEquals(playout.figures({ nowMs }).framesRendered, 100);
  playout.rhythm.resume({ nowMs: nowMs + 29_000 });
  const later = { nowMs: nowMs + 30_000 };
  assertEquals(playout.figures(later).freezeCount, 0);
});

Deno.test("what waits when a video ends is seen by nobody", () => {
  const rhythm = new FrameRhythm({
    frameGap: { record() {} },
    timeToFirstFrame: { record() {} },
  }, 0);
  const playout = new VideoPlayout(rhythm, CLOCK_RATE_HZ);
  playout.minDelayMs = 200;
  for (let i = 0; i < 50; i++) {
    const nowMs = i * PERIOD_MS;
    playout.push({
      nowMs,
      firstMs: nowMs,
      receivedMs: nowMs,
      timestamp: nowMs * 90,
      bytes: BYTES,
      isRepaired: false,
      isKey: false,
      layer: -1,
    });
  }
  playout.end({ nowMs: 49 * PERIOD_MS });
  assertEquals(playout.figures({ nowMs: 60_000 }).framesRendered, 45);
});

Deno.test("of more frames than a buffer has room for, the first are shown at once", () => {
  const { figures } = watch(
    steady(300, () => ({ tookMs: 0 })),
    (playout) => void (playout.minDelayMs = 9000),
  );
  // What has no room is shown early, and the rest waits.
  assertEquals(figures.framesRendered, 300 - 64);
});

Deno.test("where there is no room, none is shown after one that follows it", () => {
  const shown: number[] = [];
  const rhythm = new FrameRhythm({
    frameGap: { record: () => {} },
    timeToFirstFrame: { record: () => {} },
  }, 0);
  rhythm.show = (frame) => {
    shown.push((frame as unknown as { timestamp: number }).timestamp);
  };
  const playout = new VideoPlayout(rhythm, CLOCK_RATE_HZ);
  playout.minDelayMs = 9000;
  const insert = (frame: number) =>
    playout.insert({
      nowMs: 100 + frame,
      firstMs: 100,
      receivedMs: 100,
      timestamp: frame * 90,
      bytes: BYTES,
      isRepaired: false,
      isKey: false,
      layer: -1,
    });
  for (let frame = 0; frame < 65; frame++) insert(2 * frame + 2);
  assertEquals(insert(3), false);
  playout.figures({ nowMs: 60_000 });
  assertEquals(shown, shown.toSorted((a, b) => a - b));
});

/** A young video whose server stands still: what it had room for comes late, the rest is lost, and then a key frame. */
function stoppedServer(
  { warmMs, stillMs, fps, roomMs }: {
    readonly warmMs: number;
    readonly stillMs: number;
    readonly fps: number;
    readonly roomMs: number;
  },
): Sent[] {
  const endMs = warmMs + stillMs;
  return steady((endMs + 20_000) * fps / 1000, undefined, 1000 / fps)
    .flatMap(({ atMs, tookMs }, i) => {
      const jittered = tookMs + 4 * noise(i);
      if (atMs < warmMs || atMs >= endMs) return [{ atMs, tookMs: jittered }];
      if (atMs >= warmMs + roomMs) return [];
      return [{ atMs, tookMs: endMs - atMs + i / 100 }];
    });
}

Deno.test.each([
  { warmMs: 4000, stillMs: 4000, fps: 30, roomMs: 300 },
  { warmMs: 3000, stillMs: 3000, fps: 15, roomMs: 1000 },
  { warmMs: 6000, stillMs: 8000, fps: 60, roomMs: 600 },
  { warmMs: 90_000, stillMs: 5000, fps: 30, roomMs: 3000 },
])(
  "a server stands still for $stillMs ms after $warmMs of $fps frames a second: nothing froze longer than time passed, and pictures move again within three seconds of frames",
  (one) => {
    const rhythm = new FrameRhythm({
      frameGap: { record() {} },
      timeToFirstFrame: { record() {} },
    }, 0);
    const playout = new VideoPlayout(rhythm, CLOCK_RATE_HZ);
    let before = playout.figures({ nowMs: 0 });
    let lookMs = 0;
    let longestMs = 0;
    for (const { atMs, tookMs } of stoppedServer(one)) {
      const nowMs = atMs + tookMs;
      for (; lookMs < nowMs; lookMs += 1000) {
        const now = playout.figures({ nowMs: lookMs });
        assert(rhythm.lastMs <= lookMs, "shown in time to come");
        assert(now.playedMs <= lookMs);
        assert(now.playedMs >= before.playedMs);
        assert(now.totalFreezesDurationMs >= before.totalFreezesDurationMs);
        before = now;
      }
      if (atMs >= one.warmMs + one.stillMs) {
        longestMs = Math.max(longestMs, nowMs - rhythm.lastMs);
      }
      playout.push({
        nowMs,
        firstMs: nowMs,
        receivedMs: nowMs,
        timestamp: (atMs * 90) | 0,
        bytes: BYTES,
        isRepaired: false,
        isKey: false,
        layer: -1,
      });
      playout.settle();
    }
    assert(longestMs <= 3000 + 2000 / one.fps, `${longestMs} ms`);
  },
);

Deno.test.each([
  {
    why: "is paused",
    end: (one: VideoPlayout, nowMs: number) => one.pause({ nowMs }),
  },
  {
    why: "goes on with other timestamps",
    end: (one: VideoPlayout) => one.restart(),
  },
  {
    why: "was not looked at for a while",
    end: (one: VideoPlayout, nowMs: number) => one.leaveOut({ nowMs }),
  },
])(
  "frames that wait when a video $why are not shown in time to come",
  ({ end }) => {
    const { playout } = watch(
      steady(40, () => ({ tookMs: 0 })),
      (one) => void (one.minDelayMs = 2500),
    );
    const nowMs = 40 * PERIOD_MS;
    end(playout, nowMs);
    const { playedMs, framesRendered } = playout.figures({ nowMs });
    assertEquals(framesRendered, 40);
    assert(playedMs <= nowMs, `${playedMs} of ${nowMs} ms`);
  },
);

// What one at a time would find is what is found: with a look at every frame, seldom, and never.
Deno.test.each([
  { why: "a network that jitters", jitterMs: 60, lossRatio: 0 },
  { why: "repairs and stalls", jitterMs: 30, lossRatio: 0.05 },
  { why: "more late frames than are noted", jitterMs: 2500, lossRatio: 0.02 },
])("how often somebody looks changes nothing of what is shown: $why", (one) => {
  const show = (everyFrames: number) => {
    const gapsUs: number[] = [];
    const rhythm = new FrameRhythm({
      frameGap: { record: (us) => void gapsUs.push(us) },
      timeToFirstFrame: { record() {} },
    }, 0);
    const playout = new VideoPlayout(rhythm, CLOCK_RATE_HZ);
    let nowMs = 0;
    for (let i = 0; i < 600; i++) {
      const isRepaired = noise(i + 7000) < one.lossRatio;
      const receivedMs = i * PERIOD_MS + one.jitterMs * noise(i) +
        (isRepaired ? 300 : 0);
      nowMs = Math.max(nowMs, receivedMs);
      playout.push({
        nowMs,
        firstMs: receivedMs,
        receivedMs,
        timestamp: (FIRST_TIMESTAMP + i * PERIOD_MS * 90) | 0,
        bytes: BYTES + 500 * noise(i + 3000),
        isRepaired,
        isKey: false,
        layer: -1,
      });
      // A pause and a delay for the sound's sake fall where they fall.
      if (i === 210) playout.minDelayMs = 150;
      if (i === 400) playout.pause({ nowMs });
      if (i === 404) playout.rhythm.resume({ nowMs });
      if (i % everyFrames === 0) playout.settle();
    }
    const figures = playout.figures({ nowMs: nowMs + 500 });
    return { gapsUs, figures, delayMs: playout.targetDelayMs };
  };
  assertEquals(show(7), show(1));
  assertEquals(show(Infinity), show(1));
});

Deno.test("whether a frame was shown is known of those that are only noted, too", () => {
  const { playout } = watch(steady(40));
  for (const nowMs of [3000, 3100]) {
    playout.push({
      nowMs,
      firstMs: nowMs,
      receivedMs: nowMs,
      timestamp: (FIRST_TIMESTAMP + (nowMs - 50) * 90) | 0,
      bytes: BYTES,
      isRepaired: false,
      isKey: false,
      layer: -1,
    });
  }
  assert(playout.hasShownAfter(1000));
  assert(playout.hasShownAfter(2999));
  assert(!playout.hasShownAfter(3099));
});
