import { assert, assertEquals } from "@std/assert";
import {
  type LineState,
  lineState,
  lineText,
  lineWidth,
  viewLine,
} from "../../../cli/terminal/mod.ts";
import { displayWidth } from "../../../lib/text/width.ts";

/** The row, with a bar before the cursor's column. */
function seen(
  text: string,
  cursor: number,
  columns: number,
  more: { hint?: string; search?: LineState["search"] } = {},
): string {
  const state = { ...lineState(text), cursor, search: more.search };
  const view = viewLine(state, { columns, prompt: "> ", hint: more.hint });
  assertEquals(lineWidth(view.line), columns);
  assert(view.cursor >= 0 && view.cursor < columns, "the cursor is in the row");
  const row = lineText(view.line);
  let at = 0;
  while (displayWidth(row.slice(0, at)) < view.cursor) at++;
  return row.slice(0, at) + "|" + row.slice(at);
}

Deno.test("line view: a short line stands after the prompt", () => {
  assertEquals(seen("abc", 1, 10), "> a|bc     ");
});

Deno.test("line view: a hint follows the end while the cursor is there", () => {
  assertEquals(seen("add ", 4, 14, { hint: "<count>" }), "> add |<count> ");
  assertEquals(seen("add ", 4, 9, { hint: "<count>" }), "> add |<c…");
  assertEquals(seen("add ", 3, 14, { hint: "<count>" }), "> add|         ");
});

Deno.test("line view: a long line is cut where the cursor is not", () => {
  assertEquals(seen("abcdefghijkl", 0, 10), "> |abcdefg…");
  assertEquals(seen("abcdefghijkl", 12, 10), "> …jkl|    ");
  assertEquals(seen("abcdefghijkl", 9, 10), "> …fghi|jkl");
});

Deno.test("line view: the text stands still while the cursor moves within half a row", () => {
  assertEquals(seen("abcdefghijkl", 8, 10), "> …fgh|ijkl");
  assertEquals(seen("abcdefghijkl", 7, 10), "> abcdefg|h");
});

Deno.test("line view: wide characters are never cut in half", () => {
  assertEquals(seen("世界世界世界", 0, 9), "> |世界世…");
  assertEquals(seen("世界世界世界", 6, 9), "> … 世界| ");
});

Deno.test("line view: a search shows what is looked for", () => {
  const search = { query: "ad", index: 0, text: "", cursor: 0 };
  assertEquals(
    seen("add 5", 0, 40, { search }).trimEnd(),
    "(search) 'ad': |add 5",
  );
});

Deno.test("line view: is exact for every width and every place of the cursor", () => {
  const text = "ab世界cd é😀 xyz 世";
  for (let columns = 1; columns < 30; columns++) {
    for (let cursor = 0; cursor <= text.length; cursor++) {
      const state = { ...lineState(text), cursor };
      const view = viewLine(state, { columns, prompt: "rtcrowd> " });
      assertEquals(lineWidth(view.line), columns);
      assert(view.cursor >= 0 && view.cursor < columns);
    }
  }
});
