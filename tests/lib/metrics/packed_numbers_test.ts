import { assert, assertEquals } from "@std/assert";
import {
  type Packable,
  PackedLists,
  PackedNumbers,
  PackedReader,
} from "../../../lib/metrics/packed_numbers.ts";
import { generator } from "./generate.ts";

Deno.test.each<{ why: string; numbers: readonly Packable[]; bytes: number }>([
  { why: "nothing", numbers: [], bytes: 0 },
  { why: "small ones", numbers: [0, 1, 31], bytes: 3 },
  { why: "larger ones", numbers: [32, 4095, 4096], bytes: 7 },
  { why: "more than 32 bits", numbers: [2 ** 33, 2 ** 51 - 1], bytes: 14 },
  { why: "no room for a kind", numbers: [2 ** 53 - 1, 2 ** 51], bytes: 18 },
  { why: "microseconds", numbers: [0.001, 1.25, 1234.567], bytes: 7 },
  { why: "any fraction", numbers: [1 / 3, Math.PI], bytes: 18 },
  { why: "below zero", numbers: [-1, -0], bytes: 18 },
  { why: "no numbers", numbers: [NaN, Infinity, -Infinity], bytes: 27 },
  { why: "blanks", numbers: Array(30).fill(undefined), bytes: 1 },
  {
    why: "blanks between",
    numbers: [undefined, 5, undefined, undefined, 7],
    bytes: 4,
  },
])(
  "$why: read as they were written, in as few bytes as that",
  ({ numbers, bytes }) => {
    const packed = new PackedNumbers();
    const first = packed.keep(numbers);
    const second = packed.keep(numbers);
    assertEquals(second.at - first.at, bytes);
    for (const place of [first, second]) {
      assertEquals(new PackedReader(place).take(numbers.length), [...numbers]);
    }
  },
);

Deno.test("however many lists there are, each is where it was put, and one that is longer than a chunk too", () => {
  const packed = new PackedNumbers();
  const lists = Array.from(
    { length: 2000 },
    (_, i) =>
      Array.from({ length: i === 1000 ? 5000 : i % 9 }, (_, k) => i + k / 7),
  );
  const places = lists.map((list) => packed.keep(list));
  assert(new Set(places.map(({ bytes }) => bytes)).size > 2);
  places.forEach((place, i) =>
    assertEquals(new PackedReader(place).take(lists[i].length), lists[i])
  );
});

Deno.test("lists that could have been longer than a chunk share one when they are not", () => {
  const packed = new PackedNumbers();
  const small = Array(2000).fill(1);
  const places = Array.from({ length: 8 }, () => packed.keep(small));
  assertEquals(new Set(places.map(({ bytes }) => bytes)).size, 1);
});

Deno.test("lists one after the other are read as they came, as often as one likes and while more come", () => {
  const packed = new PackedLists();
  const all: Packable[][] = [];
  const read = () => [...packed].map((reader, i) => reader.take(all[i].length));
  assertEquals(read(), []);
  for (let i = 0; i < 3000; i++) {
    const length = i === 1500 ? 30_000 : i % 9;
    all.push(Array.from({ length }, (_, k) => k % 4 === 3 ? undefined : i / 7));
    packed.push(all[i]);
    if (i % 700 === 0) assertEquals(read(), all);
  }
  assertEquals(packed.length, all.length);
  assertEquals(read(), all);
});

Deno.test("each list is read by its number, in any order, whichever others were released", () => {
  const { below } = generator(7);
  const packed = new PackedLists();
  const all = new Map<number, readonly Packable[]>();
  for (let i = 0; i < 4000; i++) {
    const numbers = Array.from(
      { length: below(60) },
      () => below(4) === 0 ? undefined : below(2 ** 30) / (1 + below(3)),
    );
    all.set(packed.push(numbers), numbers);
    const [other] = [...all.keys()].slice(below(all.size));
    assertEquals(packed.at(other).take(all.get(other)!.length), all.get(other));
    if (below(3) > 0) continue;
    packed.release(other);
    all.delete(other);
  }
  for (const [list, numbers] of all) {
    assertEquals(packed.at(list).take(numbers.length), [...numbers]);
  }
});

Deno.test("lists that were released take no room, also those that were before they were deflated", () => {
  const packed = new PackedLists();
  const numbers = Array.from({ length: 50 }, (_, i) => i * i / 7);
  for (let i = 0; i < 3000; i++) {
    const list = packed.push(numbers);
    // Every other one at once, the one before it a hundred later.
    if (i % 2 === 0) packed.release(list);
    else if (i > 100) packed.release(list - 100);
  }
  assert(packed.byteLength < 40_000, `${packed.byteLength}`);
});

Deno.test.each([
  { text: "", bytes: 1 },
  { text: "client-7 is away", bytes: 17 },
  { text: "\x1b[31m\x7f", bytes: 7 },
  { text: "ä€\u{1F600}", bytes: 11 },
  { text: "\ud800\0x", bytes: 6 },
  { text: "x".repeat(20_000), bytes: 20_003 },
])(
  "a text is read as it was, ASCII in a byte each: $bytes",
  ({ text, bytes }) => {
    const numbers = new PackedNumbers();
    numbers.keep([]);
    assertEquals(numbers.keep([text]).at, 0);
    const { at } = numbers.keep([]);
    assertEquals(at, bytes);
    const packed = new PackedLists();
    packed.push([3, text, 4]);
    const reader = packed.at(0);
    assertEquals([reader.next(), reader.text(), reader.next()], [3, text, 4]);
  },
);
