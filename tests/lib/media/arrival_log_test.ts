import { assert, assertEquals, assertFalse } from "@std/assert";
import { ArrivalLog } from "../../../lib/media/mod.ts";

/** What a feedback message says, read by the draft's own words. */
interface Feedback {
  readonly base: number;
  readonly referenceMs: number;
  readonly count: number;
  readonly message: number;
  /** Milliseconds since the log's first arrival by packet; `null` for one that did not come. */
  readonly arrivals: readonly (number | null)[];
}

function read(bytes: Uint8Array, end: number): Feedback {
  const view = new DataView(bytes.buffer, bytes.byteOffset, end);
  assertEquals(bytes[0], 0x8f, "version 2, format 15");
  assertEquals(bytes[1], 205, "transport layer feedback");
  assertEquals((view.getUint16(2) + 1) * 4, end, "length in words, minus one");
  const count = view.getUint16(14);
  const reference = view.getInt32(16) >> 8;
  const symbols: number[] = [];
  let at = 20;
  for (; symbols.length < count; at += 2) {
    const chunk = view.getUint16(at);
    if ((chunk & 0x8000) === 0) {
      const run = chunk & 0x1fff;
      for (let i = 0; i < run; i++) symbols.push(chunk >> 13);
    } else {
      assert((chunk & 0x4000) !== 0, "two-bit symbols");
      for (let i = 6; i >= 0; i--) symbols.push((chunk >> (2 * i)) & 3);
    }
  }
  let ticks = reference * 256;
  const arrivals = symbols.slice(0, count).map((symbol) => {
    if (symbol === 0) return null;
    if (symbol === 1) ticks += bytes[at++];
    else {
      ticks += view.getInt16(at);
      at += 2;
    }
    return ticks / 4;
  });
  assert(end - at < 4, "nothing but padding behind the deltas");
  return {
    base: view.getUint16(12),
    referenceMs: reference * 64,
    count,
    message: bytes[19],
    arrivals,
  };
}

function written(log: ArrivalLog): Feedback {
  const bytes = new Uint8Array(2048);
  return read(bytes, log.write(bytes, 0, 1, 2));
}

Deno.test("a message tells what came when, and what did not", () => {
  const log = new ArrivalLog();
  log.record(100, 1000);
  log.record(101, 1000.25);
  log.record(104, 1070);
  const { base, count, arrivals } = written(log);
  assertEquals([base, count], [100, 5]);
  assertEquals(arrivals, [0, 0.25, null, null, 70]);
});

const STARTS = Array.from(
  { length: 16 },
  (_, i) => (65536 - 40 + i * 5) & 0xffff,
);

Deno.test.each(STARTS)("numbers go on over the wrap, from %d", (start) => {
  const log = new ArrivalLog();
  for (let i = 0; i < 60; i++) log.record((start + i) & 0xffff, 5000 + i * 3);
  const { base, arrivals } = written(log);
  assertEquals(base, start);
  assertEquals(arrivals, Array.from({ length: 60 }, (_, i) => i * 3));
});

Deno.test("one that overtook another is told in order of numbers, with a negative delta", () => {
  const log = new ArrivalLog();
  log.record(7, 0);
  log.record(9, 10);
  log.record(8, 12);
  assertEquals(written(log).arrivals, [0, 12, 10]);
});

Deno.test("the next message begins where the last one ended, and counts on", () => {
  const log = new ArrivalLog();
  for (let i = 0; i < 10; i++) log.record(i, i);
  assertEquals(written(log).message, 0);
  assertFalse(log.hasNews);
  log.record(3, 50);
  assertFalse(log.hasNews, "it was reported as missing or come already");
  log.record(12, 60);
  const next = written(log);
  assertEquals([next.base, next.message], [10, 1]);
  assertEquals(next.arrivals, [null, null, 60]);
});

Deno.test("a long silence of numbers is told as a run, and many packets in several messages", () => {
  const log = new ArrivalLog();
  log.record(0, 0);
  log.record(1000, 100);
  let end = 0;
  const bytes = new Uint8Array(2048);
  const told: (number | null)[] = [];
  while (log.hasNews) {
    end = log.write(bytes, 0, 1, 2);
    assert(end <= 1200, "it fits a datagram");
    told.push(...read(bytes, end).arrivals);
  }
  assertEquals(told.length, 1001);
  assertEquals([told[0], told[500], told[1000]], [0, null, 100]);
});

Deno.test("a jump beyond the ring begins anew", () => {
  const log = new ArrivalLog();
  log.record(0, 0);
  log.record(6000, 10);
  const { base, arrivals } = written(log);
  assertEquals([base, arrivals], [6000, [10]]);
});
