import { assertEquals } from "@std/assert";
import { DOORS } from "./doors.ts";
import { attackAll } from "./main.ts";

/** Always the same inputs. */
const SEED = 1;
const INPUTS = { pure: 5000, stateful: 4000 };
/** On a slow machine; the inputs decide. */
const MAX_MS = 900_000;

Deno.test("no damaged or hostile input breaks, hangs or leaves anything behind at any door", async () => {
  const attacks = await attackAll({
    doors: DOORS.map(({ name }) => name),
    seed: SEED,
    inputs: INPUTS,
    untilMs: Date.now() + MAX_MS,
  });
  assertEquals(
    attacks.flatMap(({ door, finding }) =>
      finding === null ? [] : [`${door}: ${finding.what}\n${finding.input}`]
    ),
    [],
  );
  assertEquals(attacks.length, DOORS.length);
});
