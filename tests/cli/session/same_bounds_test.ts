/** Every option of a meeting takes the same values wherever it is given: on the command line, by a scenario, and to the session. */

import { assert, assertEquals } from "@std/assert";
import {
  commandLineOf,
  optionName,
} from "../../../cli/commands/options/option.ts";
import { parseOptions } from "../../../cli/commands/options/parse.ts";
import { RUN_TABLE } from "../../../cli/commands/options/run_options.ts";
import { SESSION_TABLE } from "../../../cli/commands/options/session_options.ts";
import { completion } from "../../../cli/session/complete.ts";
import type { Model } from "../../../cli/session/model.ts";
import { isProblem } from "../../../cli/session/parse.ts";
import { runLine } from "../../../cli/session/verbs/mod.ts";
import { meeting, type OptionTable } from "../../../tool.ts";
import { runningModel } from "./fixtures.ts";

/** What anyone may think of typing, on both sides of every bound that there is or was. */
const TEXTS: readonly string[] = [
  ...["0", "1", "4", "16", "17", "100", "101", "1000", "1001"],
  ...["10000", "10001", "100000", "100001", "-1", "1.5", ".5", "1e3", "0x10"],
  ...["0s", "1ms", "500ms", "10s", "5m", "240h", "241h", "480h", "481h"],
  ...["20d", "480p", "720p", "1080p", "4k", "480P", "15", "24", "25", "30"],
  ...["60", "120", "on", "off", "true", "false", "yes", "maybe", "builtin"],
  ...["synthetic", "hall", "conference", "webinar", "party", "50%"],
  ...["browser", "plain", "Browser"],
  ...["wifi-lossy", "3g:30%", "3g:130%", "5g", "loss=5%,delay=50ms:0.2"],
];

/** How else than by "set" the session takes some of them. */
const LINES: Readonly<Record<string, readonly ((text: string) => string)[]>> = {
  clients: [(text) => `spawn ${text}`],
  rampUp: [(text) => `spawn 1 over=${text}`, (text) => `ramp 1 ${text}`],
  rooms: [(text) => `spawn 1 rooms=${text}`],
  quality: [(text) => `quality ${text} 0`],
  fps: [(text) => `quality 480p 0 fps=${text}`],
  churnRate: [(text) => `churn ${text}`],
  impair: [(text) => `impair ${text}`],
};

/** Who publishes is the session's role, and a scenario's own affair is when it ends and who is patient. */
const NOT_OF_THE_SESSION = [
  ...["duration", "mode", "patience", "publishRatio", "thresholds"],
];

/** A verb of the session may have an "off" of its own. */
const OWN_WORDS = ["churnRate", "impair"];

const ROWS: OptionTable = meeting.options;

for (const [key, option] of Object.entries(ROWS)) {
  if (key === "thresholds") continue;
  Deno.test(`${key} takes the same in run, in a scenario and in the session`, () => {
    const places = placesOf(key);
    assert(places.length > 1);
    for (const text of TEXTS) {
      if (text === "off" && OWN_WORDS.includes(key)) continue;
      const taken = places.map(({ takes }) => takes(text));
      assertEquals(
        new Set(taken).size,
        1,
        `"${text}": ${
          places.map(({ where }, i) => `${where} ${taken[i] ? "yes" : "no"}`)
        }`,
      );
    }
    const some = TEXTS.map(places[0].takes);
    assert(
      some.includes(true) &&
        (some.includes(false) || option.takes === "a text" || key === "media"),
      `${key} shows no bound`,
    );
  });
}

Deno.test("the session has every option that may change while clients are there", () => {
  const there = Object.keys(ROWS).filter((key) => key in LINES);
  for (const [key, { live = false }] of Object.entries(ROWS)) {
    assertEquals(
      live || there.includes(key),
      !NOT_OF_THE_SESSION.includes(key),
      key,
    );
  }
});

Deno.test("what set may change can be given to the session from the start, and is completed", () => {
  const flags = Object.keys(SESSION_TABLE);
  const { candidates } = completion(runningModel(), "set ", 4);
  for (const [key, option] of Object.entries(ROWS)) {
    if (option.live !== true) continue;
    assert(flags.includes(option.flag?.name ?? key), key);
    assert(candidates.includes(optionName(key).slice(2)), key);
  }
});

Deno.test("every option of a meeting is completed behind a scenario's name", () => {
  const line = "scenario meeting ";
  const { candidates } = completion(runningModel(), line, line.length);
  assertEquals(
    candidates.filter((one) => one.endsWith("=")),
    Object.keys(ROWS).map((key) => `${key}=`),
  );
});

interface Place {
  readonly where: string;
  readonly takes: (text: string) => boolean;
}

function placesOf(key: string): Place[] {
  const { flag, arity, live } = ROWS[key];
  const typed = flag === undefined && arity !== "flag" ? [optionName(key)] : [];
  const lines = [
    ...(live ? [(text: string) => `set ${kebab(key)} "${text}"`] : []),
    ...(LINES[key] ?? []),
  ];
  return [
    {
      where: "scenario",
      takes: (text) => doesNotThrow(() => meeting.prepare({ [key]: text })),
    },
    ...typed.map((name): Place => ({
      where: "run",
      takes: (text) =>
        parseOptions(RUN_TABLE, [`${name}=${text}`]).mistakes.length === 0,
    })),
    ...lines.map((line): Place => ({
      where: line("…"),
      takes: (text) => {
        const [verb] = line(text).split(" ");
        const rest = line(text).slice(verb.length + 1);
        const model = verb === "quality" ? crowded() : anywhere();
        return !isProblem(runLine(model, { verb, rest }));
      },
    })),
  ];
}

/** At a server that does all that there is. */
function anywhere(): Model {
  const { server, ...model } = runningModel();
  return { ...model, server: { ...server!, engine: "mediasoup" } };
}

/** With a client, whom lines are about. */
function crowded() {
  const step = runLine(runningModel(), { verb: "spawn", rest: "1" });
  assert(!isProblem(step));
  return step.model;
}

function kebab(key: string): string {
  return optionName(key).slice(2);
}

function doesNotThrow(work: () => unknown): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

Deno.test("a word without a value gives what the option itself takes", () => {
  const words = Object.entries(commandLineOf(ROWS)).filter(([, { arity }]) =>
    arity === "flag"
  );
  assertEquals(words.map(([name]) => name), [
    "videoOnly",
    "audioOnly",
    "simulcast",
  ]);
  for (const [name] of words) {
    const { mistakes } = parseOptions(RUN_TABLE, [optionName(name)]);
    assertEquals(mistakes, []);
  }
});
