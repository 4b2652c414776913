import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { createRandom, type Random } from "../../../../lib/load/mod.ts";

Deno.test("the same seed and stream draw the same numbers", () => {
  assertEquals(draw(createRandom(7, "churn")), draw(createRandom(7, "churn")));
});

Deno.test("another seed or another stream draws others", () => {
  const first = draw(createRandom(7, "churn"));
  assertNotEquals(draw(createRandom(8, "churn")), first);
  assertNotEquals(draw(createRandom(7, "impair")), first);
});

Deno.test("the numbers of a seed never change from one release to the next", () => {
  assertEquals(
    draw(createRandom(1, "churn"), 3).map((x) => Math.floor(x * 1e6)),
    [844376, 313965, 248563],
  );
});

Deno.test("the numbers fill 0 to 1 evenly", () => {
  const tenths = new Array<number>(10).fill(0);
  for (const x of draw(createRandom(42, "test"), 10_000)) {
    tenths[Math.floor(x * 10)]++;
  }
  assert(
    tenths.every((count) => count > 900 && count < 1100),
    tenths.join(" "),
  );
});

function draw(random: Random, count = 5): number[] {
  return Array.from({ length: count }, random);
}
