/** Tables as wide as they have to be. */

import { assertEquals } from "@std/assert";
import { wideTable } from "../../../lib/report/wide_table.ts";
import { span } from "../../../lib/text/mod.ts";

const PLAIN = { color: false, width: 80 };

Deno.test.each([
  {
    why: "a column is as wide as its widest cell, numbers to the right",
    headings: ["name", "n"],
    rows: [["a", "1"], ["a long name", "1,000"]],
    lines: [
      "name             n",
      "a                1",
      "a long name  1,000",
    ],
  },
  {
    why: "a heading may be the widest",
    headings: ["client", "errors"],
    rows: [["a", "1"]],
    lines: ["client  errors", "a            1"],
  },
  {
    why: "without rows there are headings",
    headings: ["a", "b"],
    rows: [],
    lines: ["a  b"],
  },
  {
    why: "what is two columns wide takes two",
    headings: ["名", "n"],
    rows: [["日本", "1"], ["abc", "2"]],
    lines: ["名    n", "日本  1", "abc   2"],
  },
])("a table is laid out: $why", ({ headings, rows, lines }) => {
  assertEquals(
    wideTable(
      headings,
      rows.map((row) => row.map((text) => span(text))),
      PLAIN,
    ),
    lines.map((line) => `${line}\n`).join(""),
  );
});

Deno.test("a narrow screen cuts rows, and breaks none", () => {
  const rows = [["a", "b"].map((text) => span(text.repeat(50)))];
  const text = wideTable(["x", "y"], rows, { color: false, width: 40 });
  const lines = text.trimEnd().split("\n");
  assertEquals(lines.length, 2);
  assertEquals(lines.every(({ length }) => length <= 40), true);
});
