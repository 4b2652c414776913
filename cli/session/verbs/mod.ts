/**
 * The table of verbs, which parsing, help, hints and completion all come
 * from. It knows what may be said and what that decides; it does nothing and
 * draws nothing.
 *
 * @module
 */

import { metricsLines, nearest } from "../../../tool.ts";
import { noEffects, type Step } from "../messages.ts";
import {
  agents,
  chart,
  clients,
  inspect,
  rooms,
  server,
  stats,
} from "./look.ts";
import { dump } from "./dump.ts";
import { report, reset, save, threshold } from "./judge.ts";
import { layers, mute, pause, quality, resume, unmute } from "./media.ts";
import { impair } from "./networks.ts";
import { churn, drop, ramp, reconnect, rejoin, spawn } from "./people.ts";
import { scenario } from "./scenario.ts";
import { js, quit, wait } from "./self.ts";
import { set } from "./settings.ts";
import type { Model } from "../model.ts";
import {
  type Arguments,
  argumentsOf,
  type Command,
  isProblem,
  type Problem,
} from "../parse.ts";
import { SELECTION } from "../select.ts";
import { shown, type Verb } from "./verb.ts";

export { mediaChosen } from "./settings.ts";
export { loadStep, say, shown } from "./verb.ts";

const help: Verb = {
  usage: "[VERB | metrics]",
  help: "this list, more about one verb, or every metric",
  examples: ["help spawn", "help metrics"],
  words: [() => [...Object.keys(VERBS), "metrics"]],
  most: 1,
  run(model, { words: [name] }) {
    if (name === undefined) {
      return noEffects(shown(model, "help", overview()));
    }
    if (name === "metrics") {
      return noEffects(shown(model, "metrics", metricsLines()));
    }
    const verb = verbOf(name);
    return isProblem(verb)
      ? verb
      : noEffects(shown(model, `help ${name}`, explained(name, verb)));
  },
};

/** All verbs, in the order in which help shows them. */
export const VERBS: Readonly<Record<string, Verb>> = {
  spawn,
  ramp,
  drop,
  churn,
  reconnect,
  rejoin,
  mute,
  unmute,
  pause,
  resume,
  quality,
  layers,
  impair,
  set,
  scenario,
  stats,
  rooms,
  clients,
  inspect,
  dump,
  chart,
  server,
  agents,
  threshold,
  report,
  save,
  reset,
  wait,
  js,
  help,
  quit,
};

/** Decides what becomes of a line. */
export function runLine(model: Model, command: Command): Step | Problem {
  const step = stepOf(model, command);
  if (isProblem(step) || model.scenario === undefined) return step;
  const steers = step.model.load !== model.load ||
    step.effects.some(({ type }) => type === "add" || type === "command");
  return steers
    ? {
      problem:
        `"scenario stop" first: ${model.scenario.name} steers its clients itself.`,
    }
    : step;
}

function stepOf(model: Model, command: Command): Step | Problem {
  const verb = verbOf(command.verb);
  if (isProblem(verb)) return verb;
  if (verb.raw) {
    return verb.run(model, {
      words: [],
      options: new Map(),
      rest: command.rest,
    });
  }
  const args = argumentsOf(command.rest);
  if (isProblem(args)) return args;
  const surplus = unexpected(command.verb, verb, args);
  if (surplus !== undefined) return surplus;
  const step = verb.run(model, args);
  return isProblem(step) ? withGuess(step, model, verb, args) : step;
}

/** A problem, with the word that was probably meant where one of the line is nearly that. */
function withGuess(
  { problem }: Problem,
  model: Model,
  verb: Verb,
  args: Arguments,
): Problem {
  if (problem.includes("did you mean")) return { problem };
  const { words = [], options = {}, optionsFor } = verb;
  const optionWords = optionsFor?.(args.words) ?? options;
  const places = [
    ...args.words.map((word, i) =>
      [word, words[Math.min(i, words.length - 1)]] as const
    ),
    ...[...args.options].map(([name, value]) =>
      [
        value,
        Object.hasOwn(optionWords, name) ? optionWords[name] : undefined,
      ] as const
    ),
  ];
  for (const [word, wordsOf] of places) {
    // A number that is none of what is taken is no misspelling.
    if (/^\d/.test(word)) continue;
    const known = wordsOf?.(model).filter((one) => /[a-z]/i.test(one)) ?? [];
    const meant = known.includes(word) ? undefined : nearest(word, known);
    if (meant === undefined) continue;
    return {
      problem: `${problem.replace(/\.$/, "")}; did you mean "${meant}"?`,
    };
  }
  return { problem };
}

/** Other words for verbs. */
const ALIASES: ReadonlyMap<string, keyof typeof VERBS> = new Map([
  ["kick", "drop"],
]);

function verbOf(name: string): Verb | Problem {
  const other = ALIASES.get(name);
  if (other !== undefined) return VERBS[other];
  if (Object.hasOwn(VERBS, name)) return VERBS[name];
  const meant = nearest(name, Object.keys(VERBS));
  return {
    problem: `There is no verb "${name}"${
      meant === undefined
        ? `: "help" lists them.`
        : `, did you mean "${meant}"?`
    }`,
  };
}

function unexpected(
  name: string,
  { most, usage, options = {} }: Verb,
  args: { words: readonly string[]; options: ReadonlyMap<string, string> },
): Problem | undefined {
  const known = Object.keys(options);
  for (const option of args.options.keys()) {
    if (known.includes(option)) continue;
    const meant = nearest(option, known);
    return {
      problem: meant !== undefined
        ? `${name} has no ${option}=, did you mean ${meant}=?`
        : known.length === 0
        ? `${name} has no options.`
        : `${name} has no ${option}=: it has ${
          known.map((name) => `${name}=`).join(", ")
        }.`,
    };
  }
  if (most !== undefined && args.words.length > most) {
    const ids = usage.includes("IDS") ? `, where IDS are ${SELECTION}` : "";
    const form = usage === ""
      ? "it stands alone."
      : `write ${name} ${usage}${ids}.`;
    return { problem: `${name} has no use for "${args.words[most]}": ${form}` };
  }
}

function overview(): string[] {
  const names = Object.keys(VERBS);
  const columns = Math.max(...names.map((name) => name.length));
  return [
    ...names.map((name) => `${name.padEnd(columns)}  ${VERBS[name].help}`),
    "",
    "IDS are all, 3, 3-5 or 1,4-6. Times are 30 (seconds), 500ms, 5m, 1h.",
    "Tab completes, Up recalls, Ctrl-R searches, Ctrl-C stops the load and ends.",
  ];
}

function explained(name: string, { usage, help, examples }: Verb): string[] {
  return [
    `${name} ${usage}`.trimEnd(),
    help,
    ...examples.map((example) => `  ${example}`),
  ];
}
