import { assertEquals } from "@std/assert";
import { Admission } from "../../../../lib/load/node/admission.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

class Gate {
  readonly clock = new FakeClock();
  latenessMs = 0;
  readonly begun: number[] = [];
  readonly heldBack: number[] = [];
  readonly admission: Admission;
  readonly #joins = new Map<number, PromiseWithResolvers<void>>();

  constructor(mostAtOnce?: number) {
    this.admission = new Admission({
      ...(mostAtOnce === undefined ? {} : { mostAtOnce }),
      latenessMs: () => this.latenessMs,
      setTimer: (ms, fn) => this.clock.setTimer(ms, fn),
    });
  }

  enter(...names: number[]): void {
    for (const name of names) {
      this.admission.enter(() => {
        this.begun.push(name);
        const join = Promise.withResolvers<void>();
        this.#joins.set(name, join);
        return join.promise;
      }, () => this.heldBack.push(name));
    }
  }

  finish(...names: number[]): void {
    for (const name of names) this.#joins.get(name)!.resolve();
  }
}

Deno.test("a join that comes alone begins at once and is not held back", async () => {
  const gate = new Gate();
  gate.enter(1);
  assertEquals([gate.begun, gate.heldBack], [[1], []]);
  gate.finish(1);
  await gate.clock.run(1);
  assertEquals(gate.clock.pendingTimers, 0);
});

Deno.test("joins that come together begin at once up to the limit; the others are held back, and counted once", async () => {
  const gate = new Gate(2);
  gate.enter(1, 2, 3, 4);
  assertEquals([gate.begun, gate.heldBack], [[1, 2], [3, 4]]);
  gate.finish(1);
  await gate.clock.run(50);
  assertEquals([gate.begun, gate.heldBack], [[1, 2, 3], [3, 4]]);
  gate.admission.close();
  assertEquals(gate.clock.pendingTimers, 0);
});

Deno.test("no more than the limit are under way; the next begins when one is done", async () => {
  const gate = new Gate(2);
  gate.enter(1, 2, 3, 4);
  await gate.clock.run(50);
  assertEquals(gate.begun, [1, 2]);
  gate.finish(2);
  await gate.clock.run(10);
  assertEquals(gate.begun, [1, 2, 3]);
  gate.finish(1, 3);
  await gate.clock.run(10);
  assertEquals(gate.begun, [1, 2, 3, 4]);
});

Deno.test("without a limit of its own it is eight", async () => {
  const gate = new Gate();
  gate.enter(...Array(20).keys());
  await gate.clock.run(90);
  assertEquals(gate.begun.length, 8);
});

Deno.test("joins that wait for the server make room for others after 100 ms", async () => {
  const gate = new Gate(2);
  gate.enter(1, 2, 3, 4);
  await gate.clock.run(99);
  assertEquals(gate.begun, [1, 2]);
  await gate.clock.run(10);
  assertEquals(gate.begun, [1, 2, 3, 4]);
  gate.finish(1, 2, 3, 4);
  await gate.clock.run(1);
  assertEquals(gate.clock.pendingTimers, 0);
});

Deno.test.each([
  { latenessMs: 4, begun: 3, why: "4 ms is not late" },
  { latenessMs: 4.1, begun: 1, why: "later than that holds joins up" },
])("$why", async ({ latenessMs, begun }) => {
  const gate = new Gate();
  gate.latenessMs = latenessMs;
  gate.enter(1, 2, 3);
  await gate.clock.run(20);
  assertEquals(gate.begun.length, begun);
});

Deno.test("joins go on one by one as soon as packets are in time again", async () => {
  const gate = new Gate();
  gate.enter(1);
  gate.latenessMs = 50;
  gate.enter(2, 3);
  await gate.clock.run(10);
  assertEquals([gate.begun, gate.heldBack], [[1], [2, 3]]);
  gate.latenessMs = 0;
  await gate.clock.run(2);
  assertEquals(gate.begun, [1, 2]);
  await gate.clock.run(2);
  assertEquals(gate.begun, [1, 2, 3]);
});

Deno.test("even while packets are late, a join is begun every 50 ms or so", async () => {
  const gate = new Gate();
  gate.latenessMs = 50;
  gate.enter(1, 2, 3);
  await gate.clock.run(49);
  assertEquals(gate.begun, [1]);
  await gate.clock.run(1);
  assertEquals(gate.begun, [1, 2]);
  await gate.clock.run(60);
  assertEquals(gate.begun, [1, 2, 3]);
});

Deno.test("nobody waits for lateness when nobody is under way", () => {
  const gate = new Gate();
  gate.latenessMs = 1000;
  gate.enter(1);
  assertEquals(gate.begun, [1]);
});

Deno.test("closing forgets who waits and leaves no timer", async () => {
  const gate = new Gate();
  gate.latenessMs = 50;
  gate.enter(1, 2, 3);
  gate.admission.close();
  gate.finish(1);
  await gate.clock.run(1000);
  assertEquals([gate.begun, gate.clock.pendingTimers], [[1], 0]);
});
