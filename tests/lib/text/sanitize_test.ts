import { assertEquals, assertStrictEquals } from "@std/assert";
import { safeJson, safeLine, sanitize } from "../../../lib/text/mod.ts";

const cases: readonly (readonly [why: string, input: string, out: string])[] = [
  ["colours", "a\x1b[31mb\x1b[0m", "ab"],
  ["clearing and moving", "a\x1b[2J\x1b[1;1Hb", "ab"],
  ["a title ended by BEL", "a\x1b]0;title\x07b", "ab"],
  ["a link ended by ST", "a\x1b]8;;http://x\x1b\\b", "ab"],
  ["C1 forms", "a\x9b31mb\x9d0;t\x9cb", "abb"],
  ["a device control string", "a\x1bP1$r\x1b\\b", "ab"],
  ["character sets and reset", "a\x1b(0b\x1bcd", "abd"],
  ["a string without an end", "a\x1b]0;never ended", "a␛]0;never ended"],
  ["a lone ESC", "a\x1b", "a␛"],
  ["other controls", "a\x07\x00\x7f\x80b", "a␇␀␡\ufffdb"],
  ["line breaks and tabs", "a\r\nb\tc\nd\u2028e", "a b c d e"],
  ["bidirectional controls", "a\u202eb\u2066c\u200fd\u061ce", "abcde"],
  ["invisible characters", "a\u200bb\ufeffc\u00add", "abcd"],
  ["tags", "a\u{e0041}b", "ab"],
  ["a broken surrogate", "a\ud800b", "a\ufffdb"],
  ["a pile of marks", "Z" + "\u0301".repeat(50), "Z" + "\u0301".repeat(4)],
  ["what is meant to be seen", "👩‍👩‍👧 é 世", "👩‍👩‍👧 é 世"],
];

Deno.test.each(cases)("sanitize: %s", (_, input, out) => {
  assertEquals(sanitize(input), out);
});

Deno.test("sanitize: leaves nothing that a terminal acts upon, whatever comes in", () => {
  const parts = [
    "\x1b",
    "[",
    "]",
    "0;",
    "m",
    "\x07",
    "\x9b",
    "\x9c",
    "\\",
    "a",
  ];
  let seed = 1;
  for (let round = 0; round < 2_000; round++) {
    let text = "";
    for (let i = 0; i < 8; i++) {
      seed = (seed * 48_271) % 0x7fffffff;
      text += parts[seed % parts.length];
    }
    assertEquals(/\p{Cc}/u.exec(sanitize(text)), null);
    assertStrictEquals(sanitize(sanitize(text)), sanitize(text));
  }
});

Deno.test("JSON for a terminal escapes exactly the characters that a line of text would not show", () => {
  for (let code = 0x20; code < 0x110000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const character = String.fromCodePoint(code);
    const isShown = sanitize(character) === character;
    const isEscaped = safeJson(character).includes("\\u");
    if (isShown === isEscaped) {
      throw new Error(`U+${code.toString(16)} is shown ${isShown}`);
    }
  }
});

Deno.test("a secret in a URL that invisible characters take apart is hidden all the same", () => {
  assertEquals(
    safeLine("ws:\u200b//me:secret@h/ws?tok\u200ben=secret"),
    "ws://h/ws?token=***",
  );
});
