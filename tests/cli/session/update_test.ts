import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { MAX_MOMENTS } from "../../../tool.ts";
import { MAX_LOG_ENTRIES } from "../../../cli/session/log.ts";
import type { Message } from "../../../cli/session/messages.ts";
import type { Model } from "../../../cli/session/model.ts";
import { update } from "../../../cli/session/update.ts";
import {
  after,
  ctrl,
  liveModel,
  logOf,
  named,
  OPENED,
  runningModel,
  snapshotAt,
  startingModel,
  typed,
  useAt,
} from "./fixtures.ts";

function plain(...lines: string[]): Message[] {
  return lines.map((text) => ({ type: "line", text }));
}

const DONE: Message = { type: "finished", title: "", lines: [] };

Deno.test("once the server is there, the first clients join", () => {
  const { model, effects } = after(startingModel({ firstClients: 3 }), [
    OPENED,
  ]);
  assertEquals(model.phase.name, "running");
  assertEquals(model.load.members.length, 3);
  assertEquals(effects.map(({ type }) => type), ["add"]);
  assert(logOf(model)[0].startsWith("3 clients to begin with"));
});

Deno.test("without first clients the session says how to get some", () => {
  const { model, effects } = after(startingModel(), [OPENED]);
  assertEquals(effects, []);
  assertEquals(logOf(model), [
    `Nobody is there yet: "spawn 5" adds clients.`,
  ]);
});

Deno.test("lines typed before the server is there are carried out when it is", () => {
  const early = after(startingModel(), typed("spawn 2"));
  assertEquals(early.effects.map(({ type }) => type), ["remember"]);
  const { model } = after(early.model, [OPENED]);
  assertEquals(model.load.members.length, 2);
});

Deno.test("a tick that changes nothing gives the very same model", () => {
  const model = liveModel();
  const step = update(model, { type: "tick" }, model.nowMs + 50);
  assertStrictEquals(step.model, model);
  const later = update(model, { type: "tick" }, model.nowMs + 1000);
  assert(later.model !== model);
});

Deno.test("who is due to leave leaves with the time", () => {
  const ramped = after(liveModel(), typed("ramp 5 1s"));
  const nowMs = ramped.model.nowMs + 1000;
  const { model, effects } = after(ramped.model, [{ type: "tick" }], nowMs);
  assertEquals(effects, [
    { type: "command", command: { type: "drop", clients: [5] } },
  ]);
  assertEquals(model.load.members.length, 5);
});

Deno.test("wait holds the next lines back, and the time lets them go", () => {
  const waiting = after(runningModel(), [
    ...typed("wait 2s"),
    ...typed("spawn 2"),
  ]).model;
  assertEquals(waiting.load.members.length, 0);
  assertEquals(
    after(waiting, [{ type: "tick" }], 1999).model.load.members.length,
    0,
  );
  assertEquals(
    after(waiting, [{ type: "tick" }], 2000).model.load.members.length,
    2,
  );
});

Deno.test("Escape ends a wait", () => {
  const { model } = after(runningModel(), [
    ...typed("wait 1h"),
    ...typed("spawn 2"),
    named("escape"),
  ]);
  assertEquals(model.load.members.length, 2);
});

Deno.test("wait connected goes on when all are, not when some are", () => {
  const { model } = after(runningModel({ audience: "plain" }), [
    ...plain("spawn 3", "wait connected 10s", "spawn 1"),
    DONE,
  ]);
  const { members } = model.load;
  const some = snapshotAt(1, members.slice(0, 2));
  const all = snapshotAt(2, members);
  const early = after(model, [{
    type: "measured",
    snapshot: some,
    use: undefined,
  }]);
  assertEquals(early.model.load.members.length, 3);
  const late = after(early.model, [{
    type: "measured",
    snapshot: all,
    use: undefined,
  }]);
  assertEquals(late.model.load.members.length, 4);
});

Deno.test("in a script, not all being connected in time is a failure", () => {
  const { model } = after(runningModel({ audience: "plain" }), [
    ...plain("spawn 3", "wait connected 10s", "spawn 1"),
    DONE,
  ]);
  const { effects } = after(model, [{ type: "tick" }], 10_000);
  assertEquals(effects, [{
    type: "end",
    code: 1,
    reason: null,
    summary: false,
  }]);
});

Deno.test("in a script, a line waits for the one before", () => {
  const first = after(
    runningModel({ audience: "plain" }),
    plain("spawn 1", "drop all"),
  );
  assertEquals(first.effects.map(({ type }) => type), ["add"]);
  const second = after(first.model, [DONE]);
  assertEquals(second.effects.map(({ type }) => type), ["command"]);
});

Deno.test("in a script, the first line that fails ends it, with its own code", () => {
  const usage = after(
    runningModel({ audience: "plain" }),
    plain("spwan", "spawn 1"),
  );
  assertEquals(usage.effects, [{
    type: "end",
    code: 2,
    reason: null,
    summary: false,
  }]);
  const broken = after(runningModel({ audience: "plain" }), [
    ...plain("js nonsense", "spawn 1"),
    { type: "failed", problem: "nonsense is not defined" },
  ]);
  assertEquals(broken.effects.at(-1), {
    type: "end",
    code: 1,
    reason: null,
    summary: false,
  });
});

Deno.test("the end of a script is a quit, after all its lines", () => {
  const { model, effects } = after(runningModel({ audience: "plain" }), [
    ...plain("# nothing", "wait 1s"),
    { type: "inputEnded" },
  ]);
  assertEquals(effects, []);
  assertEquals(after(model, [{ type: "tick" }], 1000).effects, [
    { type: "end", code: 0, reason: null, summary: false },
  ]);
});

Deno.test("a person's mistake ends nothing", () => {
  const { model } = after(runningModel(), typed("spwan"));
  assertEquals(model.phase.name, "running");
});

const ENDINGS: readonly (readonly [why: string, Message, code: number])[] = [
  ["Ctrl-C", ctrl("c"), 130],
  ["Ctrl-D on an empty line", ctrl("d"), 0],
  ["the end of the input", { type: "inputEnded" }, 0],
  ["SIGTERM", { type: "interrupted", code: 143 }, 143],
];

Deno.test.each(ENDINGS)(
  "%s has everyone leave and shows the summary",
  (_why, message, code) => {
    const { effects } = after(liveModel(), [message]);
    assertEquals(effects, [{ type: "end", code, reason: null, summary: true }]);
  },
);

Deno.test("the second Ctrl-C leaves at once", () => {
  const { effects } = after(liveModel(), [ctrl("c"), ctrl("c"), {
    type: "interrupted",
    code: 143,
  }]);
  assertEquals(effects.slice(1), [
    { type: "exit", code: 130 },
    { type: "exit", code: 130 },
  ]);
});

Deno.test("who is leaving does not begin again", () => {
  const { effects } = after(liveModel(), [
    ctrl("c"),
    ctrl("d"),
    ...typed("spawn 3"),
    { type: "broke", reason: "gone" },
  ]);
  assertEquals(
    effects.filter(({ type }) => type !== "remember").length,
    1,
  );
});

Deno.test("a dead server ends the session with its reason", () => {
  const { effects } = after(liveModel(), [{
    type: "gone",
    reason: "it died",
  }]);
  assertEquals(effects, [
    { type: "end", code: 97, reason: "it died", summary: true },
  ]);
});

Deno.test("Ctrl-D in a line deletes, and Ctrl-C in a search only ends the search", () => {
  const { effects } = after(liveModel(), [
    { type: "key", key: { type: "char", text: "x" } },
    ctrl("d"),
    { type: "key", key: { type: "ctrl", letter: "r" } },
    ctrl("c"),
  ]);
  assertEquals(effects, []);
});

Deno.test("Ctrl-Z suspends and Ctrl-L draws anew", () => {
  const { effects } = after(liveModel(), [ctrl("z"), ctrl("l")]);
  assertEquals(effects.map(({ type }) => type), ["suspend", "redraw"]);
});

Deno.test("pages and tables scroll, and stop at their ends", () => {
  const page = (model: Model) => model.page?.top;
  let { model } = after(runningModel(), typed("help"));
  model = after(model, [named("page-up")]).model;
  assertEquals(page(model), 0);
  for (let i = 0; i < 9; i++) model = after(model, [named("page-down")]).model;
  assertEquals(page(model), 24);
  assertEquals(after(model, [named("escape")]).model.page, undefined);
  let clients =
    after(runningModel(), [...typed("spawn 9"), ...typed("clients")]).model;
  for (let i = 0; i < 9; i++) {
    clients = after(clients, [named("page-down")]).model;
  }
  assertEquals(clients.panel.top, 5);
});

Deno.test("what a client says is safe to show, and one entry when said again and again", () => {
  const note: Message = {
    type: "note",
    note: {
      atMs: 0,
      clientId: "client-3",
      level: "error",
      text: "\x1b]0;evil\x07no \x1b[2Jsuch\nroom",
    },
  };
  const { model } = after(runningModel(), [note, note, note]);
  assertEquals(model.log.at(-1)?.text, "client-3: no such room");
  assertEquals(model.log.at(-1)?.times, 3);
});

Deno.test("an effect's answer is shown, and so is its failure", () => {
  const { model } = after(runningModel(), [
    { type: "finished", title: "js", lines: ["42"] },
    { type: "failed", problem: "x is not defined" },
  ]);
  assertEquals(logOf(model).slice(-2), ["42", "x is not defined"]);
});

Deno.test("hours of it keep a bounded model", () => {
  let model = liveModel({}, 1);
  const { members } = model.load;
  const snapshot = snapshotAt(1, members);
  for (let second = 2; second < MAX_MOMENTS + 50; second++) {
    model = after(model, [{
      type: "measured",
      snapshot: { ...snapshot, atMs: second * 1000 },
      use: useAt(second),
    }], second * 1000).model;
  }
  assertEquals(model.live.history.moments.length, MAX_MOMENTS);
  assertEquals(model.live.history.measured.length, 10);
  for (let i = 0; i < MAX_LOG_ENTRIES + 50; i++) {
    model = after(model, [{
      type: "finished",
      title: "",
      lines: [`${i}`],
    }]).model;
  }
  assertEquals(model.log.length, MAX_LOG_ENTRIES);
});

Deno.test("while a run is watched, Ctrl-C is the run's affair and other keys are nobody's", () => {
  const run = runningModel({ audience: "run" });
  assertEquals(after(run, [ctrl("c")]).effects, [{ type: "interrupt" }]);
  assertEquals(after(run, [ctrl("d"), ...typed("quit")]).effects, []);
});
