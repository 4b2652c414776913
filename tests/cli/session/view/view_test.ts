import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  type Frame,
  lineText,
  lineWidth,
  Screen,
} from "../../../../cli/terminal/mod.ts";
import { renderLine } from "../../../../lib/text/mod.ts";
import { displayWidth } from "../../../../lib/text/width.ts";
import { ENTER_FULL_SCREEN } from "../../../../cli/terminal/ansi.ts";
import type { Model } from "../../../../cli/session/model.ts";
import { EMPTY_LOG, logged } from "../../../../cli/session/log.ts";
import { serverLines } from "../../../../cli/session/view/figures_text.ts";
import { logLines } from "../../../../cli/session/view/view_log.ts";
import { view } from "../../../../cli/session/view/view.ts";
import { Emulator } from "../../terminal/emulator.ts";
import {
  after,
  liveModel,
  named,
  runningModel,
  startingModel,
  typed,
} from "../fixtures.ts";

const SIZES = [[80, 24], [120, 40], [40, 24]] as const;

/** Set to write the golden files anew, after having looked at them. */
const WRITE = Deno.env.get("WRITE_GOLDEN") === "1";

async function assertGolden(name: string, text: string): Promise<void> {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (WRITE) await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

function plain({ lines }: Frame): string {
  return lines.map((line) => lineText(line).trimEnd() + "\n").join("");
}

function resized(model: Model, columns: number, rows: number): Model {
  return after(model, [{ type: "resized", size: { columns, rows } }]).model;
}

for (const [columns, rows] of SIZES) {
  Deno.test(`at ${columns}×${rows} the screen is the golden one, without colours`, async () => {
    const frame = view(resized(liveModel(), columns, rows));
    await assertGolden(`${columns}x${rows}`, plain(frame));
  });
}

Deno.test("with colours, bands and curves have them", async () => {
  const frame = view(liveModel());
  const text = frame.lines.map((line) => renderLine(line, "colour") + "\n");
  await assertGolden("80x24_colour", text.join(""));
});

Deno.test("with NO_COLOR, what colours say is said otherwise", async () => {
  const frame = view(liveModel());
  const text = frame.lines.map((line) => renderLine(line, "mono") + "\n");
  await assertGolden("80x24_no_color", text.join(""));
});

Deno.test("one of a thing is told as one", () => {
  const model = liveModel();
  const members = model.load.members.slice(0, 1);
  const [first] = view({ ...model, load: { ...model.load, members } }).lines;
  assertMatch(lineText(first), /\/1 client {2}1 room /);
  assertEquals(
    serverLines(model.server, undefined)[1],
    "started by  this session: engine werift, pid 42",
  );
});

Deno.test("a page stands in the place of charts and table", async () => {
  const { model } = after(liveModel(), typed("help"));
  await assertGolden("page", plain(view(model)));
});

Deno.test("what is longer than the screen is wide goes on below, under what it tells of", () => {
  const { model } = after(liveModel(), typed("help js"));
  const screen = plain(view(resized(model, 60, 24)));
  assertMatch(
    screen,
    /\nevaluate over crowd, .*await is\n {2}allowed; .* is\n {2}ended\n/,
  );
  const { model: page } = after(resized(liveModel(), 50, 20), typed("help"));
  assertMatch(plain(view(page)), /\ndrop {7}have .*\n {11}kick is the same\n/);
});

Deno.test("where there is no room for a table, rooms and clients are pages", () => {
  const small = resized(liveModel(), 60, 15);
  for (const [verb, title] of [["clients", "ID"], ["rooms", "ROOM"]]) {
    const { model } = after(small, typed(verb));
    assertEquals(model.page?.title, verb);
    assertMatch(plain(view(model)), new RegExp(`\n *${title} .*\n`));
  }
});

Deno.test("the table of clients says who has what", async () => {
  const { model } = after(liveModel(), [
    ...typed("mute 1"),
    ...typed("clients"),
  ]);
  await assertGolden("clients", plain(view(resized(model, 100, 30))));
});

Deno.test("who has a bad network is told above and in the table", () => {
  const model = liveModel();
  const clients = model.live.snapshot.clients.map((client, i) => ({
    ...client,
    impairment: i === 2 ? "3g" : null,
  }));
  const live = { ...model.live, snapshot: { ...model.live.snapshot, clients } };
  const { model: seen } = after({ ...model, live }, typed("clients"));
  const screen = plain(view(seen));
  assertMatch(screen, /^● good .* 1 impaired/);
  assertMatch(screen, /^ID .*NETWORK/m);
  assertMatch(screen, /^ 2 .* 3g /m);
});

Deno.test("a run has a bar in the place of the prompt, and no cursor", async () => {
  const { model } = after(liveModel({ audience: "run" }), [{
    type: "progress",
    place: {
      phase: "media",
      elapsedMs: 15_000,
      rampUpMs: 5_000,
      endMs: 35_000,
    },
  }]);
  const frame = view(model);
  assertEquals(frame.cursor, undefined);
  await assertGolden(
    "run_bar",
    plain({ ...frame, lines: frame.lines.slice(-2) }),
  );
});

Deno.test("before the server is there, the screen says what is going on", () => {
  const text = plain(view(startingModel()));
  assert(text.startsWith("○ starting"));
  assert(text.includes("starting the embedded server (werift)"));
});

Deno.test("at every size from 1×1 on, each row fits and the cursor is inside", () => {
  const models = [
    liveModel(),
    runningModel(),
    startingModel(),
    after(liveModel(), typed("help")).model,
    after(liveModel(), typed("chart all")).model,
    after(liveModel(), typed("clients")).model,
    liveModel({ audience: "run" }),
  ];
  for (const model of models) {
    for (let columns = 1; columns <= 130; columns += 3) {
      for (let rows = 1; rows <= 45; rows += 2) {
        const frame = view(resized(model, columns, rows));
        assertEquals(frame.lines.length, rows, `${columns}×${rows}`);
        for (const line of frame.lines) {
          assert(lineWidth(line) <= columns, `${columns}×${rows}`);
        }
        const { cursor } = frame;
        assert(cursor === undefined || cursor.column < columns);
      }
    }
  }
});

Deno.test("names and errors from a server cannot break the screen", async () => {
  const room = "世界\x1b[31m\x1b]0;title\x07👩‍👩‍👧‮evil";
  const { model } = after(
    liveModel({ settings: { ...runningModel().load.settings, room } }),
    [{
      type: "note",
      note: {
        atMs: 0,
        clientId: null,
        level: "error",
        text: `no ${room}\r\nx`,
      },
    }, { type: "broke", reason: "\x1b[2J\x1b[H" }],
  );
  using emulator = new Emulator(80, 24);
  await emulator.write(ENTER_FULL_SCREEN);
  const drawn = new Screen("colour").draw(view(model));
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  assert(!/\x1b\]|\x07|‮|\x1b\[2J\x1b\[H/.test(drawn));
  await emulator.write(drawn);
  const rows = emulator.text();
  assert(rows[0].startsWith("○ leaving"));
  assert(rows.some((row) => row.startsWith("世界")));
  assert(rows.every((row) => displayWidth(row) === 80));
});

Deno.test("any way of resizing leaves what a first drawing would show", async () => {
  using emulator = new Emulator(80, 24);
  await emulator.write(ENTER_FULL_SCREEN);
  const screen = new Screen("colour");
  let model = liveModel();
  for (
    const [columns, rows] of [[80, 24], [40, 24], [120, 40], [60, 10], [80, 24]]
  ) {
    emulator.resize(columns, rows);
    model = resized(model, columns, rows);
    await emulator.write(screen.draw(view(model)));
    const expected = view(model).lines.map((line) =>
      lineText(line).padEnd(columns)
    );
    assertEquals(emulator.text(), expected, `${columns}×${rows}`);
  }
});

Deno.test("choices and waits are told above the prompt", () => {
  const advice = (model: Model) =>
    lineText(view(model).lines.at(-2)!).trimEnd();
  const tab = named("tab");
  const keys = [..."re"].map((text) => ({
    type: "key" as const,
    key: { type: "char" as const, text },
  }));
  const { model } = after(liveModel(), [...keys, tab, tab]);
  assertEquals(advice(model), "reconnect  rejoin  resume  report  reset");
  const waiting = after(liveModel(), [...typed("wait 9s"), ...typed("quit")]);
  assertEquals(advice(waiting.model), "waiting 9 s, 1 to follow; Esc goes on");
});

Deno.test.each([
  { columns: 40, rows: 8 },
  { columns: 100, rows: 4 },
  { columns: 63, rows: 3 },
])(
  "an error is there whole, whatever the width: $columns columns",
  ({ columns, rows }) => {
    const text =
      `Cannot impair "3g:20 %": "20 %" is not a share from 0% to 100% such as 5% or 0.05. Write impair 3g:20%, or impair off.`;
    const lines = logLines(
      logged(logged(EMPTY_LOG, 0, "command", "spawn 3"), 61_000, "error", text),
      columns,
      rows,
    ).map(lineText);
    assertEquals(lines.every((line) => line.length <= columns), true);
    const whole = lines.filter((line) => !line.includes("spawn")).join(" ")
      .replaceAll(/\s+/g, " ");
    assertEquals(whole.includes(text), true, whole);
  },
);

Deno.test("of more lines than there is room for, the last are there, and the newest from its beginning", () => {
  const log = logged(
    logged(EMPTY_LOG, 0, "error", "an old trouble that takes two lines here"),
    0,
    "error",
    "a new trouble that takes three lines here, all of them full of words",
  );
  assertEquals(logLines(log, 36, 2).map(lineText), [
    "0:00 error: a new trouble that takes",
    "            three lines here, all of",
  ]);
  assertEquals(logLines(log, 36, 4).length, 4);
});
