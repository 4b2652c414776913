import { assertEquals, assertLess } from "@std/assert";
import {
  measureOffset,
  offsetNotes,
} from "../../../lib/agents/clock_offset.ts";
import { createRandom } from "../../../lib/load/mod.ts";

Deno.test.each([
  { aheadMs: 5_000, busyMs: 0, lost: 0, why: "one that was never set" },
  { aheadMs: -80, busyMs: 0, lost: 0, why: "one that is a little behind" },
  { aheadMs: -80, busyMs: 40, lost: 0, why: "a machine that is busy" },
  { aheadMs: 3_600_000, busyMs: 40, lost: 0.5, why: "a link that loses half" },
])(
  "a clock that is $aheadMs ms ahead is found to be, within the bound: $why",
  async ({ aheadMs, busyMs, lost }) => {
    const random = createRandom(1, "clock");
    let nowMs = 0;
    const { aheadMs: found, boundMs } = await measureOffset(
      () => {
        if (random() < lost) {
          nowMs += 100;
          return Promise.resolve(undefined);
        }
        nowMs += 0.3 + random() * busyMs;
        const wallMs = nowMs + aheadMs;
        nowMs += 0.3 + random() * busyMs;
        return Promise.resolve(wallMs);
      },
      { nowMs: () => nowMs, wallNowMs: () => nowMs },
      () => false,
    );
    assertLess(Math.abs(found - aheadMs), boundMs + 1e-6);
    assertLess(boundMs, 0.4 + busyMs / 4);
  },
);

Deno.test("nothing is known of a clock that never answers, and nobody waits for it for long", async () => {
  let nowMs = 0;
  const offset = await measureOffset(
    () => Promise.resolve(void (nowMs += 2_000)),
    { nowMs: () => nowMs, wallNowMs: () => nowMs },
    () => nowMs > 20_000,
  );
  assertEquals(offset, { aheadMs: 0, boundMs: Infinity });
});

const SAME = { aheadMs: 1, boundMs: 0.5 };

Deno.test.each([
  { begun: SAME, ended: SAME, notes: [] },
  {
    begun: { aheadMs: 5_000, boundMs: 0.4 },
    ended: { aheadMs: 5_001, boundMs: 0.6 },
    notes: [
      "a1's clock was 5000 ms behind; latencies between machines are corrected, to ±0.4 ms",
    ],
  },
  {
    begun: { aheadMs: -80, boundMs: 0.4 },
    ended: { aheadMs: -20, boundMs: 0.6 },
    notes: [
      "a1's clock was 80 ms ahead; latencies between machines are corrected, to ±0.4 ms",
      "a1's clock went slow by 60 ms during the run: latencies between machines are wrong by up to that",
    ],
  },
  {
    begun: { aheadMs: 3, boundMs: 30 },
    ended: undefined,
    notes: [
      "a1's clock is known to ±30.0 ms only, and so are latencies between machines",
    ],
  },
  {
    begun: { aheadMs: 0, boundMs: Infinity },
    ended: undefined,
    notes: [
      "a1's clock could not be compared: latencies between machines are by their own clocks",
    ],
  },
])("of a clock it is said: $notes", ({ begun, ended, notes }) => {
  assertEquals<readonly string[]>(offsetNotes("a1", begun, ended), notes);
});
