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

Deno.test("it grows by half until something breaks, halves what is left, and tries what broke once more", () => {
  assertEquals(
    search(40).map(({ clients }) => clients),
    [10, 15, 23, 35, 53, 44, 39, 41, 40, 41],
  );
});

Deno.test("what broke once and then holds has not broken: the search goes on from there", () => {
  const hiccups = new Set([35]);
  const trials: Trial[] = [];
  for (;;) {
    const clients = nextTrial(trials, BOUNDS);
    if (clients === undefined) break;
    trials.push({
      clients,
      healthy: clients <= 60 && !hiccups.delete(clients),
    });
  }
  assertEquals(
    trials.map(({ clients, healthy }) => healthy ? clients : -clients),
    [10, 15, 23, -35, 29, 32, 33, 34, 35, 53, -80, -66, 59, -62, 60, -62],
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
