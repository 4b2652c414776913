import { assertEquals } from "@std/assert";
import {
  EMPTY_SNAPSHOT,
  type Snapshot,
  SnapshotBook,
} from "../../../lib/metrics/mod.ts";

Deno.test("an empty book comes to nothing", () => {
  const book = new SnapshotBook();
  const { node, clients } = book.at(Infinity);
  assertEquals([node, clients], ["", []]);
  assertEquals(book.complete([]), undefined);
});

Deno.test("of each node the latest counts, whatever the order of arrival", () => {
  const book = new SnapshotBook();
  book.add(sent("a", 2, 200));
  book.add(sent("a", 1, 100));
  book.add(sent("a", 2, 999));
  book.add(sent("b", 1, 5));
  assertEquals(book.latest("a")?.counters.packetsSent, 200);
  assertEquals(book.at(Infinity).counters.packetsSent, 205);
  book.add(sent("a", 3, 300));
  const { counters, node } = book.at(Infinity);
  assertEquals([counters.packetsSent, node], [305, "a+b"]);
});

Deno.test.each([
  { a: [1], b: [1], want: [1], why: "both have reported it" },
  { a: [1, 2], b: [1], want: [1], why: "one is ahead" },
  { a: [1], b: [], want: [], why: "one has said nothing yet" },
  { a: [1, 2, 3], b: [1, 2, 3], want: [1, 2, 3], why: "one after another" },
  { a: [1, 2, 3], b: [3], want: [3], why: "one had no time for the first two" },
  { a: [1, 4], b: [1, 2, 4], want: [1, 4], why: "what one passed is passed" },
  { a: [2, 3], b: [1, 3], want: [3], why: "none that both have but the last" },
])(
  "seconds $a of one node and $b of another are seconds $want of both: $why",
  ({ a, b, want }) => {
    const book = new SnapshotBook();
    for (const second of a) book.add(sent("a", second, second));
    for (const second of b) book.add(sent("b", second, 100 * second));
    const seconds: number[] = [];
    for (;;) {
      const second = book.complete(["a", "b"]);
      if (second === undefined) break;
      seconds.push(second);
      assertEquals(book.at(second).counters.packetsSent, 101 * second);
    }
    assertEquals(seconds, [...want]);
  },
);

Deno.test("a second has nothing of the next, of whoever is ahead, and all that those who are late have said so far", () => {
  const book = new SnapshotBook();
  for (const second of [1, 2, 3]) book.add(sent("a", second, second * 10));
  book.add(sent("b", 1, 100));
  assertEquals(book.at(2).counters.packetsSent, 120);
  assertEquals(book.second, 2);
  // What was late belongs to the second after.
  book.add(sent("b", 2, 200));
  book.add(sent("b", 3, 300));
  assertEquals(book.complete(["a", "b"]), 3);
  assertEquals(book.at(3).counters.packetsSent, 330);
});

Deno.test("a second of which nobody has reported has no news, and goes with the next", () => {
  const book = new SnapshotBook();
  assertEquals(book.hasNewsOf(1), false);
  book.add(sent("a", 1, 10));
  assertEquals(book.hasNewsOf(1), true);
  book.at(1);
  assertEquals(book.hasNewsOf(2), false);
  book.passOver(2);
  book.add(sent("a", 4, 40));
  assertEquals([book.hasNewsOf(3), book.hasNewsOf(4)], [false, true]);
  assertEquals([book.second, book.complete(["a"])], [2, 4]);
});

function sent(name: string, second: number, packetsSent: number): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    node: name,
    sequence: second,
    second,
    counters: { packetsSent },
  };
}
