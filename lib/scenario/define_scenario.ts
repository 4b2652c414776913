/**
 * Scenarios: a name, a table of options, and what a crowd does. A scenario is
 * a function; it is the same whether a script calls it or the command line
 * finds it by name.
 *
 * @module
 */

import type { RunPlan } from "../load/mod.ts";
import type { JsonValue, Threshold, Verdict } from "../metrics/mod.ts";
import {
  namedElsewhere,
  type OptionInput,
  type OptionTable,
  type OptionValues,
  readTable,
  recordOf,
  verifyTable,
} from "../options/mod.ts";
import { nearest } from "../text/mod.ts";
import type {
  ScenarioContext,
  ScenarioJob,
  ScenarioSummary,
  Target,
} from "../run/mod.ts";
import { Crowd } from "./crowd.ts";
import { thresholds } from "./option.ts";

/** What a scenario is made of. */
export interface ScenarioDefinition<Table extends OptionTable, Result> {
  /** By which it is called: one word. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** Its options; every scenario has `thresholds` besides. */
  readonly options: Table;
  /** What happens. What it resolves with goes into the summary, so it must be plain JSON data. */
  readonly run: (
    crowd: Crowd,
    options: OptionValues<Table> & CommonValues,
    context: ScenarioContext,
  ) => Promise<Result>;
  /** Who does what and when, where that is known before anything begins: whether this machine can do it is then looked at first. @default {unknown} */
  readonly plan?: (options: OptionValues<Table>, seed: number) => RunPlan;
  /** Clients at its peak: threads are chosen by it. @default {the option `clients`, or 1} */
  readonly peak?: (options: OptionValues<Table>) => number;
  /** Whether it judges thresholds itself, step by step, by those of its context. @default {false} */
  readonly judgesThresholds?: boolean;
  /** Whether it takes the server away on purpose: what clients missed meanwhile is a warning at most, if they have it again at the end. @default {false} */
  readonly disrupts?: boolean;
  /** What the run came to, given what thresholds or bands say of it. @default {the same} */
  readonly judge?: (result: Result, verdict: Verdict) => Verdict;
  /** What came of it, as lines of text. @default {none} */
  readonly describe?: (result: Result) => readonly string[];
}

/** What every scenario can be given. */
export interface CommonInput {
  /** What the run must keep to, such as `["loss < 1%"]`. */
  readonly thresholds?: readonly string[] | string;
}

/** What every scenario gets. */
export interface CommonValues {
  /** What the run must keep to. */
  readonly thresholds: readonly Threshold[];
}

/** A scenario that takes an `Input` and comes to a `Result`: a function that any script can call. */
export interface Scenario<Input, Result = void> {
  /**
   * Carries it out, and sums up. Throws a {@linkcode ScenarioUsageError} for
   * options that make no sense, and an `UnreachableError` (for most servers a
   * `ChannelError`) when the server cannot be reached; what happens later is
   * in the summary. `tool.ts` has these classes.
   */
  (
    target: Target,
    options?: Input,
  ): Promise<ScenarioSummary<Result>>;
  /** By which it is called. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** Its options. */
  readonly options: OptionTable;
  /** Reads options, as values or as text. Throws a {@linkcode ScenarioUsageError}. */
  readonly prepare: (options: Readonly<Record<string, unknown>>) => ScenarioJob;
}

/** Any scenario. */
// deno-lint-ignore no-explicit-any -- whatever its options and its finding
export type AnyScenario = Scenario<any, any>;

/** Options that make no sense. */
export class ScenarioUsageError extends TypeError {
  /** `ScenarioUsageError`. */
  override readonly name: string = "ScenarioUsageError";
  /** Everything that is wrong, a line each. */
  readonly mistakes: readonly string[];

  /** All mistakes at once. */
  constructor(mistakes: readonly string[]) {
    super(mistakes.join(" "));
    this.mistakes = mistakes;
  }
}

/**
 * Makes a scenario. Throws a `TypeError` in one line for one without a name or
 * `run`, and for options that were not made with `option`.
 *
 * @example
 * ```ts
 * import { option } from "./mod.ts";
 *
 * const echo = defineScenario({
 *   name: "echo",
 *   description: "Two people talk for a while, then one mutes herself.",
 *   options: { talk: option.duration("how long both talk", { default: "5s" }) },
 *   async run(crowd, { talk }) {
 *     const anna = await crowd.join({ video: false });
 *     await crowd.join({ video: false });
 *     await crowd.wait(talk);
 *     await anna.mute();
 *     await crowd.wait(talk);
 *     await anna.leave();
 *   },
 * });
 * ```
 */
export function defineScenario<
  const Table extends OptionTable,
  Result = void,
>(
  definition: ScenarioDefinition<Table, Result>,
): Scenario<OptionInput<Table> & CommonInput, Result> {
  checkDefinition(definition);
  const { name, description, run, plan, peak, judge, describe } = definition;
  const options: OptionTable = {
    thresholds: thresholds("what the run must keep to", { default: [] }),
    ...definition.options,
  };
  const prepare = (given: Readonly<Record<string, unknown>>): ScenarioJob => {
    const values = readOptions(name, options, given);
    const typed = values as OptionValues<Table> & CommonValues;
    return {
      name,
      values,
      verify: () => verifyTable(options, values),
      config: recordOf(options, values),
      thresholds: typed.thresholds,
      judgesThresholds: definition.judgesThresholds ?? false,
      disrupts: definition.disrupts ?? false,
      plan: plan && ((seed) => plan(typed, seed)),
      peak: peak?.(typed) ?? (Number(values.clients) || 1),
      script: async (ports, context) =>
        (await run(
          new Crowd(ports, Object.keys(options)),
          typed,
          context,
        ) ?? null) as JsonValue,
      judge: (result, verdict) => judge?.(result as Result, verdict) ?? verdict,
      describe: (result) => describe?.(result as Result) ?? [],
    };
  };
  const perform = async (
    target: Target,
    given: OptionInput<Table> & CommonInput = {},
  ) => {
    const job = prepare({ ...given });
    const mistakes = await job.verify();
    if (mistakes.length > 0) throw new ScenarioUsageError(mistakes);
    const { summary } = await target.perform(job);
    return summary as ScenarioSummary<Result>;
  };
  Object.defineProperty(perform, "name", { value: name });
  return Object.assign(perform, { description, options, prepare });
}

/** Whoever writes without types learns at once, rather than in the middle of a run. */
function checkDefinition(
  definition: {
    readonly name: string;
    readonly run: unknown;
    readonly options: OptionTable;
  },
): void {
  const { name, run, options = {} } = definition;
  if (typeof name !== "string" || name.trim() === "") {
    throw new TypeError("Cannot define a scenario: it has no name.");
  }
  if (typeof run !== "function") {
    throw new TypeError(
      `Cannot define the scenario ${name}: its run is not a function.`,
    );
  }
  const strange = Object.entries(options)
    .find(([, option]) => typeof option?.read !== "function");
  if (strange === undefined) return;
  throw new TypeError(
    `Cannot define the scenario ${name}: its option ${
      strange[0]
    } was not made with option, such as option.duration("how long", { default: "5s" }).`,
  );
}

/** Whether something is a scenario, also one that another copy of this module made. */
export function isScenario(value: unknown): value is AnyScenario {
  return typeof value === "function" && "prepare" in value &&
    "description" in value && "options" in value;
}

function readOptions(
  name: string,
  table: OptionTable,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { values, mistakes } = readTable(table, given);
  const all = [
    ...Object.keys(given)
      .filter((key) => !Object.hasOwn(table, key))
      .map((key) => unknownOption(name, key, Object.keys(table))),
    ...mistakes,
  ];
  if (all.length > 0) throw new ScenarioUsageError(all);
  return values;
}

function unknownOption(
  scenario: string,
  key: string,
  known: readonly string[],
): string {
  const [guess = nearest(key, known)] = namedElsewhere(key, known);
  return guess === undefined
    ? `${key}: ${scenario} has no such option; it has ${known.join(", ")}.`
    : `${key}: ${scenario} has no such option, did you mean ${guess}?`;
}
