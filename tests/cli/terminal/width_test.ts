import { assertEquals } from "@std/assert";
import { displayWidth, fit, truncate } from "../../../cli/terminal/mod.ts";
import { clusters } from "../../../cli/terminal/width.ts";

const widths: readonly (readonly [text: string, width: number, why: string])[] =
  [
    ["", 0, "nothing"],
    ["abc", 3, "ASCII"],
    ["é─…●", 4, "narrow beyond ASCII"],
    ["世界", 4, "CJK"],
    ["한글", 4, "Hangul syllables"],
    ["가", 2, "Hangul from its parts"],
    ["ｱＡ", 3, "half-width and full-width forms"],
    ["e\u0301", 1, "a combining mark"],
    ["\u0301", 0, "a mark with nothing to stand on"],
    ["a\u200bb", 2, "a zero-width space"],
    ["😀☕", 4, "emoji"],
    ["❤️", 2, "a sign made an emoji"],
    ["❤", 1, "the same sign as text"],
    ["👩‍👩‍👧", 2, "a family joined"],
    ["🇩🇪", 2, "a flag"],
    ["👍🏽", 2, "a skin tone"],
    ["𠀀", 2, "CJK beyond the first plane"],
    ["a\x1bb", 3, "a control character, shown as U+FFFD"],
  ];

for (const [text, width, why] of widths) {
  Deno.test(`width: ${why} takes ${width}`, () => {
    assertEquals(displayWidth(text), width);
  });
}

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
