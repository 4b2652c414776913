import { assert, assertEquals } from "@std/assert";
import { FakeTerminal } from "../terminal/fake_terminal.ts";
import type { Effect } from "../../../cli/session/messages.ts";
import type { Model } from "../../../cli/session/model.ts";
import { Program } from "../../../cli/session/program.ts";
import { openRunScreen } from "../../../cli/session/run_screen.ts";
import {
  liveModel,
  OPENED,
  runningModel,
  snapshotAt,
  startingModel,
  useAt,
} from "./fixtures.ts";
import { idlePoint } from "../../lib/metrics/seconds/timeline_point.ts";
import { WatchedTerminal } from "./watched_terminal.ts";

interface Stage extends AsyncDisposable {
  readonly program: Program;
  readonly terminal: WatchedTerminal;
  readonly effects: Effect[];
}

function onStage(model: Model): Stage {
  const terminal = new WatchedTerminal(model.size);
  const effects: Effect[] = [];
  const program = new Program({
    terminal,
    palette: "colour",
    model,
    nowMs: () => performance.now(),
    perform: (effect) => effects.push(effect),
    printAside: () => {},
  });
  program.start();
  return {
    program,
    terminal,
    effects,
    [Symbol.asyncDispose]: async () => {
      await program.stop();
      await terminal.turnOff();
    },
  };
}

Deno.test("what is typed is seen, and carried out on Enter", async () => {
  await using stage = onStage(runningModel());
  const { terminal, effects } = stage;
  terminal.type("spawn 4");
  const rows = await terminal.shows("> spawn 4");
  assert(rows[23].startsWith("> spawn 4"));
  assertEquals(terminal.emulator.cursor, { row: 23, column: 9 });
  terminal.type(" role=v\t\r");
  await terminal.shows("4 clients joining: 0-3");
  const added = effects.find(({ type }) => type === "add");
  assert(added?.type === "add" && added.clients[3].role === "viewer");
});

Deno.test("keys come whole however their bytes are cut", async () => {
  await using stage = onStage(runningModel());
  const { terminal } = stage;
  const bytes = new TextEncoder().encode("wörld\x1b[D\x1b[D世");
  for (const byte of bytes) terminal.type(new Uint8Array([byte]));
  await terminal.shows("> wör世ld");
});

Deno.test("a lone Escape closes a page", async () => {
  await using stage = onStage(runningModel());
  const { terminal } = stage;
  terminal.type("help\r");
  await terminal.shows("Esc closes");
  terminal.type("\x1b");
  await terminal.until((rows) =>
    rows.every((row) => !row.includes("Esc closes"))
  );
});

Deno.test("numbers move while somebody types", async () => {
  await using stage = onStage(liveModel({}, 2));
  const { terminal, program } = stage;
  terminal.type("sta");
  await terminal.shows("> sta");
  const snapshot = snapshotAt(3, program.model.load.members.slice(0, 3));
  program.dispatch({ type: "measured", snapshot, use: useAt(3) });
  const rows = await terminal.shows("3/6 clients");
  assert(rows[23].startsWith("> sta"));
});

Deno.test("after a resize nothing of the old picture is left", async () => {
  await using stage = onStage(liveModel());
  const { terminal } = stage;
  await terminal.shows("ROOM");
  terminal.resize({ columns: 40, rows: 12 });
  const rows = await terminal.until((rows) =>
    rows.length === 12 && rows[11].startsWith("> ")
  );
  assert(rows.every((row) => row.length === 40));
  terminal.resize({ columns: 80, rows: 24 });
  await terminal.until((rows) => rows[23].startsWith("> "));
  assertEquals(terminal.emulator.text()[23].trimEnd(), ">");
});

Deno.test("Ctrl-Z suspends, and the screen is whole again afterwards", async () => {
  await using stage = onStage(liveModel());
  const { terminal } = stage;
  await terminal.shows("6/6 clients");
  await terminal.emulator.write("\x1b[2J");
  terminal.type("\x1a");
  await terminal.shows("6/6 clients");
  assertEquals(terminal.suspensions, 1);
});

Deno.test("when it stops, the terminal is as it was", async () => {
  const stage = onStage(liveModel());
  const { terminal, program } = stage;
  await terminal.shows("6/6 clients");
  assert(terminal.fullScreen && terminal.emulator.isAlternate);
  await program.stop();
  await terminal.emulator.write("");
  assertEquals([terminal.fullScreen, terminal.emulator.isAlternate], [
    false,
    false,
  ]);
  await terminal.turnOff();
});

Deno.test("the end of the input is the end of the session", async () => {
  await using stage = onStage(liveModel());
  const { terminal, effects } = stage;
  terminal.endInput();
  await terminal.shows("leaving");
  assertEquals(effects.map(({ type }) => type), ["end"]);
});

Deno.test("lines of a pipe are carried out, results and mistakes told apart", async () => {
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const aside: string[] = [];
  const ended = Promise.withResolvers<Effect>();
  const program = new Program({
    terminal,
    palette: "plain",
    model: startingModel({ audience: "plain" }),
    nowMs: () => performance.now(),
    perform: ended.resolve,
    printAside: (line) => aside.push(line),
  });
  program.start();
  program.dispatch(OPENED);
  terminal.type("# first\nset fps 15\r\n");
  terminal.type("set fp");
  terminal.type("s\nfrobnicate");
  terminal.endInput();
  assertEquals(await ended.promise, {
    type: "end",
    code: 2,
    reason: null,
    summary: false,
  });
  await program.stop();
  assertEquals(terminal.output, "fps 15, for clients yet to come\nfps 15\n");
  assertEquals(aside, [
    `error: There is no verb "frobnicate": "help" lists them.`,
  ]);
});

for (const LANG of ["C", "en_GB.UTF-8"]) {
  Deno.test(`a run's screen shows where the run is, and hands Ctrl-C on, with LANG=${LANG}`, async () => {
    const terminal = new WatchedTerminal();
    const env: Readonly<Record<string, string>> = { LANG };
    const interrupted = Promise.withResolvers<void>();
    const { members } = liveModel({}, 1).load;
    {
      await using screen = await openRunScreen({
        url: "ws://127.0.0.1:3000/ws",
        engine: null,
        pids: [],
        thresholds: [],
        onInterrupt: interrupted.resolve,
      }, { openTerminal: () => terminal, env: (name) => env[name] });
      assert(screen !== undefined);
      screen.say("6 clients in 2 rooms");
      screen.onProgress({
        phase: "ramp",
        elapsedMs: 3000,
        rampUpMs: 5000,
        endMs: 35_000,
        point: idlePoint(3, {
          clients: 6,
          server: useAt(3),
        }),
        snapshot: snapshotAt(3, members),
        incidents: [],
        summarize: () => {
          throw new Error("nobody asked");
        },
      });
      const rows = await terminal.shows("clients join  0:03 of 0:35");
      assert(rows[0].includes("6/6 clients  2 rooms"));
      assert(rows.some((row) => row.includes("6 clients in 2 rooms")));
      // deno-lint-ignore no-control-regex -- ASCII, with its controls
      assertEquals(/^[\x00-\x7f]*$/.test(terminal.output), LANG === "C");
      assert(rows.some((row) => row.includes(LANG === "C" ? "* " : "● ")));
      terminal.type("\x03");
      await interrupted.promise;
    }
    assertEquals(terminal.fullScreen, false);
    await terminal.turnOff();
  });
}

Deno.test("without a terminal a run has no screen", async () => {
  const terminal = new FakeTerminal({ columns: 80, rows: 24 }, false);
  const screen = await openRunScreen({
    url: "ws://127.0.0.1:3000/ws",
    engine: null,
    pids: [],
    thresholds: [],
    onInterrupt: () => {},
  }, { openTerminal: () => terminal, env: () => undefined });
  assertEquals([screen, terminal.output], [undefined, ""]);
});
