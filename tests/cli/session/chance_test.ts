import { assertAlmostEquals, assertEquals } from "@std/assert";
import { drawn } from "../../../cli/session/chance.ts";

const TEN = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

Deno.test("as many are drawn as wanted, in their order, and others the next time", () => {
  const first = drawn(TEN, 4, 1);
  assertEquals(first.chosen.length, 4);
  assertEquals(first.chosen, first.chosen.toSorted());
  assertEquals(drawn(TEN, 4, 1), first);
  assertEquals(drawn(TEN, 10, 1).chosen, TEN);
  assertEquals(drawn(TEN, 0, 1).chosen, []);
});

Deno.test("each is as likely to be drawn as any other", () => {
  const counts = TEN.map(() => 0);
  let chance = 7;
  for (let i = 0; i < 10_000; i++) {
    const { chosen, chance: next } = drawn(TEN, 3, chance);
    for (const one of chosen) counts[one]++;
    chance = next;
  }
  for (const count of counts) assertAlmostEquals(count, 3000, 150);
});
