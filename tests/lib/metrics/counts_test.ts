import { assertEquals } from "@std/assert";
import {
  addCounts,
  CLIENT_COUNTS,
  COUNTED,
  metric,
  noFigures,
  TOTALS,
  TRACK_COUNTS,
  zeros,
} from "../../../lib/metrics/mod.ts";

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

Deno.test("what tracks and stays count is each counter once, where the catalog says", () => {
  assertEquals(new Set(TRACK_COUNTS).size, TRACK_COUNTS.length);
  for (const [at, names] of Object.entries(COUNTED)) {
    for (const name of names) {
      assertEquals<string | undefined>(metric(name).at, at);
    }
  }
  assertEquals(new Set(TOTALS).size, TOTALS.length);
  assertEquals<readonly string[]>(
    TOTALS.filter((name) => metric(name).at === "packets"),
    CLIENT_COUNTS.filter((name) => metric(name).at === "packets"),
  );
});

Deno.test("a client's record has each counter of which it has a part, at zero to begin with", () => {
  const figures = noFigures();
  for (const name of CLIENT_COUNTS) assertEquals(figures[name], 0, name);
});

Deno.test("two that begin at zero are two", () => {
  const [a, b] = [zeros(["packetsLost"]), zeros(["packetsLost"])];
  a.packetsLost++;
  assertEquals([a.packetsLost, b.packetsLost], [1, 0]);
  assertEquals(zeros([]), {});
});

Deno.test("sums go on beyond 32 bits, and keep their fractions", () => {
  const names = ["bytesSent", "playedMs"] as const;
  const sums = { bytesSent: 2 ** 32 - 1, playedMs: 0.5 };
  addCounts(sums, { bytesSent: 2, playedMs: 0.25 }, names);
  assertEquals(sums, { bytesSent: 2 ** 32 + 1, playedMs: 0.75 });
});

Deno.test("a list of names that was added up by once is so each time, of whatever records", () => {
  const names = ["packetsLost"] as const;
  const sums = zeros(names);
  addCounts(sums, { packetsLost: 1, ...{ packetsExpected: 9 } }, names);
  addCounts(sums, { ...{ playedMs: 3 }, packetsLost: 2 }, names);
  addCounts(sums, sums, names);
  assertEquals(sums, { packetsLost: 6 });
});
