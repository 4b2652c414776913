import { assert, assertEquals } from "@std/assert";
import { NackList } from "../../../../lib/media/mod.ts";

Deno.test("what lies between two sequence numbers is asked for at once, and once", () => {
  const list = new NackList();
  assert(list.addGap(10, 14));
  assert(list.hasNew);
  assertEquals(list.takeNew(0, 99), [11, 12, 13]);
  assert(!list.hasNew);
  assertEquals(list.takeNew(1000, 99), []);
});

Deno.test("a gap over the wrap is asked for in order", () => {
  const list = new NackList();
  list.addGap(65533, 2);
  assertEquals(list.takeNew(0, 99), [65534, 65535, 0, 1]);
});

Deno.test("what came is not asked for again", () => {
  const list = new NackList();
  list.addGap(1, 4);
  list.takeNew(0, 99);
  list.remove(2);
  assertEquals(list.takeDue(100, 100, 99), [3]);
});

Deno.test("what came before anybody asked is not asked for", () => {
  const list = new NackList();
  list.addGap(1, 4);
  list.remove(2);
  list.repair(3);
  assert(!list.hasNew);
  assertEquals(list.takeDue(0, 100, 99), []);
});

Deno.test("what was repaired is not asked for again, and may come all the same, once", () => {
  const list = new NackList();
  list.addGap(1, 5);
  assert(list.repair(2));
  assert(!list.repair(2), "it is missing no more");
  list.remove(3);
  assert(!list.repair(3), "it was there already");
  assertEquals(list.takeNew(0, 99), [4]);
  assertEquals([list.remove(2), list.remove(2), list.remove(4)], [
    true,
    false,
    false,
  ]);
});

Deno.test.each([
  { roundTripMs: 20, everyMs: 20 },
  { roundTripMs: 100, everyMs: 100 },
  { roundTripMs: 230, everyMs: 240 },
])(
  "looked at every 20 ms, a packet is asked for again each round trip of $roundTripMs ms, a hundred times, and then given up",
  ({ roundTripMs, everyMs }) => {
    const list = new NackList();
    list.addGap(1, 3);
    const asked: number[] = [];
    for (let ms = 0; list.size > 0; ms += 20) {
      if (list.takeDue(ms, roundTripMs, 99).length > 0) asked.push(ms);
    }
    assertEquals(asked, Array.from({ length: 100 }, (_, i) => i * everyMs));
  },
);

Deno.test("a round trip that is longer than it was counts for what was asked before", () => {
  const list = new NackList();
  list.addGap(1, 3);
  list.takeNew(0, 99);
  assertEquals(list.takeDue(150, 200, 99), []);
  assertEquals(list.takeDue(200, 200, 99), [2]);
});

Deno.test("too much missing empties the list: a key frame is what helps", () => {
  const list = new NackList();
  assert(list.addGap(0, 600));
  assert(!list.addGap(600, 1003));
  assertEquals([list.size, list.hasNew], [0, false]);
  assert(list.addGap(1003, 2004), "a thousand is not too much");
});

Deno.test("of many that are due so many are asked for, and the others next time", () => {
  const list = new NackList();
  list.addGap(0, 6);
  assertEquals(list.takeNew(0, 2), [1, 2]);
  assertEquals(list.takeNew(20, 0), []);
  assertEquals(list.takeDue(20, 100, 2), [3, 4]);
  assert(list.hasNew);
  assertEquals(list.takeNew(40, 9), [5]);
});

Deno.test("what is before the packet that is needed is not asked for, across a wrap too", () => {
  const list = new NackList();
  list.addGap(65533, 3);
  list.forgetBefore(1);
  assertEquals(list.takeNew(0, 9), [1, 2]);
  list.forgetBefore(65535);
  assertEquals(list.size, 2);
});

Deno.test("what is ten thousand packets old is asked for no more", () => {
  const list = new NackList();
  list.addGap(60_000, 60_002);
  list.addGap(4463, 4465);
  assertEquals(list.takeNew(0, 9), [60_001, 4464]);
  list.addGap(4466, 4468);
  assertEquals(list.takeDue(500, 100, 9), [4464, 4467]);
});
