import { assertEquals } from "@std/assert";
import { displayWidth, fit, truncate } from "../../../lib/text/mod.ts";
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
