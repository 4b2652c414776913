import { assert, assertEquals } from "@std/assert";
import {
  lineText,
  lineWidth,
  span,
  table,
  type TableColumn,
} from "../../../lib/text/mod.ts";

const columns: readonly TableColumn[] = [
  { title: "client", priority: 3 },
  { title: "state", priority: 2 },
  { title: "loss", alignment: "right", priority: 2 },
  { title: "room", priority: 1 },
];
const rows = [
  ["anna", span("ready", "good"), "0.1%", "load-test-room"],
  ["世界", span("failed", "critical"), "12.5%"],
];

function text(width: number): string[] {
  const lines = table({ columns, rows, width });
  for (const line of lines) assert(lineWidth(line) <= width, `within ${width}`);
  return lines.map((line) => lineText(line).trimEnd());
}

Deno.test("table: columns are as wide as they need, and aligned", () => {
  assertEquals(text(80), [
    "client  state    loss  room",
    "anna    ready    0.1%  load-test-room",
    "世界    failed  12.5%",
  ]);
});

Deno.test("table: the least important column goes first, of equals the rightmost", () => {
  assertEquals(text(30), [
    "client  state    loss",
    "anna    ready    0.1%",
    "世界    failed  12.5%",
  ]);
  assertEquals(text(20), ["client  state", "anna    ready", "世界    failed"]);
  assertEquals(text(10), ["client", "anna", "世界"]);
});

Deno.test("table: when no column may go the widest texts are cut", () => {
  const [, row] = table({
    columns: [{ title: "a" }, { title: "b" }],
    rows: [["long long long", "short"]],
    width: 16,
  });
  assertEquals(lineText(row), "long lon…  short");
});

Deno.test("table: is never wider than asked", () => {
  for (let width = 0; width < 60; width++) text(width);
});

Deno.test("table: titles are dim, cells keep their styles", () => {
  const [title, , failed] = table({ columns, rows, width: 80 });
  assertEquals(title[0].style, "dim");
  assertEquals(failed[2], span("failed", "critical"));
});

Deno.test("table: without rows there is the title row", () => {
  const lines = table({ columns, rows: [], width: 80 });
  assertEquals(lines.map(lineText), ["client  state  loss  room"]);
});
