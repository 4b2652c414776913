import { assertEquals } from "@std/assert";
import {
  safeJson,
  safeLine,
  safeText,
  safeValue,
} from "../../../lib/text/mod.ts";

const HOSTILE = "\x1b]0;PWNED\x07\x1b[2J\x1b[31mRED\u202e\r\nSECOND\u009b2J";

Deno.test("a line holds nothing that a terminal acts upon, no line end, and no secret of a URL", () => {
  assertEquals(safeLine(`said "${HOSTILE}"`), 'said "RED SECOND"');
  assertEquals(
    safeLine("Cannot reach ws://me:secret@h/ws?t=secret: no."),
    "Cannot reach ws://h/ws?t=***: no.",
  );
});

Deno.test("lines of our own keep their ends and colours, and nothing else", () => {
  assertEquals(
    safeText("\x1b[1;31mFAILED\x1b[0m\n\x1b[2Jws://h/?t=secret\n"),
    "\x1b[1;31mFAILED\x1b[0m\nws://h/?t=***\n",
  );
  assertEquals(safeText("a,b\r\n1\r2,3\r\n"), "a,b\r\n1 2,3\r\n");
});

Deno.test("a value is made safe down to its names, and keeps its shape", () => {
  assertEquals<unknown>(
    safeValue({
      a: [HOSTILE, 1, null, { [HOSTILE]: true }],
      url: "http://u:p@h",
    }),
    { a: ["RED SECOND", 1, null, { "RED SECOND": true }], url: "http://h" },
  );
});

Deno.test("JSON for a terminal escapes what it would act upon, and loses nothing but secrets", () => {
  const value = { said: HOSTILE, tag: "\u{e0041}", del: "\x7f", ok: "ä😀" };
  const text = safeJson(value);
  assertEquals(JSON.parse(text), value);
  assertEquals(/[\x7f-\x9f\p{Cf}]/u.test(text), false);
  assertEquals(text.includes("ä😀"), true);
  assertEquals(
    JSON.parse(safeJson({ url: "ws://u:secret@h/?k=secret" })),
    { url: "ws://h/?k=***" },
  );
  assertEquals(
    JSON.parse(safeJson([{ "at ws://u:secret@h/?k=secret": { a: 1 } }])),
    [{ "at ws://h/?k=***": { a: 1 } }],
  );
});
