import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  ntpFraction,
  ntpMiddle,
  ntpSeconds,
  ntpToWallMs,
  roundTripMs,
} from "../../../../lib/media/mod.ts";

Deno.test("1970 is 2,208,988,800 s after 1900", () => {
  assertEquals([ntpSeconds(0), ntpFraction(0)], [2_208_988_800, 0]);
});

Deno.test.each([
  { wallMs: 500, fraction: 0x80000000 },
  { wallMs: 1250, fraction: 0x40000000 },
  { wallMs: 1999.9999999, fraction: 0xffffffff },
])("$wallMs ms has the fraction $fraction", ({ wallMs, fraction }) => {
  assertEquals(ntpFraction(wallMs), fraction);
});

Deno.test.each([
  { why: "at once", sentMs: 0, delay: 0, cameMs: 250, ms: 250 },
  { why: "after a while", sentMs: 0, delay: 65536, cameMs: 1250, ms: 250 },
  {
    why: "over the wrap of the seconds",
    sentMs: (0x10000 * 33_800 - 2_208_988_800) * 1000 - 500,
    delay: 0,
    cameMs: (0x10000 * 33_800 - 2_208_988_800) * 1000 + 500,
    ms: 1000,
  },
  { why: "read too coarsely", sentMs: 0, delay: 200, cameMs: 1, ms: 0 },
])(
  "a report that is answered $why took $ms ms",
  ({ sentMs, delay, cameMs, ms }) => {
    assertAlmostEquals(
      roundTripMs(cameMs, ntpMiddle(sentMs), delay),
      ms,
      0.02,
    );
  },
);

Deno.test("any time comes back to the microsecond, with halves as the wire has them", () => {
  const random = createRandom(1, "ntp");
  for (let round = 0; round < 1000; round++) {
    const wallMs = 1_600_000_000_000 + random() * 4e11;
    const seconds = ntpSeconds(wallMs) | 0;
    const fraction = ntpFraction(wallMs) | 0;
    assertAlmostEquals(ntpToWallMs(seconds, fraction), wallMs, 0.001);
  }
});
