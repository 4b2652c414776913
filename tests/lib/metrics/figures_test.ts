import { assertEquals } from "@std/assert";
import { divided } from "../../../lib/metrics/figures.ts";

Deno.test.each<
  { why: string; due: number; silent: number; away: number; is: number | null }
>([
  { why: "nobody was away", due: 100, silent: 20, away: 0, is: 0.2 },
  {
    why: "what the away missed is theirs",
    due: 100,
    silent: 60,
    away: 50,
    is: 0.2,
  },
  {
    why: "the away are a little ahead",
    due: 100,
    silent: 49.9,
    away: 50,
    is: 0,
  },
  {
    why: "all were away all the time",
    due: 100,
    silent: 100,
    away: 100,
    is: null,
  },
])(
  "silence of those that were there is a share from 0 to 1: $why",
  (counts) => {
    const found = divided(
      "silent",
      (name) =>
        name === "tracksDueMs"
          ? counts.due
          : name === "tracksSilentMs"
          ? counts.silent
          : counts.away,
    );
    assertEquals(found, counts.is);
  },
);

Deno.test("of a part in which more was given back than lost, nothing is lost", () => {
  const count = (packetsLost: number) =>
    divided(
      "loss",
      (name) => ({ packetsLost, packetsExpected: 100 } as const)[name as never],
    );
  assertEquals([count(-6), count(0), count(7)], [0, 0, 0.07]);
});
