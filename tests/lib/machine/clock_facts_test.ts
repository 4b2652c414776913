import { assert, assertEquals } from "@std/assert";
import {
  parseTimex,
  readClockFacts,
} from "../../../lib/machine/clock_facts.ts";

/** As adjtimex(2) fills it in on 64 bits. */
function timex(status: number, maxErrorUs: number): Uint8Array {
  const bytes = new Uint8Array(208);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(24, BigInt(maxErrorUs), true);
  view.setInt32(40, status, true);
  return bytes;
}

Deno.test.each([
  { status: 0, isSynchronised: true, why: "nothing is said against it" },
  { status: 0x2001, isSynchronised: true, why: "a daemon keeps it" },
  { status: 0x40, isSynchronised: false, why: "nobody keeps it" },
  {
    status: 0x2041,
    isSynchronised: false,
    why: "a daemon has lost its server",
  },
])("a kernel's clock of status $status: $why", ({ status, isSynchronised }) => {
  assertEquals(parseTimex(timex(status, 16_500)), {
    isSynchronised,
    maxErrorMs: 16.5,
  });
});

Deno.test("the kernel of this machine is asked without a word of the user", () => {
  const facts = readClockFacts();
  assert(facts === null || facts.maxErrorMs >= 0);
});
