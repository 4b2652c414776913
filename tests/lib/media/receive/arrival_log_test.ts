import { assert, assertEquals, assertFalse } from "@std/assert";
import { ArrivalLog } from "../../../../lib/media/mod.ts";

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
  assertFalse(log.hasNews, "it was reported");
  log.record(12, 60);
  const next = written(log);
  assertEquals([next.base, next.message], [10, 1]);
  assertEquals(next.arrivals, [null, null, 60]);
});

Deno.test.each<
  { why: string; first: number; late: readonly number[]; more?: number }
>([
  { why: "the first number", first: 0, late: [1] },
  { why: "one before the wrap", first: 65_530, late: [3] },
  { why: "several, the last one first", first: 700, late: [8, 5, 2] },
  {
    why: "one of almost two hundred back",
    first: 65_500,
    late: [1],
    more: 190,
  },
])(
  "what comes after it was told missing is told with the next message, which begins with it: $why",
  ({ first, late, more = 0 }) => {
    const log = new ArrivalLog();
    const number = (i: number) => (first + i) & 0xffff;
    for (let i = 0; i < 10; i++) {
      if (!late.includes(i)) log.record(number(i), i);
    }
    assertEquals(written(log).arrivals[late[0]], null);
    for (let i = 10; i < 10 + more; i++) log.record(number(i), 10);
    if (more > 0) written(log);
    for (const i of late) log.record(number(i), 40);
    log.record(number(10 + more), 50);
    const { base, arrivals } = written(log);
    const begin = Math.min(...late);
    assertEquals(base, number(begin));
    for (const i of late) assertEquals(arrivals[i - begin], 40);
    assertEquals(arrivals.indexOf(null), -1, "nothing else is missing");
    assertEquals(arrivals.at(-1), 50);
    assertFalse(log.hasNews);
  },
);

Deno.test.each([
  { why: "that is far too late", behind: 200 },
  { why: "of another second", behind: 1500 },
])("nobody is told of one $why", ({ behind }) => {
  const log = new ArrivalLog();
  log.record(0, 0);
  for (let i = 2; i <= behind + 1; i++) log.record(i, i / 10);
  while (log.hasNews) written(log);
  log.record(1, 200);
  assertFalse(log.hasNews);
});

Deno.test("of one that comes twice the first counts, told or not", () => {
  const log = new ArrivalLog();
  for (const [number, ms] of [[5, 0], [6, 10], [6, 20], [8, 30]]) {
    log.record(number, ms);
  }
  assertEquals(written(log).arrivals, [0, 10, null, 30]);
  log.record(6, 40);
  assertFalse(log.hasNews);
  log.record(7, 50);
  log.record(7, 60);
  assertEquals(written(log).arrivals, [50, 30]);
});

Deno.test("numbers of a ring before are no arrivals of those that are missing now", () => {
  const log = new ArrivalLog();
  for (let i = 0; i < 6000; i++) {
    if (i > 4096 && i % 5 === 0) continue;
    log.record(i, i);
    if (i % 100 !== 99) continue;
    const { base, arrivals } = written(log);
    for (const [at, ms] of arrivals.entries()) {
      const isThere = base + at <= 4096 || (base + at) % 5 !== 0;
      assertEquals(ms !== null, isThere, `${base + at}`);
    }
  }
});

Deno.test("a long silence of numbers is told as a run, and many packets in several messages", () => {
  const log = new ArrivalLog();
  log.record(0, 0);
  log.record(1000, 80);
  let end = 0;
  const bytes = new Uint8Array(2048);
  const told: (number | null)[] = [];
  while (log.hasNews) {
    end = log.write(bytes, 0, 1, 2);
    assert(end <= 1200, "it fits a datagram");
    told.push(...read(bytes, end).arrivals);
  }
  assertEquals(told.length, 1001);
  assertEquals([told[0], told[500], told[1000]], [0, null, 80]);
});

Deno.test("a jump beyond the ring begins anew", () => {
  const log = new ArrivalLog();
  log.record(0, 0);
  log.record(6000, 10);
  const { base, arrivals } = written(log);
  assertEquals([base, arrivals], [6000, [10]]);
});

/** Gaps between what a log tells of packets that come every 20 ms for 10 s, and are told of every 100 ms, while the clock is set. */
function toldGaps(steps: readonly [atMs: number, byMs: number][]): number[] {
  const log = new ArrivalLog();
  const told: number[] = [];
  const bytes = new Uint8Array(2048);
  let base = 0;
  for (let i = 0; i < 500; i++) {
    const atMs = i * 20;
    const setByMs = steps.filter(([ms]) => ms <= atMs)
      .reduce((sum, [, byMs]) => sum + byMs, 0);
    log.record(i, 1_700_000_000_000 + atMs + setByMs);
    if (i % 5 !== 4) continue;
    const { referenceMs, arrivals } = read(bytes, log.write(bytes, 0, 1, 2));
    base = Math.max(base, referenceMs);
    told.push(...arrivals.map((ms) => ms!));
    log.pass(100);
  }
  return told.slice(1).map((ms, i) => ms - told[i]);
}

Deno.test.each<
  { why: string; steps: readonly [atMs: number, byMs: number][] }
>([
  { why: "nobody sets it", steps: [] },
  { why: "on by 400 ms", steps: [[3000, 400]] },
  { why: "on by hours", steps: [[3000, 4 * 3600e3]] },
  { why: "back by a second", steps: [[3010, -1000]] },
  { why: "back and on again", steps: [[1010, -5000], [1110, 5000]] },
  {
    why: "on by a little, again and again",
    steps: Array.from({ length: 40 }, (_, i) => [200 * i, 7]),
  },
])("a clock that is set tells the server of no delay: $why", ({ steps }) => {
  for (const gapMs of toldGaps(steps)) assert(gapMs >= -1 && gapMs < 200);
});

Deno.test.each([150, 400, 5000])(
  "a silence of %d ms that went by on the steady clock is told",
  (silentMs) => {
    const log = new ArrivalLog();
    for (let i = 0; i < 5; i++) log.record(i, i * 20);
    written(log);
    for (let ms = 0; ms < silentMs; ms += 100) log.pass(100);
    for (let i = 5; i < 7; i++) log.record(i, silentMs + i * 20);
    const { arrivals } = written(log);
    assertEquals(arrivals, [silentMs + 100, silentMs + 120]);
  },
);
