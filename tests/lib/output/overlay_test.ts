import { assertEquals } from "@std/assert";
import type { Moment } from "../../../lib/output/html/charts.ts";
import { overlay } from "../../../lib/output/html/overlay.ts";
import { longRun } from "./made_up_pages.ts";

/** A run of so many clients, in stretches that end at these seconds. */
function run(clients: number, ...ends: readonly number[]): Moment[] {
  const [point] = longRun(1).timeline;
  return ends.map((tSec, i) => ({
    fromSec: ends[i - 1] ?? 0,
    point: { ...point, tSec, clients },
  }));
}

function clientsIn(data: ReturnType<typeof overlay>) {
  const chart = data.charts.find(({ id }) => id === "clients-0")!;
  return Object.fromEntries(
    chart.series.map(({ name, values }) => [name, values]),
  );
}

Deno.test("a side of several runs is its median, from the least to the most of them", () => {
  const data = overlay(
    [run(10, 1, 2, 3)],
    [run(7, 1, 2, 3), run(9, 1, 2, 3), run(1, 1, 2, 3)],
  );
  assertEquals(data.tSec, [1, 2, 3]);
  assertEquals(clientsIn(data), {
    A: [10, 10, 10],
    B: [7, 7, 7],
    "B, least": [1, 1, 1],
    "B, most": [9, 9, 9],
  });
  assertEquals(data.charts[0].bands, [[3, 2, 1]]);
});

Deno.test("runs of other lengths, in longer stretches, and a little late stand at their seconds", () => {
  const data = overlay([run(4, 2, 4, 6)], [run(5, 1.02, 2.01, 3.04)]);
  assertEquals(clientsIn(data), {
    A: [4, 4, 4, 4, 4, 4],
    B: [5, 5, 5, null, null, null],
  });
});

Deno.test("of what neither side knows there is no chart, and of no time none at all", () => {
  const ids = overlay([run(1, 1, 2)], [run(1, 1, 2)]).charts
    .map(({ id }) => id);
  assertEquals(ids.filter((id) => /^(latency|frames|errors)/.test(id)), []);
  assertEquals(overlay([run(1, 1)], [[]]).charts, []);
});
