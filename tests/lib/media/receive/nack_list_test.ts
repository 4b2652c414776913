import { assert, assertEquals } from "@std/assert";
import { NackList } from "../../../../lib/media/mod.ts";

Deno.test("what lies between two sequence numbers is asked for, once at first", () => {
  const list = new NackList();
  assert(list.addGap(10, 14, 0));
  assertEquals(list.takeDue(0, 99), [11, 12, 13]);
  assertEquals(list.takeDue(49, 99), []);
});

Deno.test("a gap over the wrap is asked for in order", () => {
  const list = new NackList();
  list.addGap(65533, 2, 0);
  assertEquals(list.takeDue(0, 99), [65534, 65535, 0, 1]);
});

Deno.test("what came is not asked for again", () => {
  const list = new NackList();
  list.addGap(1, 4, 0);
  list.takeDue(0, 99);
  list.remove(2);
  assertEquals(list.takeDue(50, 99), [3]);
});

Deno.test("what was repaired is not asked for again, and may come all the same, once", () => {
  const list = new NackList();
  list.addGap(1, 5, 0);
  assert(list.repair(2));
  assert(!list.repair(2), "it is missing no more");
  list.remove(3);
  assert(!list.repair(3), "it was there already");
  assertEquals(list.takeDue(0, 99), [4]);
  assertEquals([list.remove(2), list.remove(2), list.remove(4)], [
    true,
    false,
    false,
  ]);
});

Deno.test("a packet is asked for five times, each time after twice as long, and then given up", () => {
  const list = new NackList();
  list.addGap(1, 3, 0);
  const asked: number[] = [];
  for (let ms = 0; ms <= 10_000; ms += 10) {
    if (list.takeDue(ms, 99).length > 0) asked.push(ms);
  }
  assertEquals(asked, [0, 50, 150, 350, 750]);
  assertEquals(list.size, 0);
});

Deno.test("too much missing empties the list: a key frame is what helps", () => {
  const list = new NackList();
  assert(list.addGap(0, 300, 0));
  assert(!list.addGap(300, 700, 0));
  assertEquals(list.size, 0);
});

Deno.test("of many that are due so many are asked for, and the others next time", () => {
  const list = new NackList();
  list.addGap(0, 6, 0);
  assertEquals(list.takeDue(0, 2), [1, 2]);
  assertEquals(list.takeDue(20, 0), []);
  assertEquals(list.takeDue(20, 2), [3, 4]);
  assertEquals(list.takeDue(40, 9), [5]);
});

Deno.test("what is before the packet that is needed is not asked for, across a wrap too", () => {
  const list = new NackList();
  list.addGap(65533, 3, 0);
  list.forgetBefore(1);
  assertEquals(list.takeDue(0, 9), [1, 2]);
  list.forgetBefore(65535);
  assertEquals(list.size, 2);
});
