/** What the kernel wrote, as it is handed over: the structures are filled in by their pointers. */

import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  CMSG,
  MSG_TRUNC,
  MSGHDR,
  SO_TIMESTAMPNS,
  SOL_SOCKET,
} from "../../../../lib/rtc/lane/libc.ts";
import {
  RECEIVE_BATCH,
  ReceiveBatch,
} from "../../../../lib/rtc/lane/receive_batch.ts";
import { ReceiveClock } from "../../../../lib/rtc/lane/receive_clock.ts";
import { Slew } from "../../../../lib/time/mod.ts";
import {
  controlOf,
  memoryAt,
  vectorOf,
  writeControl,
} from "./kernel_structures.ts";

/** The kernel's wall clock is so far ahead of the thread's. */
const AHEAD_MS = 1_700_000_000_000;
/** What wall-clock times are ahead of the thread's. */
const WALL_MS = 1_700_000_000_500;

class World {
  nowMs = 10_000;
  late = 0;
  readonly clock = new ReceiveClock(
    () => this.nowMs,
    () => this.nowMs + AHEAD_MS,
  );
  readonly batch = new ReceiveBatch(
    this.clock,
    new Slew(WALL_MS, 0),
    () => this.late++,
  );
  readonly got: { text: string; nowMs: number; wallMs: number }[] = [];

  /** The kernel writes a datagram into slot `i`, with its time where there is one. */
  kernel(
    i: number,
    text: string,
    arrivedMs?: number,
    { flags = 0, level = SOL_SOCKET, type = SO_TIMESTAMPNS } = {},
  ): void {
    const { view } = this.batch.headers;
    const at = i * MSGHDR.bytes;
    const { address, length } = vectorOf(view, at);
    const bytes = new TextEncoder().encode(text);
    const data = memoryAt(address, length);
    new Uint8Array(data.buffer).set(bytes.subarray(0, length));
    view.setUint32(at + MSGHDR.length, Math.min(bytes.length, length), true);
    view.setInt32(at + MSGHDR.flags, flags, true);
    const control = controlOf(view, at)!;
    writeControl(control, level, type);
    if (arrivedMs === undefined) return;
    const kernelMs = arrivedMs + AHEAD_MS;
    const seconds = Math.floor(kernelMs / 1000);
    control.setBigUint64(CMSG.data, BigInt(seconds), true);
    const nanos = Math.round((kernelMs - seconds * 1000) * 1e6);
    control.setBigUint64(CMSG.data + 8, BigInt(nanos), true);
  }

  deliver(...slots: readonly number[]): void {
    for (const i of slots) {
      this.batch.deliver(i, (bytes, offset, length, { nowMs, wallMs }) => {
        const text = new TextDecoder().decode(
          bytes.subarray(offset, offset + length),
        );
        this.got.push({ text, nowMs, wallMs });
      });
    }
  }
}

Deno.test("each slot has a buffer and room for a time of its own", () => {
  const { batch: { headers } } = new World();
  const buffers = new Set<bigint>();
  for (let i = 0; i < RECEIVE_BATCH; i++) {
    const { address, length } = vectorOf(headers.view, i * MSGHDR.bytes);
    buffers.add(address);
    assertEquals(length, 2048);
    const control = controlOf(headers.view, i * MSGHDR.bytes)!;
    assertEquals(control.byteLength, 64);
  }
  const sorted = [...buffers].sort((a, b) => Number(a - b));
  assertEquals(sorted.length, RECEIVE_BATCH);
  for (const [i, address] of sorted.entries()) {
    if (i > 0) assertEquals(address - sorted[i - 1], 2048n);
  }
});

Deno.test("datagrams are handed over with their own bytes, and the times at which the kernel had them", () => {
  const world = new World();
  world.clock.beginDrain();
  world.nowMs = 10_020;
  world.clock.beginDrain();
  world.kernel(0, "first", 10_001.25);
  world.kernel(1, "", 10_002);
  world.kernel(31, "last", 10_019.999999);
  world.deliver(0, 1, 31);
  assertEquals(world.got.map(({ text }) => text), ["first", "", "last"]);
  for (const [i, ms] of [10_001.25, 10_002, 10_019.999999].entries()) {
    assertAlmostEquals(world.got[i].nowMs, ms, 0.001);
    assertAlmostEquals(world.got[i].wallMs, ms + WALL_MS, 0.001);
  }
  assertEquals(world.late, 0);
});

Deno.test("one that was cut short is dropped, as half a packet is none", () => {
  const world = new World();
  world.kernel(0, "x".repeat(3000), 10_000, { flags: MSG_TRUNC });
  world.kernel(1, "whole", 10_000, { flags: 0x40 });
  world.deliver(0, 1);
  assertEquals(world.got.map(({ text }) => text), ["whole"]);
});

Deno.test("of the longest that a slot holds every byte comes", () => {
  const world = new World();
  world.kernel(5, "y".repeat(2048), 10_000);
  world.deliver(5);
  assertEquals(world.got[0].text.length, 2048);
});

Deno.test("without the kernel's time the time of reading counts", () => {
  const world = new World();
  world.kernel(0, "of IP", undefined, { level: 0, type: 8 });
  world.kernel(1, "of the socket, but no time", undefined, { type: 1 });
  const beforeMs = performance.now();
  world.deliver(0, 1);
  for (const { nowMs, wallMs } of world.got) {
    assertEquals(nowMs >= beforeMs && nowMs <= performance.now(), true);
    assertAlmostEquals(wallMs - nowMs, WALL_MS, 0.01);
  }
});

Deno.test("a time that cannot be, as the wall clock was set meanwhile, is set right", () => {
  const world = new World();
  world.clock.beginDrain();
  world.nowMs = 10_020;
  world.clock.beginDrain();
  // By the kernel's time it came five seconds before the drain that found nothing.
  world.kernel(0, "early", 5000);
  world.deliver(0);
  const { nowMs } = world.got[0];
  assertEquals(nowMs >= 10_000 && nowMs <= 10_020, true, `${nowMs}`);
  assertEquals(world.late, 0);
});

Deno.test("one that comes long after the drain began has the thread ask whether it stood still", () => {
  const world = new World();
  world.clock.beginDrain();
  world.nowMs = 10_100;
  world.kernel(0, "in time", 10_015);
  world.deliver(0);
  assertEquals(world.late, 0);
  world.kernel(1, "late", 10_050);
  world.deliver(1);
  assertEquals(world.late, 1);
  assertAlmostEquals(world.got[1].nowMs, 10_050, 0.001);
});

Deno.test("the rooms for times are made whole again for the next call, as the kernel shrinks them", () => {
  const { batch } = new World();
  const lengths = () =>
    Array.from(
      { length: RECEIVE_BATCH },
      (_, i) =>
        batch.headers.view.getUint32(
          i * MSGHDR.bytes + MSGHDR.controllen,
          true,
        ),
    );
  for (let i = 0; i < RECEIVE_BATCH; i++) {
    const at = i * MSGHDR.bytes + MSGHDR.controllen;
    batch.headers.view.setUint32(at, 32, true);
  }
  batch.reset(3);
  assertEquals(lengths().filter((length) => length === 64).length, 3);
  batch.reset(RECEIVE_BATCH);
  assertEquals(new Set(lengths()), new Set([64]));
});
