import { assert, assertLess } from "@std/assert";
import { linesOf, startChild } from "../../bench/child.ts";
import { ENGINES } from "./engines.ts";

/** Two or three thousand are noise of so few joins; what is kept of one with its media is 50,000 and more. */
const MOST_BYTES = 15_000;

for (const { engine, ignore } of ENGINES) {
  Deno.test({
    name: `${engine}: who has come and gone leaves nothing in the server`,
    ignore,
    async fn() {
      const child = startChild(import.meta.resolve("./joining.ts"), {
        args: [engine],
        flags: ["--v8-flags=--expose-gc", "--no-check"],
      });
      const lines = await Array.fromAsync(linesOf(child));
      assert((await child.status).success);
      assertLess(Number(lines[0]), MOST_BYTES);
    },
  });
}
