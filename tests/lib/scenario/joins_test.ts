import { assert, assertEquals, assertLess } from "@std/assert";
import { linesOf, startChild } from "../../bench/child.ts";

/** A packed record is 600, a plain one with its latencies 3200; the rest are the seconds that the joins take. */
const MAX_BYTES: Readonly<Record<string, number>> = {
  generator: 1200,
  session: 1500,
};

Deno.test("clients that have come and gone leave at most a packed record, in the generator and in a session", async () => {
  const child = startChild(import.meta.resolve("../../bench/joins.ts"), {
    args: ["--quick"],
    flags: ["--v8-flags=--expose-gc", "--no-check"],
  });
  const figures: { readonly figure: string; readonly value: number }[] = [];
  for await (const line of linesOf(child)) figures.push(JSON.parse(line));
  assert((await child.status).success);
  assertEquals(figures.map(({ figure }) => figure), ["generator", "session"]);
  for (const { figure, value } of figures) {
    assertLess(value, MAX_BYTES[figure], figure);
  }
});
