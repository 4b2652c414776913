/**
 * Where a scenario comes from, one of ours by its name or a file of anyone's,
 * and what its options are, as they are typed.
 *
 * @module
 */

import {
  type AnyScenario,
  isScenario,
  nearest,
  type ScenarioJob,
  scenarios,
  typedValue,
} from "../../tool.ts";
import { loadModule } from "../../lib/load_module.ts";
import { messageOf } from "../../lib/text/mod.ts";

/** A scenario, or why there is none, in one line. */
export type ScenarioSearch =
  | { readonly scenario: AnyScenario }
  | { readonly problem: string };

/** A scenario that is ready, or everything that is wrong with its options, a line each. */
export type Preparation =
  | { readonly job: ScenarioJob }
  | { readonly mistakes: readonly string[] };

/** More than a scenario takes while it is loaded, in bytes. */
const MOST_MEMORY = 250e6;

/** Reads the options of a scenario. */
export function prepareScenario(
  scenario: AnyScenario,
  options: Readonly<Record<string, unknown>>,
): Preparation {
  try {
    return { job: scenario.prepare(options) };
  } catch (error) {
    // It may be that of another copy of the module.
    if (!(error instanceof Error) || !("mistakes" in error)) throw error;
    return { mistakes: error.mistakes as string[] };
  }
}

/** The options of a scenario, each with what it is, what it takes and its default. */
export function scenarioOptionRows(
  { options }: AnyScenario,
): (readonly [string, string])[] {
  return Object.entries(options).map(([key, { help, takes, ...option }]) => [
    `${key}=…`,
    `${help}: ${takes}${
      option.default === undefined ? "" : ` [${typedValue(option.default)}]`
    }`,
  ]);
}

/** The options of a job as they could be typed again. */
export function typedConfig({ config }: Pick<ScenarioJob, "config">): string {
  return Object.entries(config).filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}=${typedValue(value)}`).join(" ");
}

/** The scenarios that come with rtcrowd, by name. */
export const OWN_SCENARIOS: Readonly<Record<string, AnyScenario>> = scenarios;

/** Whether it is meant as the path or URL of a file, rather than as a name. */
export function isFileName(nameOrFile: string): boolean {
  return /[./\\:]/.test(nameOrFile);
}

/**
 * Finds a scenario by its name, or by the path or URL of a file, whose default
 * export it is, or whose only one.
 */
export async function findScenario(
  nameOrFile: string,
): Promise<ScenarioSearch> {
  if (!isFileName(nameOrFile)) return ownScenario(nameOrFile);
  const base = new URL(`file://${Deno.cwd()}/`);
  try {
    const url = new URL(nameOrFile, base);
    return choose(
      nameOrFile,
      await loadModule(url.href, { mostMemory: MOST_MEMORY }),
    );
  } catch (error) {
    const reason = messageOf(error);
    return {
      problem: `cannot load ${nameOrFile}: ${
        reason.trim().replaceAll(/\s*\n\s*/g, " ").replace(/\.$/, "")
      }.`,
    };
  }
}

/** Finds one of ours by its name. */
export function ownScenario(name: string): ScenarioSearch {
  return Object.hasOwn(OWN_SCENARIOS, name)
    ? { scenario: OWN_SCENARIOS[name] }
    : { problem: unknown(name) };
}

function choose(
  file: string,
  exported: Readonly<Record<string, unknown>>,
): ScenarioSearch {
  if (isScenario(exported.default)) return { scenario: exported.default };
  const all = Object.values(exported).filter(isScenario);
  if (all.length === 1) return { scenario: all[0] };
  return {
    problem: all.length === 0
      ? `${file} exports no scenario; make one with defineScenario.`
      : `${file} exports ${all.length} scenarios; make one the default export.`,
  };
}

function unknown(name: string): string {
  const names = Object.keys(scenarios);
  const guess = nearest(name, names);
  return guess === undefined
    ? `there is no scenario "${name}"; there are ${
      names.join(", ")
    }, and files such as ./my_test.ts.`
    : `there is no scenario "${name}", did you mean ${guess}?`;
}
