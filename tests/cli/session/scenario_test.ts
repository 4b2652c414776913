/** Scenarios in a session, as model and messages. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Message, ScenarioEnd } from "../../../cli/session/messages.ts";
import type { Model } from "../../../cli/session/model.ts";
import { view } from "../../../cli/session/view/view.ts";
import { lineText } from "../../../cli/terminal/mod.ts";
import {
  after,
  liveModel,
  logOf,
  runningModel,
  snapshotAt,
  typed,
  useAt,
} from "./fixtures.ts";

const END: ScenarioEnd = {
  name: "smoke",
  lines: ["smoke passed: all 3 thresholds passed"],
  report: ["PASSED", "all", "of", "it"],
  code: 0,
  nextIndex: 7,
};

function begun(line = "scenario smoke clients=2", options = {}) {
  const { model, effects } = after(runningModel(options), typed(line));
  return { model, effects: effects.filter(({ type }) => type !== "remember") };
}

function ended(model: Model, end: ScenarioEnd = END) {
  return after(model, [{ type: "scenarioEnded", end }]);
}

/** A second's numbers of clients with these indices. */
function measured(indices: readonly number[]): Message {
  const members = indices.map((index) => ({
    ...liveModel({}, 0).load.members[0],
    index,
    roomId: "stage",
  }));
  return { type: "measured", snapshot: snapshotAt(1, members), use: useAt(1) };
}

Deno.test("a scenario is begun with its options as they were typed", () => {
  const { model, effects } = begun(
    `scenario smoke clients=2 thresholds="loss < 1%; errors == 0"`,
  );
  assertEquals(effects, [{
    type: "scenario",
    nameOrFile: "smoke",
    options: { clients: "2", thresholds: "loss < 1%; errors == 0" },
  }]);
  assertEquals(model.scenario?.name, "smoke");
  assertEquals(begun("scenario ./mine.ts a=b").effects.length, 1);
});

Deno.test.each<[line: string, says: string]>([
  ["scenario smok", 'there is no scenario "smok", did you mean smoke?'],
  [
    "scenario smoke clinets=2 duration=3y",
    "clinets: smoke has no such option, did you mean clients? " +
    'duration: "3y" is not a duration of at least 1ms such as 30, 500ms, 90s, 5m or 1h, up to 480h.',
  ],
  ["scenario smoke 3", 'scenario has no use for "3": write key=value.'],
  ["scenario smoke a=1 a=2", "a= is there twice."],
  ["scenario stop", "No scenario is going on."],
  ["scenario report", "No scenario has ended yet."],
  ["scenario help smok", 'there is no scenario "smok", did you mean smoke?'],
])(
  "%s is refused in one line, and with 2 where nobody can try again",
  (line, says) => {
    assertEquals(logOf(begun(line).model).at(-1), says);
    const { effects } = after(runningModel({ audience: "plain" }), [{
      type: "line",
      text: line,
    }]);
    assertEquals(
      effects.map((effect) => effect.type === "end" && effect.code),
      [
        2,
      ],
    );
  },
);

Deno.test("a scenario wants the crowd to itself, and one at a time", () => {
  const last = (model: Model, line: string) =>
    logOf(after(model, typed(line)).model).at(-1);
  assertEquals(
    last(liveModel({}, 1), "scenario smoke"),
    `"drop all" first: a scenario has the crowd to itself.`,
  );
  const churning = after(runningModel(), typed("churn 1")).model;
  assertEquals(
    last(churning, "scenario smoke"),
    `"churn off" first: a scenario has the crowd to itself.`,
  );
  const { model } = after(begun().model, [measured([0, 1])]);
  assertEquals(
    last(model, "scenario ramp"),
    `"scenario stop" first: smoke is going on.`,
  );
  for (
    const line of [
      "spawn 2",
      "ramp 0 5s",
      "churn 1",
      "mute all",
      "impair 3g",
      "layers 1",
      "drop all",
    ]
  ) {
    assertEquals(
      last(model, line),
      `"scenario stop" first: smoke steers its clients itself.`,
    );
  }
});

Deno.test("its clients, and only they, are in the tables and the charts, and its time is at the top", () => {
  let { model } = begun();
  model = { ...model, scenario: { ...model.scenario!, firstIndex: 5 } };
  model = after(model, [
    { type: "scenarioAt", elapsedMs: 7000, endMs: 15_000 },
    measured([3, 5, 6]),
  ], 20_000).model;
  const screen = view(model).lines.map(lineText).join("\n");
  assertStringIncludes(screen, "smoke 0:07 of 0:15");
  assertStringIncludes(screen, "2 clients");
  assertEquals(model.load.members.map(({ index }) => index), [5, 6]);
  assertEquals(model.live.history.moments.length, 1);
});

Deno.test("what came of it is in the log, its summary at hand, and the crowd free again", () => {
  const { model } = ended(after(begun().model, [measured([0, 1])]).model);
  assertEquals(logOf(model).at(-1), END.lines[0]);
  assertEquals([model.scenario, model.load.members], [undefined, []]);
  const next = after(model, typed("spawn 1"));
  assertEquals(logOf(next.model).at(-1), "1 client joining: 7");
  const report = after(model, typed("scenario report")).model.page;
  assertEquals(report?.lines, END.report);
});

Deno.test("where a program feeds lines, the next one waits, and what did not pass ends it with its code", () => {
  const lines = (text: string): Message => ({ type: "line", text });
  const { model } = after(runningModel({ audience: "plain" }), [
    lines("scenario smoke"),
    lines("spawn 1"),
  ]);
  assertEquals(model.queue, ["spawn 1"]);
  const passed = ended(model);
  assertEquals(passed.effects.map(({ type }) => type), ["add"]);
  const { effects } = ended(model, { ...END, code: 99 });
  assertEquals(effects.map((effect) => effect.type === "end" && effect.code), [
    99,
  ]);
});

Deno.test("one that cannot begin says why, and the crowd is free again", () => {
  const end = {
    problem: "cannot load ./no.ts: nothing there.",
    code: 2,
    nextIndex: 3,
  };
  const { model } = ended(begun("scenario ./no.ts").model, end);
  assertEquals(logOf(model).at(-1), end.problem);
  assertEquals(model.scenario, undefined);
  // Some of its clients may have come before it failed.
  const next = after(model, typed("spawn 1"));
  assertEquals(logOf(next.model).at(-1), "1 client joining: 3");
});

Deno.test("it is stopped by name, and by the end of the session", () => {
  const { model } = begun();
  const stop = after(model, typed("scenario stop"));
  assert(stop.effects.some(({ type }) => type === "stopScenario"));
  const quit = after(model, [{ type: "interrupted", code: 130 }]);
  assertEquals(quit.effects.map(({ type }) => type), ["end"]);
  assertEquals(ended(quit.model).effects, []);
});

Deno.test("alone it lists what there is, and help NAME the options of one", () => {
  const page = (line: string) =>
    after(runningModel(), typed(line)).model.page?.lines.join("\n") ?? "";
  assertStringIncludes(page("scenario"), "capacity  ");
  assertStringIncludes(page("scenario help ramp"), "stages=…");
});
