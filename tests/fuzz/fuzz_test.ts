import { assertEquals } from "@std/assert";
import { DOORS } from "./doors.ts";
import { attackAll } from "./main.ts";

/** Always the same inputs. */
const SEED = 1;
const PURE_RUNS = 5000;
const STATEFUL_RUNS = 200;
const SLOW_RUNS = 6;
/** For each door on a slow machine; the runs decide. */
const MAX_MS = 120_000;

Deno.test("no damaged or hostile input breaks, hangs or leaves anything behind at any door", async () => {
  const effort = { seed: SEED, ms: MAX_MS };
  const attacks = await attackAll({
    doors: DOORS.map(({ name }) => name),
    pure: { ...effort, runs: PURE_RUNS },
    stateful: { ...effort, runs: STATEFUL_RUNS },
    slow: { ...effort, runs: SLOW_RUNS },
  });
  assertEquals(
    attacks.flatMap(({ door, finding }) =>
      finding === null ? [] : [`${door}: ${finding.what}\n${finding.input}`]
    ),
    [],
  );
  assertEquals(attacks.length, DOORS.length);
});
