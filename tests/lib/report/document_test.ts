import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { summarize, type Summary } from "../../../lib/metrics/mod.ts";
import type { Block } from "../../../lib/report/blocks.ts";
import { reportDocument } from "../../../lib/report/document.ts";
import { renderText } from "../../../lib/report/mod.ts";
import { madeUpRun } from "../metrics/run.ts";

function blocksOf(summary: Summary): readonly Block[] {
  return reportDocument(summary).sections.flat();
}

function textsOf(block: Block): readonly string[] {
  switch (block.kind) {
    case "sentence":
      return [block.text];
    case "table":
      return block.rows.flatMap(({ cells }) => cells);
    case "figures":
      return block.rows.flat().map((figure) =>
        typeof figure === "string" ? figure : figure.text
      );
  }
}

Deno.test("no section, block or text of a report is empty", () => {
  for (const section of reportDocument(summarize(madeUpRun())).sections) {
    assert(section.length > 0);
    for (const block of section) {
      const texts = textsOf(block);
      assert(texts.length > 0, JSON.stringify(block));
      for (const text of texts) assert(text !== "", JSON.stringify(block));
    }
  }
});

Deno.test("every row of a table has a text for each of its columns", () => {
  for (const block of blocksOf(summarize(madeUpRun()))) {
    if (block.kind !== "table") continue;
    for (const { cells } of block.rows) {
      assertEquals(cells.length, block.columns.length);
    }
  }
});

Deno.test("a wide screen is told every word of the report, in its order", () => {
  const summary = summarize(madeUpRun());
  const text = renderText(summary, { color: false, width: 1000 });
  let from = 0;
  for (const block of blocksOf(summary)) {
    for (const said of textsOf(block)) {
      const at = text.indexOf(said, from);
      assert(at >= 0, said);
      from = at + said.length;
    }
  }
});

Deno.test("a name held together by zero-width joiners is shown as it is, and its controls are not", () => {
  const summary = summarize(madeUpRun());
  const [first, second] = summary.rooms;
  const rooms = [{ ...first, roomId: "👩‍👩‍👧\u202e\x1b[2J" }, second];
  const text = renderText({ ...summary, rooms }, { color: false, width: 80 });
  assertStringIncludes(text, "\n👩‍👩‍👧   ");
});
