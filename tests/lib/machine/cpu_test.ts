import { assertEquals } from "@std/assert";
import { busyCores, parseCpuTimes } from "../../../lib/machine/cpu.ts";

const STAT = `cpu  100 10 50 800 20 5 10 5 7 3
cpu0 50 5 25 400 10 2 5 2 3 1
cpu1 50 5 25 400 10 3 5 3 4 2
intr 1234
`;

Deno.test("all that is neither idle nor waiting is busy, and guests are counted once", () => {
  assertEquals(parseCpuTimes(STAT), {
    busyTicks: 180,
    allTicks: 1000,
    cores: 2,
  });
});

Deno.test("what says nothing is unknown", () => {
  for (const text of ["", "cpu0 1 2 3 4\n", "intr 1\n"]) {
    assertEquals(parseCpuTimes(text), null, text);
  }
});

Deno.test("busy cores are the share of the time between, of all cores", () => {
  const before = { busyTicks: 100, allTicks: 1000, cores: 2 };
  const after = { busyTicks: 250, allTicks: 1200, cores: 2 };
  assertEquals(busyCores(before, after), 1.5);
  assertEquals(busyCores(before, before), null);
  assertEquals(busyCores(null, after), null);
});
