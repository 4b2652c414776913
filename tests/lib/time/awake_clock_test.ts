import { assertEquals } from "@std/assert";
import { AwakeClock } from "../../../lib/time/mod.ts";

/** A machine whose time goes on by hand. */
class Machine {
  steadyMs = 5000;
  setByMs = 0;
  sleptMs = 0;
  busyMs = 100;
  readsUptime = true;
  #timers: { atMs: number; everyMs: number; fn: () => void }[] = [];
  readonly clock = new AwakeClock({
    nowMs: () => this.steadyMs,
    wallMs: () =>
      Math.floor(
        1_700_000_000_000 + this.steadyMs + this.setByMs + this.sleptMs,
      ),
    busyMs: () => this.busyMs,
    uptimeMs: () =>
      this.readsUptime ? 90_000 + this.steadyMs + this.sleptMs : null,
    setTimer: (delayMs, fn) => this.#add(delayMs, 0, fn),
    setInterval: (everyMs, fn) => this.#add(everyMs, everyMs, fn),
  });

  get timers(): number {
    return this.#timers.length;
  }

  /** So much time passes, of which the thread works a share. */
  run(ms: number, share = 0.3): void {
    for (let i = 0; i < ms; i++) {
      this.steadyMs++;
      this.busyMs += share;
      this.#fire();
    }
  }

  /** Nothing of the thread goes on, but time, and what it does or waits for. */
  hold(ms: number, busyMs = 0): void {
    this.steadyMs += ms;
    this.busyMs += busyMs;
    this.#fire();
  }

  #fire(): void {
    for (const timer of [...this.#timers]) {
      if (timer.atMs > this.steadyMs || !this.#timers.includes(timer)) continue;
      if (timer.everyMs > 0) timer.atMs = this.steadyMs + timer.everyMs;
      else this.#remove(timer);
      timer.fn();
    }
  }

  #add(delayMs: number, everyMs: number, fn: () => void): () => void {
    const timer = { atMs: this.steadyMs + delayMs, everyMs, fn };
    this.#timers.push(timer);
    return () => this.#remove(timer);
  }

  #remove(timer: unknown): void {
    this.#timers = this.#timers.filter((one) => one !== timer);
  }
}

function watch() {
  const machine = new Machine();
  return { machine, clock: machine.clock, end: machine.clock.watch() };
}

Deno.test.each([600, 1000, 2000, 5000, 20_000, 3_600_000])(
  "a stop of %d ms is left out, and told with its time and length",
  (stoppedMs) => {
    const { machine, clock } = watch();
    machine.run(3000);
    const beforeMs = clock.nowMs();
    machine.hold(stoppedMs);
    assertEquals(clock.nowMs(), beforeMs);
    assertEquals(clock.standstills, [{ atMs: beforeMs, ms: stoppedMs }]);
    machine.run(500);
    assertEquals(clock.nowMs(), beforeMs + 500);
  },
);

Deno.test("each of several stops is told", () => {
  const { machine, clock } = watch();
  for (const ms of [2000, 1500]) {
    machine.run(1000);
    clock.nowMs();
    machine.hold(ms);
  }
  const [first, second] = clock.standstills;
  assertEquals([first.ms, second.ms, clock.stoodMs], [2000, 1500, 3500]);
  assertEquals(second.atMs - first.atMs, 1000);
  assertEquals(clock.standstillCount, 2);
});

Deno.test.each([
  { why: "it worked", ms: 2000, busyMs: 1990 },
  { why: "it worked, and then waited", ms: 2000, busyMs: 1200 },
  { why: "it was kept from running for a while", ms: 700, busyMs: 500 },
  { why: "it was short", ms: 350, busyMs: 0 },
])("a thread that is late stands not still: $why", ({ ms, busyMs }) => {
  const { machine, clock } = watch();
  machine.run(3000);
  const beforeMs = clock.nowMs();
  machine.hold(ms, busyMs);
  assertEquals(clock.nowMs(), beforeMs + ms);
  assertEquals(clock.standstills, []);
});

Deno.test("a thread that only waits for its next timer stands not still", () => {
  const { machine, clock } = watch();
  machine.run(60_000, 0);
  assertEquals(clock.standstills, []);
});

Deno.test("nobody watches: time goes on, and nothing keeps a timer", () => {
  const { machine, clock, end } = watch();
  end();
  end();
  assertEquals(machine.timers, 0);
  const beforeMs = clock.nowMs();
  machine.hold(60_000);
  assertEquals(clock.nowMs(), beforeMs + 60_000);
  assertEquals(clock.standstills, []);
});

Deno.test("a timer fires once its time has passed for the thread", () => {
  const { machine, clock } = watch();
  const fired: number[] = [];
  const startMs = clock.nowMs();
  clock.setTimer(3000, () => fired.push(clock.nowMs() - startMs));
  clock.setTimer(2500, () => fired.push(-1))();
  machine.run(1000);
  clock.nowMs();
  machine.hold(5000);
  assertEquals(fired, []);
  machine.run(1990);
  assertEquals(fired, []);
  machine.run(10);
  assertEquals(fired, [3000]);
  assertEquals(machine.timers, 1, "only the watch");
});

Deno.test("a timer that is cancelled while its thread stands still does not fire", () => {
  const { machine, clock } = watch();
  let fired = 0;
  const cancel = clock.setTimer(1000, () => fired++);
  machine.run(500);
  clock.nowMs();
  machine.hold(2000);
  cancel();
  machine.run(2000);
  assertEquals(fired, 0);
});

Deno.test.each([400, -400, 5000, -7_200_000, 20])(
  "a wall clock that is set by %d ms is told, and changes no time",
  (byMs) => {
    const { machine, clock } = watch();
    machine.run(1000);
    const beforeMs = clock.nowMs();
    machine.setByMs += byMs;
    machine.run(1000);
    assertEquals(clock.nowMs(), beforeMs + 1000);
    assertEquals(clock.wallJumps.map((jump) => jump.byMs), [byMs]);
    assertEquals(clock.standstills, []);
  },
);

Deno.test("a wall clock that goes off by little steps is told once they are worth it", () => {
  const { machine, clock } = watch();
  for (let i = 0; i < 10; i++) {
    machine.setByMs += 5;
    machine.run(1000);
  }
  assertEquals(clock.wallJumps.map((jump) => jump.byMs), [15, 15, 15]);
});

Deno.test("of a wall clock that is set without end, all is told in a bounded list", () => {
  const { machine, clock } = watch();
  for (let i = 0; i < 200; i++) {
    machine.setByMs -= 30;
    machine.run(110);
  }
  assertEquals(clock.wallJumps.length, 50);
  const all = clock.wallJumps.reduce((sum, { byMs }) => sum + byMs, 0);
  assertEquals(all, -6000);
});

Deno.test("a machine that slept, while no steady clock went on, stood still for so long", () => {
  const { machine, clock } = watch();
  machine.run(1000);
  machine.sleptMs += 62_000;
  machine.run(200);
  assertEquals(clock.standstills.map(({ ms }) => ms), [62_000]);
  assertEquals([clock.wallJumps, clock.stoodMs], [[], 0]);
  assertEquals(clock.standstillCount, 1);
});

Deno.test("where nobody tells of sleep, it is a wall clock that was set", () => {
  const { machine, clock } = watch();
  machine.readsUptime = false;
  machine.sleptMs += 62_000;
  machine.run(200);
  assertEquals(clock.wallJumps.map((jump) => jump.byMs), [62_000]);
});
