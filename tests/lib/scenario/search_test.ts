import { assert, assertEquals } from "@std/assert";
import {
  bracketOf,
  nextTrial,
  type SearchBounds,
  type Trial,
} from "../../../lib/scenario/mod.ts";

const BOUNDS: SearchBounds = { start: 10, most: 1000, precision: 0.05 };

function search(holds: number, bounds = BOUNDS): readonly Trial[] {
  const trials: Trial[] = [];
  for (;;) {
    const clients = nextTrial(trials, bounds);
    if (clients === undefined) return trials;
    trials.push({ clients, healthy: clients <= holds });
    assert(trials.length < 50, "the search does not end");
  }
}

Deno.test("it grows by half until something breaks, then halves what is left", () => {
  assertEquals(
    search(40).map(({ clients }) => clients),
    [10, 15, 23, 35, 53, 44, 39, 41, 40],
  );
});

Deno.test("whatever a server holds, the answer is as near as asked", () => {
  for (let holds = 1; holds < 990; holds++) {
    const { largest } = bracketOf(search(holds));
    assert(largest <= holds, `${holds}: ${largest}`);
    assert(
      holds - largest <= Math.max(1, largest * BOUNDS.precision),
      `${holds}: ${largest}`,
    );
  }
});

Deno.test("a server that holds nobody is found to, and one that holds all as well", () => {
  assertEquals(bracketOf(search(0)), { largest: 0, smallestBroken: 1 });
  assertEquals(bracketOf(search(5000)), {
    largest: 1000,
    smallestBroken: undefined,
  });
});

Deno.test("the first number is never above the most", () => {
  assertEquals(search(100, { ...BOUNDS, most: 4 }), [
    { clients: 4, healthy: true },
  ]);
});

Deno.test("a number that was healthy above one that broke does not count", () => {
  assertEquals(
    bracketOf([
      { clients: 10, healthy: true },
      { clients: 30, healthy: true },
      { clients: 20, healthy: false },
    ]),
    { largest: 10, smallestBroken: 20 },
  );
});
