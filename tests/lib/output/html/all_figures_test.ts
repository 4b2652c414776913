/** The whole report on the page, block by block. */

import { assertEquals } from "@std/assert";
import { summarize } from "../../../../lib/metrics/mod.ts";
import { allFigures } from "../../../../lib/output/html/all_figures.ts";
import type { Block } from "../../../../lib/report/mod.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { attributesIn, cellsIn, markupOf, textsIn } from "./read.ts";

const SUMMARY = { ...summarize(madeUpRun()), config: {} };

function page(blocks: readonly Block[], config: typeof SUMMARY.config = {}) {
  return allFigures(
    { status: "passed", word: "", reason: "", about: [], sections: [blocks] },
    { ...SUMMARY, config },
  );
}

Deno.test("figures stand under their name, with the band that they are in", () => {
  const markup = page([{
    kind: "figures",
    label: "a <label>",
    aligned: 0,
    rows: [["plain", { text: "90 %", band: "critical" }], [
      { text: "dim", style: "dim" },
    ]],
  }]);
  assertEquals(textsIn(markup, "dt"), ["a <label>"]);
  assertEquals(textsIn(markup, "dd"), ["plain 90 % (critical)", "dim"]);
  assertEquals(
    attributesIn(markup, "class").filter((name) => /critical|dim/.test(name)),
    ["critical", "dim"],
  );
});

Deno.test("a table has the cells of its rows, numbers but for its first column", () => {
  const markup = page([{
    kind: "table",
    columns: ["name", ["n", "right"]],
    rows: [{ cells: ["<a>", "1"], style: "dim" }, { cells: ["b", "2"] }],
  } as unknown as Block]);
  assertEquals(cellsIn(markup), [["name", "n"], ["<a>", "1"], ["b", "2"]]);
  assertEquals(
    attributesIn(markup, "class").filter((one) => one === "number").length,
    3,
  );
});

Deno.test("a sentence is one, and what is in it stays text", () => {
  const markup = page([
    { kind: "sentence", text: "1 < 2 & <script>" } as Block,
  ]);
  assertEquals(textsIn(markup, "p"), ["1 < 2 & <script>"]);
  assertEquals(markupOf(markup).includes("<script>"), false);
});

Deno.test("options are told as they were used: texts as they are, all else as JSON", () => {
  const config = {
    name: `it's "x"`,
    clients: 3,
    muted: false,
    none: null,
    stages: [{ target: 1 }],
    "<b>": "",
  };
  assertEquals(cellsIn(page([], config)), [
    ["name", `it's "x"`],
    ["clients", "3"],
    ["muted", "false"],
    ["none", "null"],
    ["stages", `[{"target":1}]`],
    ["<b>", ""],
  ]);
});
