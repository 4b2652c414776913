import { assertAlmostEquals, assertEquals } from "@std/assert";
import { leastOfEach, slopeOf } from "./slope.ts";

Deno.test("what grows by 3 a minute has a slope of 3, noise or not", () => {
  const points = Array.from({ length: 100 }, (_, i) => ({
    minutes: i / 10,
    value: 50 + 3 * i / 10 + (i % 2 === 0 ? 1 : -1),
  }));
  assertAlmostEquals(slopeOf(points), 3, 0.05);
});

Deno.test("nothing, and one moment, have no slope", () => {
  assertEquals(slopeOf([]), 0);
  assertEquals(slopeOf([{ minutes: 1, value: 9 }]), 0);
});

Deno.test("of what goes up and down by turns the least of each whole turn says whether it grows", () => {
  const points = Array.from({ length: 103 }, (_, i) => ({
    minutes: 2 + i / 10,
    value: 50 + i / 10 * 3 + [0, 8, 30, 2, 17][i % 5],
  }));
  const least = leastOfEach(points, 0.5);
  assertEquals(least.length, 20);
  assertEquals(Math.round(slopeOf(least) * 1000), 3000);
  assertEquals(leastOfEach([], 1), []);
  assertEquals(leastOfEach(points.slice(0, 3), 1), []);
});
