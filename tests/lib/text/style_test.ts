import { assertEquals } from "@std/assert";
import {
  choosePalette,
  fitLine,
  lineText,
  lineWidth,
  type Palette,
  renderLine,
  span,
} from "../../../lib/text/mod.ts";

const line = [span("ok ", "good"), span("plain "), span("bad", "critical")];

Deno.test("style: colours come from the 16 that every terminal has", () => {
  assertEquals(
    renderLine(line, "colour"),
    "\x1b[32mok \x1b[0mplain \x1b[1;31mbad\x1b[0m",
  );
});

Deno.test("style: without colours a critical text still stands out", () => {
  assertEquals(renderLine(line, "mono"), "ok plain \x1b[1;7mbad\x1b[0m");
});

Deno.test("style: a dumb terminal gets text and nothing else", () => {
  assertEquals(renderLine(line, "plain"), "ok plain bad");
});

const palettes: readonly (readonly [
  env: Record<string, string>,
  isTerminal: boolean,
  palette: Palette,
])[] = [
  [{ TERM: "xterm-256color" }, true, "colour"],
  [{}, true, "colour"],
  [{ TERM: "xterm", NO_COLOR: "1" }, true, "mono"],
  [{ TERM: "xterm", NO_COLOR: "" }, true, "colour"],
  [{ TERM: "dumb" }, true, "plain"],
  [{ TERM: "xterm" }, false, "plain"],
];

for (const [env, isTerminal, palette] of palettes) {
  Deno.test(`style: ${JSON.stringify(env)}, terminal ${isTerminal}, gives ${palette}`, () => {
    assertEquals(choosePalette((name) => env[name], isTerminal), palette);
  });
}

Deno.test("style: a line is cut across its spans, and keeps their styles", () => {
  assertEquals(fitLine(line, 5), [span("ok ", "good"), span("p…")]);
  assertEquals(lineText(fitLine(line, 14)), "ok plain bad  ");
  assertEquals(fitLine([span("世界")], 4), [span("世界")]);
  assertEquals(lineText(fitLine([span("世界世")], 4)), "世… ");
  for (let columns = 0; columns < 16; columns++) {
    assertEquals(lineWidth(fitLine(line, columns)), columns);
  }
});
