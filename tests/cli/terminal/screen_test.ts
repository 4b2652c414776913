import { assert, assertEquals, assertLess } from "@std/assert";
import {
  type Frame,
  type Line,
  Screen,
  span,
  type Style,
} from "../../../cli/terminal/mod.ts";
import {
  BEGIN_UPDATE,
  END_UPDATE,
  ENTER_FULL_SCREEN,
  LEAVE_FULL_SCREEN,
} from "../../../cli/terminal/ansi.ts";
import { Emulator, type SeenCell } from "./emulator.ts";

const LOOKS: readonly (readonly [Style, bold: boolean, colour: number])[] = [
  ["plain", false, -1],
  ["bold", true, -1],
  ["good", false, 2],
  ["critical", true, 1],
];

/** One cluster to put into random lines; `emoji` is drawn in other widths than we count. */
const ALPHABET = ["a", "b", " ", " ", "─", "é", "世", "界"];
const EMOJI = ["😀", "❤️", "👩‍👩‍👧"];

function random(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % limit;
  };
}

/** What a row must look like, cell by cell; `undefined` where an emoji may look like anything. */
function expectedRow(
  line: Line,
  columns: number,
): (SeenCell | undefined)[] {
  const row: (SeenCell | undefined)[] = [];
  const blank = { text: " ", width: 1, bold: false, colour: -1 };
  cells: for (const { text, style } of line) {
    const [, bold, colour] = LOOKS.find(([name]) => name === style)!;
    const parts = text.match(/👩‍👩‍👧|❤️|./gu) ?? [];
    for (const part of parts) {
      const emoji = EMOJI.includes(part);
      const wide = emoji || part === "世" || part === "界";
      if (row.length + (wide ? 2 : 1) > columns) break cells;
      if (emoji) row.push(undefined, undefined);
      else row.push({ text: part, width: wide ? 2 : 1, bold, colour });
      if (wide && !emoji) row.push({ text: "", width: 0, bold, colour });
    }
  }
  while (row.length < columns) row.push(blank);
  return row;
}

function assertShown(emulator: Emulator, frame: Frame, why: string): void {
  const screen = emulator.screen();
  for (let row = 0; row < frame.rows; row++) {
    const expected = expectedRow(frame.lines[row] ?? [], frame.columns);
    const seen = screen[row].map((cell, i) =>
      // How a blank would be written, if it were not one, cannot be seen.
      expected[i] === undefined
        ? undefined
        : cell.text === " "
        ? { ...cell, bold: false, colour: -1 }
        : cell
    );
    const wanted = expected.map((cell) =>
      cell?.text === " " ? { ...cell, bold: false, colour: -1 } : cell
    );
    assertEquals(seen, wanted, `${why}, row ${row}`);
    const under = screen[row].filter((cell, i) =>
      expected[i] === undefined && ALPHABET.includes(cell.text.trim())
    );
    assertEquals(under, [], `${why}, row ${row}: left over under an emoji`);
  }
}

function randomLine(next: (limit: number) => number, emoji: boolean): Line {
  const alphabet = emoji ? [...ALPHABET, ...EMOJI] : ALPHABET;
  return Array.from({ length: next(4) }, () => {
    const length = next(8);
    let text = "";
    for (let i = 0; i < length; i++) text += alphabet[next(alphabet.length)];
    return span(text, LOOKS[next(LOOKS.length)][0]);
  });
}

for (const emoji of [false, true]) {
  const what = emoji
    ? "with emoji that the terminal draws in other widths"
    : "of narrow and wide text";
  Deno.test(`screen: the terminal shows the frame after any sequence ${what}`, async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const next = random(seed * 7_919);
      let size = { columns: 20, rows: 4 };
      using emulator = new Emulator(size.columns, size.rows);
      const screen = new Screen("colour");
      await emulator.write(ENTER_FULL_SCREEN);
      let lines: Line[] = [];
      for (let step = 0; step < 25; step++) {
        if (next(6) === 0) {
          size = { columns: 2 + next(24), rows: 1 + next(6) };
          emulator.resize(size.columns, size.rows);
        }
        lines = Array.from(
          { length: next(size.rows + 2) },
          (_, row) =>
            lines[row] !== undefined && next(3) > 0
              ? lines[row]
              : randomLine(next, emoji),
        );
        const cursor = { row: next(size.rows), column: next(size.columns) };
        const frame = { ...size, lines, cursor };
        await emulator.write(screen.draw(frame));
        assertShown(emulator, frame, `seed ${seed}, step ${step}`);
        assertEquals(emulator.cursor, cursor);
      }
    }
  });
}

Deno.test("screen: a frame like the last one writes nothing", () => {
  const screen = new Screen("colour");
  const frame = () => ({ columns: 20, rows: 2, lines: [[span("same")]] });
  assert(screen.draw(frame()) !== "");
  assertEquals(screen.draw(frame()), "");
});

Deno.test("screen: one changed number costs a few bytes of a large screen", () => {
  const screen = new Screen("colour");
  const lines = Array.from({ length: 40 }, () => [span("x".repeat(120))]);
  screen.draw({ columns: 120, rows: 40, lines });
  lines[20] = [span("x".repeat(60) + "7" + "x".repeat(59))];
  const bytes = screen.draw({ columns: 120, rows: 40, lines });
  assertEquals(bytes.includes("\x1b[21;61H7"), true);
  assertLess(bytes.length, 40);
});

Deno.test("screen: changes far apart are written apart, near ones together", () => {
  const draw = (before: string, after: string) => {
    const screen = new Screen("plain");
    const size = { columns: 40, rows: 1 };
    screen.draw({ ...size, lines: [[span(before)]] });
    return screen.draw({ ...size, lines: [[span(after)]] })
      .replace(BEGIN_UPDATE, "").replace(END_UPDATE, "");
  };
  const text = "a".repeat(40);
  assertEquals(
    draw(text, "b" + "a".repeat(38) + "b"),
    "\x1b[?25l\x1b[1;1Hb\x1b[1;40Hb",
  );
  assertEquals(
    draw(text, "baab" + "a".repeat(36)),
    "\x1b[?25l\x1b[1;1Hbaab",
  );
});

Deno.test("screen: a row that gets shorter is cleared, not overwritten with spaces", () => {
  const screen = new Screen("plain");
  screen.draw({ columns: 80, rows: 1, lines: [[span("a".repeat(80))]] });
  const bytes = screen.draw({ columns: 80, rows: 1, lines: [[span("a")]] });
  assertEquals(bytes.includes("\x1b[1;2H\x1b[K"), true);
  const apart = [[span("a" + " ".repeat(40) + "b")]];
  screen.draw({ columns: 80, rows: 1, lines: apart });
  const cleared = screen.draw({ columns: 80, rows: 1, lines: [] });
  assertEquals(cleared.split("\x1b[K").length, 2, "cleared once");
});

Deno.test("screen: everything is inside one synchronized update", () => {
  const bytes = new Screen("colour").draw({
    columns: 9,
    rows: 1,
    lines: [[span("x")]],
  });
  assert(bytes.startsWith(BEGIN_UPDATE) && bytes.endsWith(END_UPDATE));
});

Deno.test("screen: after invalidate all is drawn again", () => {
  const screen = new Screen("colour");
  const frame = { columns: 9, rows: 1, lines: [[span("x")]] };
  const first = screen.draw(frame);
  screen.invalidate();
  assertEquals(screen.draw(frame), first);
});

Deno.test("screen: a control character in a span never reaches the terminal", () => {
  const bytes = new Screen("plain").draw({
    columns: 20,
    rows: 1,
    lines: [[span("a\x1b]0;t\x07\r\nb\x9b")]],
  });
  assert(bytes.includes("a\ufffd]0;t\ufffd\ufffdb\ufffd"));
});

Deno.test("screen: a cursor that goes is hidden, one outside is put at the edge", () => {
  const screen = new Screen("plain");
  const frame = { columns: 9, rows: 2, lines: [] };
  const shown = screen.draw({ ...frame, cursor: { row: 5, column: 50 } });
  assert(shown.includes("\x1b[2;9H\x1b[?25h"));
  const hidden = screen.draw(frame);
  assert(hidden.includes("\x1b[?25l") && !hidden.includes("\x1b[?25h"));
});

Deno.test("screen: leaving full screen gives back the text that was there", async () => {
  using emulator = new Emulator(20, 3);
  await emulator.write("$ before\r\n");
  await emulator.write(ENTER_FULL_SCREEN + BEGIN_UPDATE + "\x1b[31mdrawing");
  assertEquals(emulator.isAlternate, true);
  await emulator.write(LEAVE_FULL_SCREEN + "after");
  assertEquals(emulator.isAlternate, false);
  assertEquals(emulator.text().map((row) => row.trimEnd()), [
    "$ before",
    "after",
    "",
  ]);
  assertEquals(emulator.screen()[1][0].colour, -1);
});

Deno.test("screen: a mark with nothing to stand on takes no column", async () => {
  using emulator = new Emulator(3, 1);
  const screen = new Screen("plain");
  const lines = [[span("a"), span("\u0301"), span("b\u200bc")]];
  await emulator.write(screen.draw({ columns: 3, rows: 1, lines }));
  assertEquals(emulator.text(), ["abc"]);
});

Deno.test("screen: a wide character takes the place of half of another", async () => {
  using emulator = new Emulator(6, 1);
  const screen = new Screen("plain");
  const show = async (text: string) => {
    const lines = [[span(text)]];
    await emulator.write(screen.draw({ columns: 6, rows: 1, lines }));
    return emulator.text()[0];
  };
  assertEquals(await show("世界世"), "世界世");
  assertEquals(await show("a世界b"), "a世界b");
  assertEquals(await show("世ab界"), "世ab界");
  assertEquals(await show("世a世 "), "世a世 ");
  assertEquals(await show("a世"), "a世   ");
});
