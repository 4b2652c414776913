import { assert, assertLess } from "@std/assert";
import { linesOf, startChild } from "../../bench/child.ts";
import { ENGINES } from "./engines.ts";

/** Enough to tell; over 2000 joins it is some 330 bytes for either engine. */
const JOINS = 150;
/** A few hundred are noise of so few joins; what is kept of one with its media is 50,000 and more. */
const MAX_BYTES = 1000;

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name: `${engine}: who has come and gone leaves nothing in the server`,
    ignore,
    async fn() {
      const child = startChild(import.meta.resolve("./joining.ts"), {
        args: [engine, String(JOINS)],
        flags: ["--v8-flags=--expose-gc", "--no-check"],
      });
      const lines = await Array.fromAsync(linesOf(child));
      assert((await child.status).success);
      assertLess(Number(lines[0]), MAX_BYTES);
    },
  });
}
