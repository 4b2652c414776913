import { assertEquals } from "@std/assert";
import { addCounts, zeros } from "../../../lib/metrics/mod.ts";

Deno.test("of two records the fields that are named are added up, and no other", () => {
  const names = ["packetsLost", "packetsExpected"] as const;
  const sums = { ...zeros(names), playedMs: 1 };
  for (const packetsLost of [1, 2]) {
    const values = { packetsLost, packetsExpected: 10, playedMs: 5 };
    addCounts(sums, values, names);
  }
  assertEquals(sums, { packetsLost: 3, packetsExpected: 20, playedMs: 1 });
});

Deno.test("lists of other names are added up apart", () => {
  const sums = { packetsLost: 0, pliCountSent: 0 };
  const values = { packetsLost: 1, pliCountSent: 2 };
  addCounts(sums, values, ["packetsLost"]);
  addCounts(sums, values, ["pliCountSent"]);
  addCounts(sums, values, []);
  assertEquals(sums, values);
});

Deno.test("what a getter counts is read as what a field does", () => {
  const values = {
    get packetsLost() {
      return 7;
    },
  };
  const sums = { packetsLost: 1 };
  addCounts(sums, values, ["packetsLost"]);
  assertEquals(sums, { packetsLost: 8 });
});
