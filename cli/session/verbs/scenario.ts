/**
 * The verb that runs scenarios.
 *
 * @module
 */

import { type Recorded, typedValue } from "../../../tool.ts";
import {
  isFileName,
  OWN_SCENARIOS,
  ownScenario,
  prepareScenario,
  scenarioOptionRows,
} from "../find_scenario.ts";
import { noEffects, type Step } from "../messages.ts";
import type { Model } from "../model.ts";
import { argumentsOf, isProblem, type Problem } from "../parse.ts";
import { always, said, say, shown, type Verb } from "./verb.ts";

/** Runs a scenario, or says something about one. */
export const scenario: Verb = {
  usage: "NAME|FILE [key=value …] | help NAME | stop | report",
  help: "run a scenario, once nobody else is there; alone list what there is",
  examples: [
    "scenario smoke",
    "scenario webinar clients=50 duration=2m impair=wifi-lossy:20%",
    "scenario ./my_test.ts talk=10s",
    "scenario help ramp",
  ],
  words: [
    always(...Object.keys(OWN_SCENARIOS), "help", "stop", "report"),
    always(...Object.keys(OWN_SCENARIOS)),
  ],
  optionsFor: ([name]) => {
    const { options = {} } = Object.hasOwn(OWN_SCENARIOS, name)
      ? OWN_SCENARIOS[name]
      : {};
    return Object.fromEntries(
      Object.entries(options).map(([key, { words, ...option }]) => [
        key,
        always(...(words ?? typedDefault(option.default))),
      ]),
    );
  },
  // What options there are is the scenario's to say.
  raw: true,
  run(model, { rest }) {
    const args = argumentsOf(rest);
    if (isProblem(args)) return args;
    const { words, options } = args;
    const [first, second] = words;
    const most = first === "help" ? 2 : 1;
    if (words.length > most) {
      return {
        problem: `scenario has no use for "${words[most]}": write key=value.`,
      };
    }
    switch (first) {
      case undefined:
        return noEffects(shown(model, "scenarios", listed()));
      case "help":
        return explain(model, second);
      case "stop":
        return stop(model);
      case "report":
        return model.lastScenario === undefined
          ? { problem: "No scenario has ended yet." }
          : noEffects(shown(
            model,
            model.lastScenario.name,
            model.lastScenario.report,
          ));
    }
    return begin(model, first, Object.fromEntries(options));
  },
};

function typedDefault(initial: Recorded | undefined): string[] {
  return initial === undefined ? [] : [typedValue(initial)];
}

function begin(
  model: Model,
  nameOrFile: string,
  options: Readonly<Record<string, string>>,
): Step | Problem {
  const { load, nowMs } = model;
  const problem = whyNotNow(model) ?? whyNotSo(nameOrFile, options);
  if (problem !== undefined) return { problem };
  return {
    model: {
      ...model,
      scenario: {
        name: nameOrFile,
        firstIndex: load.nextIndex,
        sinceMs: nowMs,
        endMs: nowMs,
      },
    },
    effects: [{ type: "scenario", nameOrFile, options }],
  };
}

/** Its figures are to be its own, so nobody else may be there. */
function whyNotNow({ scenario, load }: Model): string | undefined {
  if (scenario !== undefined) {
    return `"scenario stop" first: ${scenario.name} is going on.`;
  }
  const whole = "first: a scenario has the crowd to itself.";
  if (load.members.length > 0) return `"drop all" ${whole}`;
  return load.churn === undefined ? undefined : `"churn off" ${whole}`;
}

/** A file is only looked into when its turn has come. */
function whyNotSo(
  nameOrFile: string,
  options: Readonly<Record<string, string>>,
): string | undefined {
  if (isFileName(nameOrFile)) return undefined;
  const found = ownScenario(nameOrFile);
  if (isProblem(found)) return found.problem;
  const prepared = prepareScenario(found.scenario, options);
  return "mistakes" in prepared ? prepared.mistakes.join(" ") : undefined;
}

function stop(model: Model): Step | Problem {
  if (model.scenario === undefined) {
    return { problem: "No scenario is going on." };
  }
  return {
    model: say(model, `${model.scenario.name} is being stopped`),
    effects: [{ type: "stopScenario" }],
  };
}

function explain(model: Model, name: string | undefined): Step | Problem {
  if (name === undefined) return said(model, "scenario help NAME");
  if (isFileName(name)) {
    return { problem: `"run --scenario ${name} --help" lists its options.` };
  }
  const found = ownScenario(name);
  if (isProblem(found)) return found;
  const { description } = found.scenario;
  return noEffects(shown(model, `scenario ${name}`, [
    description,
    ...columns(scenarioOptionRows(found.scenario)),
  ]));
}

function listed(): string[] {
  return [
    ...columns(
      Object.entries(OWN_SCENARIOS).map((
        [name, { description }],
      ) => [name, description]),
    ),
    "",
    "A file of your own works too: scenario ./my_test.ts. A scenario has the crowd",
    "to itself, so that its figures are its own: drop all first. While it goes on,",
    "its clients are in the charts, and only it steers them.",
  ];
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`);
}
