/** Time of a run that does not follow the wall clock when that is set. */

import { assertEquals } from "@std/assert";
import { steadyWallClock } from "../../../../lib/load/node/this_thread.ts";

Deno.test("it begins at the wall clock and goes on by the node's, whatever becomes of the wall clock", () => {
  let nowMs = 100;
  let wallMs = 1_700_000_000_000;
  const wall = steadyWallClock({
    nowMs: () => nowMs,
    wallNowMs: () => wallMs,
  });
  assertEquals(wall(), 1_700_000_000_000);
  nowMs += 1234.5;
  wallMs -= 3_600_000;
  assertEquals(wall(), 1_700_000_001_234.5);
  // One that begins now begins at the time that was set.
  const later = steadyWallClock({
    nowMs: () => nowMs,
    wallNowMs: () => wallMs,
  });
  assertEquals(later(), 1_699_996_400_000);
});
