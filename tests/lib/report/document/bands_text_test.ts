import { assertEquals } from "@std/assert";
import { BAND_METRICS, limitsOf } from "../../../../lib/metrics/mod.ts";
import { bandRows } from "../../../../lib/report/mod.ts";

Deno.test("the README's table of bounds is the code's", async () => {
  const readme = await Deno.readTextFile(
    new URL("../../../../README.md", import.meta.url),
  );
  const lines = readme.split("\n");
  const first = lines.findIndex((line) => /^\| figure +\| of/.test(line));
  const rows = bandRows().map(({ name, what, good, critical, reason }) => [
    name,
    what,
    good,
    critical,
    reason,
  ]);
  assertEquals(
    lines.slice(first + 2, first + 2 + rows.length + 1).map((line) =>
      line.split("|").slice(1, -1).map((cell) => cell.trim())
    ),
    [...rows, []],
  );
});

Deno.test("every bound is a share or what a machine has, and has its reason in one sentence", () => {
  for (const metric of BAND_METRICS) {
    const { unit, good, critical, reason } = limitsOf(metric);
    const [, bound] = critical ?? good;
    if (unit === "ratio") assertEquals(bound <= 1, true, metric);
    assertEquals(/^[A-Z][^.]*\.$/.test(reason), true, reason);
  }
});

Deno.test("bounds are shown as people read them", () => {
  const [connected, delivered, memory] = ["connected", "delivered", "memory"]
    .map((name) => bandRows().find((row) => row.name.includes(name))!)
    .map(({ good, critical }) => [good, critical]);
  assertEquals([connected, delivered, memory], [
    ["100 %", "< 90 %"],
    [">= 99 %", "< 90 %"],
    ["< 1 GB", "> 4 GB"],
  ]);
});
