import { assert, assertEquals, assertLess } from "@std/assert";
import { linesOf, startChild } from "../../bench/child.ts";

/** Counted in virtual time, so some hundreds at most on every machine; a plain record is 3200, a story that is not packed 1900, and who keeps those that were cut off together with him is 8700. */
const MAX_BYTES = 1000;

Deno.test("clients that have come and gone leave at most a kilobyte, in the generator and in a session", async () => {
  const child = startChild(import.meta.resolve("../../bench/joins.ts"), {
    args: ["--quick"],
    flags: ["--v8-flags=--expose-gc", "--no-check"],
  });
  const figures: { readonly figure: string; readonly value: number }[] = [];
  for await (const line of linesOf(child)) figures.push(JSON.parse(line));
  assert((await child.status).success);
  assertEquals(figures.map(({ figure }) => figure), ["generator", "session"]);
  for (const { figure, value } of figures) {
    assertLess(value, MAX_BYTES, figure);
  }
});
