import { assertAlmostEquals, assertEquals } from "@std/assert";
import { slopeOf } from "./slope.ts";

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
