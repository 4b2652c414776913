import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLess,
} from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import { JitterEstimator } from "../../../../lib/media/receive/jitter_estimator.ts";

const BYTES = 4000;
/** What a receiver's own system is late by at most. */
const MIN_MS = 12;

interface Course {
  readonly frames: number;
  readonly fps?: number;
  /** How much later than the frame before a frame came, and its size. */
  readonly variationMs?: (index: number) => number;
  readonly bytes?: (index: number) => number;
}

/** Has the estimator see these frames, and returns it. */
function seen(
  { frames, fps = 30, variationMs = () => 0, bytes = () => BYTES }: Course,
  estimator = new JitterEstimator(),
): JitterEstimator {
  for (let i = 0; i < frames; i++) {
    estimator.take({
      variationMs: variationMs(i),
      takenMs: i * 1000 / fps,
      bytes: bytes(i),
    });
  }
  return estimator;
}

/** Normally distributed, by so much: the difference of two delays. */
function noise(deviationMs: number, seed = 1): (index: number) => number {
  const random = createRandom(seed, "noise");
  return () =>
    deviationMs * Math.sqrt(-2 * Math.log(1 - random())) *
    Math.cos(2 * Math.PI * random());
}

Deno.test("before any frame there is nothing to hold back for", () => {
  assertEquals(new JitterEstimator().estimateMs, 0);
});

Deno.test("a steady video is held back for no more than what a system is late by", () => {
  assertLess(seen({ frames: 300 }).estimateMs, MIN_MS);
});

Deno.test.each([
  { deviationMs: 5, estimateMs: 11 },
  { deviationMs: 20, estimateMs: 27 },
  { deviationMs: 50, estimateMs: 96 },
  { deviationMs: 100, estimateMs: 213 },
])(
  "jitter that deviates by $deviationMs ms is held back for by about $estimateMs ms",
  ({ deviationMs, estimateMs }) => {
    for (const seed of [1, 2, 3]) {
      const jitter = seen({
        frames: 1000,
        variationMs: noise(deviationMs, seed),
      });
      assertAlmostEquals(jitter.estimateMs, estimateMs, 4 + estimateMs / 5);
    }
  },
);

Deno.test.each([
  { why: "a slow network", msPerByte: 0.01, least: 20, most: 45 },
  { why: "a fast one", msPerByte: 0.0005, least: 10, most: 15 },
])(
  "what the largest frames take longer than others in $why is held back for",
  ({ msPerByte, least, most }) => {
    const random = createRandom(1, "sizes");
    const sizes = Array.from({ length: 2000 }, () => 2000 + 6000 * random());
    const { estimateMs } = seen({
      frames: 2000,
      bytes: (i) => sizes[i],
      variationMs: (i) => i === 0 ? 0 : msPerByte * (sizes[i] - sizes[i - 1]),
    });
    // From the average to the largest, 3,000 bytes, as far as that is learnt.
    assert(estimateMs > least && estimateMs < most);
  },
);

Deno.test("a single frame that comes two seconds late hardly counts", () => {
  const before = seen({ frames: 600, variationMs: noise(5) }).estimateMs;
  const { estimateMs } = seen({
    frames: 600,
    variationMs: (i) => i === 500 ? 2000 : noise(5)(i),
  });
  assertLess(estimateMs, before + 40);
});

Deno.test.each([
  { fps: 30, share: 1 },
  { fps: 10, share: 1 },
  { fps: 7.5, share: 0.5 },
  { fps: 4, share: 0 },
])(
  "at $fps frames a second, $share of the estimate is held back for",
  ({ fps, share }) => {
    const ofFull = (one: number) =>
      seen({ frames: 1000, fps: one, variationMs: noise(50) }).estimateMs;
    const relative = ofFull(fps) / ofFull(30);
    assertAlmostEquals(relative, share, 0.25);
    if (share === 0) assertEquals(relative, 0);
  },
);

Deno.test("what is forgotten is learnt anew", () => {
  const jitter = seen({ frames: 600, variationMs: noise(80) });
  jitter.reset();
  assertEquals(jitter.estimateMs, 0);
  assertLess(seen({ frames: 300 }, jitter).estimateMs, MIN_MS);
});

Deno.test("a frame without a size teaches nothing", () => {
  const jitter = seen({ frames: 300 });
  const { estimateMs } = jitter;
  jitter.take({ variationMs: 500, takenMs: 10_000, bytes: 0 });
  assertEquals(jitter.estimateMs, estimateMs);
});
