import { assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../../../lib/load/mod.ts";
import {
  ntpFraction,
  ntpSeconds,
  ntpToWallMs,
} from "../../../lib/media/mod.ts";

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

Deno.test("any time comes back to the microsecond, with halves as the wire has them", () => {
  const random = createRandom(1, "ntp");
  for (let round = 0; round < 1000; round++) {
    const wallMs = 1_600_000_000_000 + random() * 4e11;
    const seconds = ntpSeconds(wallMs) | 0;
    const fraction = ntpFraction(wallMs) | 0;
    assertAlmostEquals(ntpToWallMs(seconds, fraction), wallMs, 0.001);
  }
});
