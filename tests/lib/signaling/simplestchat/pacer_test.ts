import { assert, assertEquals } from "@std/assert";
import { MAX_FRAMES_PER_SECOND } from "../../../../lib/signaling/simplestchat/wire/mod.ts";
import { Pacer } from "../../../../lib/signaling/simplestchat/pacer.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

Deno.test("a client that sets itself up is never delayed", () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  let sent = 0;
  for (let frame = 0; frame < 40; frame++) pacer.push(() => sent++);
  assertEquals(sent, 40);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("whatever is pushed when, every second has fewer frames than the server allows", () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  const sentAtMs: number[] = [];
  for (let burst = 0; burst < 8; burst++) {
    for (let frame = 0; frame < 60; frame++) {
      pacer.push(() => sentAtMs.push(clock.nowMs()));
    }
    clock.advance(700);
  }
  clock.advance(60_000);
  assertEquals(sentAtMs.length, 480);
  for (const [index, atMs] of sentAtMs.entries()) {
    const after = sentAtMs[index + MAX_FRAMES_PER_SECOND - 1] ?? Infinity;
    assert(after - atMs > 1000, `100 frames within ${after - atMs} ms`);
  }
});

Deno.test("an idle hour saves up no more than one burst", () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  clock.advance(3_600_000);
  let sent = 0;
  for (let frame = 0; frame < 60; frame++) pacer.push(() => sent++);
  assertEquals(sent, 40);
});

Deno.test("frames leave in the order of pushing, also those that could go at once by then", () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  const sent: number[] = [];
  for (let frame = 0; frame < 42; frame++) pacer.push(() => sent.push(frame));
  clock.advance(25);
  pacer.push(() => sent.push(42));
  clock.advance(1000);
  assertEquals(sent, Array.from({ length: 43 }, (_, frame) => frame));
});

Deno.test("clearing forgets what waits and leaves no timer", () => {
  const clock = new FakeClock();
  const pacer = new Pacer(clock);
  let sent = 0;
  for (let frame = 0; frame < 50; frame++) pacer.push(() => sent++);
  pacer.clear();
  assertEquals(clock.pendingTimers, 0);
  clock.advance(10_000);
  assertEquals(sent, 40);
});
