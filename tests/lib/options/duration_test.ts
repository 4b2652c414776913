import { assertEquals } from "@std/assert";
import { readDuration } from "../../../lib/options/mod.ts";

Deno.test.each([
  ["30", 30_000],
  ["500ms", 500],
  [".5s", 500],
  ["5m", 300_000],
  ["1h", 3_600_000],
  ["0", 0],
  ["", undefined],
  ["5x", undefined],
  ["-1", undefined],
  ["999h", undefined],
])("%s is %s ms", (text, ms) => {
  assertEquals(readDuration(text), ms);
});
