import { assertEquals } from "@std/assert";
import {
  chart,
  chooseCharset,
  inCharset,
  lineText,
  terminalIn,
} from "../../../cli/terminal/mod.ts";
import { displayWidth } from "../../../lib/text/width.ts";
import type { Charset } from "../../../lib/text/charset.ts";
import { FakeTerminal } from "./fake_terminal.ts";

Deno.test.each<{
  readonly env: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  readonly charset: Charset;
}>([
  { env: { LANG: "en_GB.UTF-8", TERM: "xterm" }, charset: "utf-8" },
  { env: { LANG: "C.utf8" }, charset: "utf-8" },
  { env: { LC_CTYPE: "UTF-8" }, charset: "utf-8" },
  { env: { LANG: "C" }, charset: "ascii" },
  { env: { LANG: "POSIX", TERM: "xterm-256color" }, charset: "ascii" },
  { env: { LANG: "de_DE.ISO-8859-15" }, charset: "ascii" },
  { env: { LANG: "de_DE" }, charset: "ascii" },
  { env: { LC_ALL: "C", LANG: "en_GB.UTF-8" }, charset: "ascii" },
  { env: { LC_CTYPE: "C", LANG: "en_GB.UTF-8" }, charset: "ascii" },
  { env: { LC_ALL: "en_GB.UTF-8", LC_CTYPE: "C" }, charset: "utf-8" },
  { env: { LC_ALL: "", LANG: "en_GB.UTF-8" }, charset: "utf-8" },
  { env: {}, charset: "utf-8" },
  { env: { NO_COLOR: "1", LANG: "en_GB.UTF-8" }, charset: "utf-8" },
  { env: { TERM: "linux", LANG: "en_GB.UTF-8" }, charset: "ascii" },
  { env: { TERM: "dumb" }, charset: "ascii" },
  { env: { TERM: "vt100", LANG: "en_GB.UTF-8" }, charset: "ascii" },
  { env: { TERM: "dumb" }, isTerminal: false, charset: "utf-8" },
  { env: { LANG: "C" }, isTerminal: false, charset: "ascii" },
  {
    env: { RTCROWD_CHARSET: "utf-8", LANG: "C", TERM: "linux" },
    charset: "utf-8",
  },
  { env: { RTCROWD_CHARSET: "ascii", LANG: "en_GB.UTF-8" }, charset: "ascii" },
])(
  "$env, terminal $isTerminal, is shown in $charset",
  ({ env, isTerminal = true, charset }) => {
    assertEquals(chooseCharset((name) => env[name], isTerminal), charset);
  },
);

Deno.test.each([
  { text: "● sent 12/s … ░█", ascii: "* sent 12/s ~ .#" },
  { text: "╭─╮│╰┤┼", ascii: ".-.|'|+" },
  { text: "Zoë Müller", ascii: "Zoe Muller" },
  { text: "e\u0301te\u0301", ascii: "ete" },
  { text: "世界 👩‍👩‍👧 ok", ascii: "???? ?? ok" },
  { text: "\x1b[1;31m●\x1b[0m\r\n", ascii: "\x1b[1;31m*\x1b[0m\r\n" },
  { text: "p50 – \ufffd", ascii: "p50 - ?" },
])("in ASCII $text is $ascii, and as wide", ({ text, ascii }) => {
  assertEquals(inCharset(text, "ascii"), ascii);
  assertEquals(inCharset(text, "utf-8"), text);
});

Deno.test("a chart in ASCII has its curves, axis and bullets, each in its place", () => {
  const lines = chart({
    series: [
      { name: "sent", values: [0, 10, 3, 8, 0, 9], style: "series1" },
      { name: "received", values: [1, 1, 5, 2, NaN, 4], style: "series2" },
    ],
    width: 40,
    height: 8,
    unit: "/s",
  }).map(lineText);
  for (const line of lines) {
    const ascii = inCharset(line, "ascii");
    assertEquals(ascii.replace(/[\x20-\x7e]/g, ""), "");
    assertEquals(ascii.includes("?"), false, line);
    assertEquals(ascii.length, displayWidth(line));
  }
});

Deno.test("a terminal that is written to in ASCII is otherwise the same", async () => {
  const fake = new FakeTerminal();
  const terminal = terminalIn(fake, "ascii");
  await terminal.write("● up");
  terminal.enterFullScreen();
  assertEquals([fake.output.includes("* up"), fake.fullScreen], [true, true]);
  terminal.restore();
  assertEquals([fake.fullScreen, terminal.size()], [false, fake.size()]);
  await terminal.close();
  assertEquals(terminalIn(fake, "utf-8"), fake);
});
