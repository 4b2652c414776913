import { assert, assertEquals, assertLess } from "@std/assert";
import { Slew } from "../../../lib/time/mod.ts";

Deno.test.each([
  { goalMs: 0.1, settledMs: 200, why: "drift of a second" },
  { goalMs: -3, settledMs: 6_000, why: "what was known badly before" },
])(
  "a difference of $goalMs ms is there after $settledMs ms, and never jumps: $why",
  ({ goalMs, settledMs }) => {
    const slew = new Slew(0, 1000);
    slew.aim(goalMs, 1000);
    let beforeMs = 0;
    for (let atMs = 1; atMs <= settledMs + 1; atMs++) {
      assertEquals(slew.isSettled, false);
      slew.advance(1000 + atMs);
      assertLess(Math.abs(slew.currentMs - beforeMs), 0.000501);
      beforeMs = slew.currentMs;
      if (slew.isSettled) break;
      assertLess(atMs, settledMs + 1);
    }
    assert(slew.isSettled);
    assertEquals(slew.currentMs, goalMs);
  },
);

Deno.test("time that goes back moves nothing", () => {
  const slew = new Slew(7, 1000);
  slew.aim(8, 1000);
  slew.advance(400);
  assertEquals(slew.currentMs, 7);
});
