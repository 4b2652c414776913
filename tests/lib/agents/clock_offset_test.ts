import { assert, assertEquals, assertLess } from "@std/assert";
import {
  type Exchange,
  OffsetBounds,
  RunClock,
} from "../../../lib/agents/clock_offset.ts";
import { createRandom } from "../../../lib/load/mod.ts";

/** Two machines: the clock of the other goes its own way. */
class Machines {
  nowMs = 0;
  readonly #random: () => number;

  constructor(
    readonly aheadAt: (nowMs: number) => number,
    readonly busyMs: number,
    readonly lost = 0,
    seed = 1,
  ) {
    this.#random = createRandom(seed, "clock");
  }

  /** How far the other's is ahead. */
  get aheadMs(): number {
    return this.aheadAt(this.nowMs);
  }

  ask(): Promise<Exchange | undefined> {
    if (this.#random() < this.lost) {
      this.nowMs += 100;
      return Promise.resolve(undefined);
    }
    const askedMs = this.nowMs;
    this.#pass();
    const receivedMs = this.nowMs + this.aheadMs;
    this.nowMs += this.#random() * 3;
    const sentMs = this.nowMs + this.aheadMs;
    this.#pass();
    return Promise.resolve(
      { askedMs, receivedMs, sentMs, heardMs: this.nowMs },
    );
  }

  #pass(): void {
    this.nowMs += 0.3 + this.#random() * this.busyMs;
  }
}

Deno.test.each([
  { aheadMs: 5_000, busyMs: 0, lost: 0, why: "one that was never set" },
  { aheadMs: -80, busyMs: 0, lost: 0, why: "one that is a little behind" },
  { aheadMs: -80, busyMs: 40, lost: 0, why: "a machine that is busy" },
  { aheadMs: 3_600_000, busyMs: 40, lost: 0.5, why: "a link that loses half" },
])(
  "a clock that is $aheadMs ms ahead is found to be, within the bound: $why",
  async ({ aheadMs, busyMs, lost }) => {
    const machines = new Machines(() => aheadMs, busyMs, lost);
    const clock = new RunClock(() => machines.nowMs);
    await clock.compare(() => machines.ask(), () => false);
    const { boundMs } = clock.look()!;
    assertLess(Math.abs(clock.aheadMs - aheadMs), boundMs! + 1e-6);
    assertLess(boundMs!, 0.4 + busyMs / 4);
  },
);

Deno.test.each([
  { ppm: 100, minutes: 60, mostMs: 3, why: "two clocks of which one is bad" },
  { ppm: -100, minutes: 60, mostMs: 3, why: "the other one is" },
  { ppm: 15, minutes: 240, mostMs: 3, why: "as NTP lets them" },
  { ppm: 190, minutes: 30, mostMs: 4, why: "both are bad, and apart" },
])(
  "clocks that run apart by $ppm ppm are followed for $minutes min, without a step: $why",
  async ({ ppm, minutes, mostMs }) => {
    const machines = new Machines((nowMs) => 5_000 + nowMs * ppm / 1e6, 4);
    const clock = new RunClock(() => machines.nowMs);
    await clock.compare(() => machines.ask(), () => false);
    let before = { aheadMs: clock.look()!.aheadMs!, nowMs: machines.nowMs };
    for (let i = 0; i < minutes * 60; i++) {
      machines.nowMs += 1000;
      clock.take((await machines.ask())!, false);
      const { aheadMs, boundMs, leaps } = clock.look()!;
      const { nowMs } = machines;
      assertLess(Math.abs(-aheadMs! - machines.aheadMs), boundMs! + 1e-6);
      assertLess(boundMs!, mostMs);
      assertEquals(leaps, 0);
      const perMs = (aheadMs! - before.aheadMs) / (nowMs - before.nowMs);
      assertLess(Math.abs(perMs), 0.000501);
      before = { aheadMs: aheadMs!, nowMs };
    }
    assertEquals(clock.roundTrips.count, minutes * 60);
  },
);

Deno.test.each([
  { leapMs: 40, at: "a clock that was set" },
  { leapMs: -5_000, at: "a machine that slept" },
])(
  "what does not run but leaps is told, and the bound tells by how much it is wrong: $at",
  async ({ leapMs }) => {
    let leptMs = 0;
    const machines = new Machines(() => leptMs, 1);
    const clock = new RunClock(() => machines.nowMs);
    await clock.compare(() => machines.ask(), () => false);
    leptMs = leapMs;
    for (let i = 0; i < 10; i++) {
      machines.nowMs += 1000;
      clock.take((await machines.ask())!, false);
      const { aheadMs, boundMs } = clock.look()!;
      assertLess(Math.abs(-aheadMs! - leapMs), boundMs! + 1e-6);
    }
    const { boundMs, leaps } = clock.look()!;
    assertEquals(leaps, 1);
    assertLess(Math.abs(leapMs) - 5, boundMs!);
  },
);

Deno.test("what is known grows old while nobody answers", async () => {
  const machines = new Machines(() => -80, 0);
  const clock = new RunClock(() => machines.nowMs);
  await clock.compare(() => machines.ask(), () => false);
  const { boundMs } = clock.look()!;
  machines.nowMs += 20_000;
  assertLess(boundMs! + 3.9, clock.look()!.boundMs!);
});

Deno.test("nothing is known of a clock that never answers, and nobody waits for it for ever", async () => {
  let nowMs = 0;
  const clock = new RunClock(() => nowMs);
  await clock.compare(
    () => Promise.resolve(void (nowMs += 2_000)),
    () => nowMs > 20_000,
  );
  assertEquals(clock.aheadMs, 0);
  assertEquals(clock.look(), { aheadMs: null, boundMs: null, leaps: 0 });
});

Deno.test("an answer from before the question says nothing", () => {
  const bounds = new OffsetBounds();
  bounds.add({ askedMs: 0, receivedMs: 50, sentMs: 51, heardMs: 2 });
  const { middleMs } = bounds;
  bounds.add({ askedMs: 10, receivedMs: 60, sentMs: 90, heardMs: 12 });
  assertEquals([bounds.middleMs, bounds.leaps], [middleMs, 0]);
  assert(bounds.boundMs(12) < 1.1);
});
