import { assertEquals } from "@std/assert";
import {
  displayWidth,
  fit,
  truncate,
  wrapWords,
} from "../../../lib/text/mod.ts";
import { clusters } from "../../../lib/text/mod.ts";

const widths: readonly (readonly [why: string, width: number, text: string])[] =
  [
    ["nothing", 0, ""],
    ["ASCII", 3, "abc"],
    ["narrow beyond ASCII", 4, "é─…●"],
    ["CJK", 4, "世界"],
    ["Hangul syllables", 4, "한글"],
    ["Hangul from its parts", 2, "가"],
    ["half-width and full-width forms", 3, "ｱＡ"],
    ["a combining mark", 1, "e\u0301"],
    ["a mark with nothing to stand on", 0, "\u0301"],
    ["a zero-width space", 2, "a\u200bb"],
    ["emoji", 4, "😀☕"],
    ["a sign made an emoji", 2, "❤️"],
    ["the same sign as text", 1, "❤"],
    ["a family joined", 2, "👩‍👩‍👧"],
    ["a flag", 2, "🇩🇪"],
    ["a skin tone", 2, "👍🏽"],
    ["CJK beyond the first plane", 2, "𠀀"],
    ["a control character, shown as U+FFFD", 3, "a\x1bb"],
  ];

Deno.test.each(widths)("width: %s takes %s", (_, width, text) => {
  assertEquals(displayWidth(text), width);
});

Deno.test("width: what terminals disagree about is marked, CJK is not", () => {
  const doubtful = (text: string) => clusters(text).some((c) => c.doubtful);
  assertEquals(["世", "a", "é"].filter(doubtful), []);
  assertEquals(["😀", "❤️", "e\u0301", "䷀"].filter((t) => !doubtful(t)), []);
});

Deno.test("fit: fills, aligns, and cuts with an ellipsis", () => {
  assertEquals(fit("ab", 5), "ab   ");
  assertEquals(fit("ab", 5, "right"), "   ab");
  assertEquals(fit("ab", 5, "center"), " ab  ");
  assertEquals(fit("abcdef", 4), "abc…");
  assertEquals(fit("abcd", 4), "abcd");
  assertEquals(fit("abc", 0), "");
  assertEquals(fit("abc", 1), "…");
});

Deno.test("fit: a wide character that does not fit leaves a space", () => {
  assertEquals(fit("世界世", 4), "世… ");
  assertEquals(truncate("世界世", 4), "世…");
  assertEquals(displayWidth(fit("世界世", 4)), 4);
});

Deno.test("fit: is exact for every width of mixed text", () => {
  for (let columns = 0; columns < 20; columns++) {
    assertEquals(displayWidth(fit("a世e\u0301😀b界👩‍👩‍👧c", columns)), columns);
  }
});

Deno.test.each([
  { text: "", columns: 5, is: [""] },
  { text: "a bc def", columns: 8, is: ["a bc def"] },
  { text: "a bc def", columns: 7, is: ["a bc", "def"] },
  { text: "a bc def", columns: 4, is: ["a bc", "def"] },
  { text: "a bc def", columns: 1, is: ["a", "bc", "def"] },
  { text: "unbreakable a", columns: 5, is: ["unbreakable", "a"] },
  { text: "世界 世界", columns: 8, is: ["世界", "世界"] },
  { text: "世界 世界", columns: 9, is: ["世界 世界"] },
])("wrap: $text in $columns columns is $is", ({ text, columns, is }) => {
  assertEquals(wrapWords(text, columns), [...is]);
});

Deno.test("wrap: no word is lost, and no line longer than asked but for a word of its own", () => {
  const text =
    "of all that there is, 世界 e\u0301 and 👩‍👩‍👧 remain where they were";
  for (let columns = 1; columns < 70; columns++) {
    const lines = wrapWords(text, columns);
    assertEquals(lines.join(" "), text);
    for (const line of lines) {
      assertEquals(displayWidth(line) <= columns || !line.includes(" "), true);
    }
  }
});

Deno.test("truncate: what fits stays whole, and what is cut says so within its columns", () => {
  const text = "a世e\u0301😀b";
  const width = displayWidth(text);
  assertEquals([truncate(text, width), truncate(text, -1)], [text, ""]);
  for (let columns = 1; columns < width; columns++) {
    const cut = truncate(text, columns);
    assertEquals([cut.endsWith("…"), displayWidth(cut) <= columns], [
      true,
      true,
    ]);
    assertEquals(text.startsWith(cut.slice(0, -1)), true);
  }
});
