import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { ReceiveClock } from "../../../../lib/rtc/lane/receive_clock.ts";

const WALL_MS = 1_700_000_000_000;

/** Two clocks, one of which is set; drains come every 8 ms. */
class Clocks {
  nowMs = 500;
  setByMs = 0;
  /** How long reading the kernel's clock takes, the next times. */
  readonly tookMs: number[] = [];
  readonly receive = new ReceiveClock(
    () => this.nowMs,
    () => {
      this.nowMs += this.tookMs.shift() ?? 0;
      return this.kernelMs();
    },
  );

  kernelMs(): number {
    return WALL_MS + this.nowMs + this.setByMs;
  }

  /** What a lane does with a time. */
  arrivedMs(kernelMs: number): number {
    const { aheadMs, earliestMs, latestMs } = this.receive;
    const ms = kernelMs - aheadMs;
    return ms < earliestMs || ms > latestMs
      ? this.receive.correct(kernelMs)
      : ms;
  }
}

Deno.test.each([400, -400, 5000, -3_600_000, 7_200_000, 3, -3])(
  "what came is told by the steady clock while the wall clock is set by %d ms",
  (byMs) => {
    const clocks = new Clocks();
    let stamped: { trueMs: number; kernelMs: number }[] = [];
    for (let ms = 0; ms < 2000; ms++) {
      clocks.nowMs = 500 + ms;
      // Between two drains.
      if (ms === 1003) clocks.setByMs += byMs;
      stamped.push({ trueMs: clocks.nowMs, kernelMs: clocks.kernelMs() });
      if (ms % 8 !== 7) continue;
      clocks.receive.beginDrain();
      for (const { trueMs, kernelMs } of stamped) {
        const errorMs = Math.abs(clocks.arrivedMs(kernelMs) - trueMs);
        // A step that is shorter than the time between two drains shows in the one that it falls into.
        assert(errorMs <= (Math.abs(byMs) < 8 ? 3.001 : 0.001), `${errorMs}`);
      }
      stamped = [];
    }
  },
);

Deno.test("a clock that is set in the midst of a drain shifts nothing by more than that drain", () => {
  const clocks = new Clocks();
  clocks.receive.beginDrain();
  clocks.nowMs += 8;
  clocks.receive.beginDrain();
  for (const byMs of [400, -800]) {
    clocks.setByMs += byMs;
    const arrivedMs = clocks.arrivedMs(clocks.kernelMs());
    assert(Math.abs(arrivedMs - clocks.nowMs) <= 8, `${arrivedMs}`);
  }
});

Deno.test("a thread that was held up between reading both clocks does not take that for a step", () => {
  const clocks = new Clocks();
  const before = clocks.receive.aheadMs;
  clocks.tookMs.push(30, 12, 0, 0);
  clocks.receive.beginDrain();
  assertAlmostEquals(clocks.receive.aheadMs, before, 0.001);
});

Deno.test("what came while the thread stood still is told by the time that went on for it, and the rest by what it left out", () => {
  let nowMs = 1000;
  let stoodMs = 0;
  const clock = new ReceiveClock(
    () => nowMs,
    () => WALL_MS + nowMs,
    () => stoodMs,
  );
  const drained: number[] = [];
  for (const [ms, stood] of [[1008, 0], [3016, 2000], [3024, 2000]]) {
    nowMs = ms;
    stoodMs = stood;
    clock.beginDrain();
    drained.push(clock.stoodMs);
  }
  assertEquals(drained, [0, 0, 2000]);
});
