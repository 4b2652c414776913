import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { CaptureClock } from "../../../../lib/media/receive/capture_clock.ts";

const CLOCK_RATE_HZ = 90_000;
const PERIOD_MS = 40;

/** A video whose sender's clock runs by `drift` too fast, and whose frames take `delayMs` to come. */
class Sent {
  readonly clock = new CaptureClock(CLOCK_RATE_HZ);
  readonly #drift: number;
  readonly #first: number;
  readonly #periodMs: number;

  constructor({ drift = 0, first = 0, periodMs = PERIOD_MS } = {}) {
    this.#drift = drift;
    this.#first = first;
    this.#periodMs = periodMs;
  }

  capturedMs(index: number): number {
    return 1000 + index * this.#periodMs;
  }

  #timestamp(index: number): number {
    const units = index * this.#periodMs * 90 * (1 + this.#drift);
    return (this.#first + Math.round(units)) | 0;
  }

  /** These frames come, each so long after its capture. */
  come(from: number, to: number, delayMs: (index: number) => number): void {
    for (let i = from; i < to; i++) {
      this.clock.note({
        timestamp: this.#timestamp(i),
        receivedMs: this.capturedMs(i) + delayMs(i),
      });
    }
  }

  /** How long after its capture a frame would have come, by the clock. */
  delayOf(index: number, nowMs = NaN): number {
    this.clock.locate({ timestamp: this.#timestamp(index), nowMs });
    return this.clock.locatedMs - this.capturedMs(index);
  }
}

Deno.test("before any frame came, one would come now", () => {
  assertEquals(new Sent().delayOf(0, 1234), 234);
});

Deno.test("after one frame, the others come as long after it as their timestamps say", () => {
  const sent = new Sent();
  sent.come(0, 1, () => 70);
  assertAlmostEquals(sent.delayOf(3), 70, 1e-6);
});

Deno.test.each([
  { why: "that runs true", drift: 0, first: 0 },
  { why: "that runs fast", drift: 0.001, first: 0 },
  { why: "that runs slow", drift: -0.001, first: 0 },
  { why: "whose timestamps wrap", drift: 0, first: -400_000 },
  {
    why: "whose timestamps go from positive to negative",
    drift: 0,
    first: 0x7fff0000,
  },
])("a clock $why is known to a millisecond", ({ drift, first }) => {
  const sent = new Sent({ drift, first });
  sent.come(0, 500, () => 50);
  for (const index of [499, 500, 510]) {
    assertAlmostEquals(sent.delayOf(index), 50, 1);
  }
});

Deno.test("other frame rates are known as well", () => {
  for (const periodMs of [1000 / 60, 100]) {
    const sent = new Sent({ periodMs });
    sent.come(0, 300, () => 50);
    assertAlmostEquals(sent.delayOf(300), 50, 1);
  }
});

Deno.test("single frames that come late hardly move the line", () => {
  const sent = new Sent();
  sent.come(0, 500, (i) => i === 400 || i === 450 ? 350 : 50);
  assertAlmostEquals(sent.delayOf(500), 50, 6);
});

Deno.test("a lasting change of delay is followed at once, either way", () => {
  for (const afterMs of [450, 20]) {
    const beforeMs = afterMs > 100 ? 50 : 420;
    const sent = new Sent();
    sent.come(0, 300, () => beforeMs);
    sent.come(300, 306, () => afterMs);
    // Not yet: it may be a few frames only.
    assert(Math.abs(sent.delayOf(306) - beforeMs) < 60);
    sent.come(306, 700, () => afterMs);
    assertAlmostEquals(sent.delayOf(700), afterMs, 40);
  }
});

Deno.test("a frame that others overtook says nothing", () => {
  const sent = new Sent();
  sent.come(0, 200, () => 50);
  const before = sent.delayOf(200);
  sent.come(180, 181, () => 900);
  assertEquals(sent.delayOf(200), before);
});

Deno.test.each([
  { why: "for ten seconds nothing came", wait: 260, isAnew: true },
  { why: "for one second nothing came", wait: 25, isAnew: false },
])("what was learnt is forgotten where $why: $isAnew", ({ wait, isAnew }) => {
  const sent = new Sent();
  sent.come(0, 300, () => 50);
  sent.come(300 + wait, 301 + wait, () => 250);
  assertAlmostEquals(sent.delayOf(301 + wait), isAnew ? 250 : 50, 20);
});

Deno.test("after a reset everything is learnt anew", () => {
  const sent = new Sent();
  sent.come(0, 300, () => 50);
  sent.clock.reset();
  sent.come(300, 302, () => 300);
  assertAlmostEquals(sent.delayOf(303), 300, 1);
});
