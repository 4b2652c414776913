/**
 * Which job `run` is to carry out: a scenario's, or without one a meeting's,
 * whose options are options of the command line.
 *
 * @module
 */

import {
  type AnyScenario,
  describeMedia,
  meeting,
  type ScenarioJob,
} from "../../tool.ts";
import {
  findScenario,
  prepareScenario,
  scenarioOptionRows,
  typedConfig,
} from "../session/mod.ts";
import { twoColumns } from "./options/help.ts";
import { PROGRAM, runLine } from "./options/program_name.ts";
import { inputOf, optionName } from "./options/option.ts";
import type { Parsed } from "./options/parse.ts";
import { meetingLine, type MeetingValues } from "./run_lines.ts";
import {
  engineProblems,
  MEETING_FLAGS,
  type RUN_OPTIONS,
  type RunValues,
} from "./options/run_options.ts";
import { printOut, usage } from "./shell.ts";

/** Scenarios whose answer would be of no use to anyone who did not mean this very server. */
const NAME_A_SERVER: readonly string[] = ["capacity"];

/** Prints the options of a scenario; resolves with the exit code. */
export async function helpScenario(nameOrFile: string): Promise<number> {
  const result = await findScenario(nameOrFile);
  if ("problem" in result) return usage([`--scenario: ${result.problem}`]);
  const { name, description } = result.scenario;
  // A file that is run by itself is named as it was run.
  const begun = nameOrFile === Deno.mainModule
    ? runLine(nameOrFile)
    : `${PROGRAM} run --scenario ${nameOrFile}`;
  printOut(
    [
      `${begun} [key=value …] [options]`,
      "",
      `${name}: ${description}`,
      "",
      ...twoColumns(scenarioOptionRows(result.scenario)),
      "",
      `${PROGRAM} run --help lists the options that are not the scenario's.`,
    ].map((line) => `${line}\n`).join(""),
  );
  return 0;
}

/** A scenario with its options read. */
export interface ChosenJob {
  readonly scenario: AnyScenario;
  readonly job: ScenarioJob;
  /** What is sent, in words; `undefined` where a scenario of its own decides. */
  readonly media: string | undefined;
}

/** The job that was asked for, or everything that is wrong with that: without a scenario it is a meeting. */
export async function chooseJob(
  parsed:
    & Pick<
      Parsed<typeof RUN_OPTIONS>,
      "given" | "mistakes" | "operands"
    >
    & {
      readonly values: Pick<RunValues, "embedded" | "scenario" | "transport">;
    },
): Promise<ChosenJob | { readonly mistakes: readonly string[] }> {
  const { values, given, operands } = parsed;
  const isPlain = values.scenario === undefined;
  const found = isPlain
    ? { scenario: meeting }
    : await findScenario(values.scenario!);
  if ("problem" in found) return { mistakes: [`--scenario: ${found.problem}`] };
  const { scenario } = found;
  const mistakes = isPlain
    ? operands.map(withoutScenario)
    : scenarioMistakes(scenario, given, operands);
  // What cannot be read has been told.
  if (isPlain && parsed.mistakes.length > 0) return { mistakes };
  const prepared = prepareScenario(
    scenario,
    isPlain ? inputOf(meeting.options, given) : assigned(operands),
  );
  if ("mistakes" in prepared) {
    return { mistakes: [...mistakes, ...prepared.mistakes] };
  }
  const { job } = prepared;
  mistakes.push(
    ...await job.verify(),
    ...engineProblems(values.embedded ?? null, {
      simulcast: job.values.simulcast === true,
      transport: values.transport,
    }),
  );
  if (mistakes.length > 0) return { mistakes };
  const media = isPlain
    ? await describeMedia(String(job.values.media), job.values)
    : undefined;
  return { scenario, job, media };
}

/** What is about to run, in a line or two. */
export function linesOf(
  { scenario, job, media }: ChosenJob,
  drivenBy: string,
  seed: number,
): string[] {
  return media === undefined
    ? [`${scenario.name}: ${scenario.description}`, typedConfig(job)]
    : [
      meetingLine(job.values as MeetingValues, { drivenBy, seed, media }),
    ];
}

function scenarioMistakes(
  scenario: AnyScenario,
  given: ReadonlyMap<string, unknown>,
  operands: readonly string[],
): string[] {
  return [
    ...Object.keys(MEETING_FLAGS).filter((key) => given.has(key)).map((key) =>
      instead(key, scenario)
    ),
    ...repeated(operands),
    ...(NAME_A_SERVER.includes(scenario.name) && !given.has("server") &&
        !given.has("embedded")
      ? [
        `${scenario.name} needs a server: give it with --server URL, or start one with --embedded.`,
      ]
      : []),
  ];
}

function withoutScenario(operand: string): string {
  return `"${operand}": it is an option of a scenario, and there is no --scenario.`;
}

function assigned(operands: readonly string[]): Record<string, string> {
  return Object.fromEntries(operands.map((operand) => {
    const at = operand.indexOf("=");
    return [operand.slice(0, at), operand.slice(at + 1)];
  }));
}

function repeated(operands: readonly string[]): string[] {
  const keys = operands.map((operand) => operand.replace(/=.*$/s, ""));
  return [...new Set(keys)]
    .map((key) => ({ key, count: keys.filter((one) => one === key).length }))
    .filter(({ count }) => count > 1)
    .map(({ key, count }) => `${key}: it was given ${count} times.`);
}

function instead(flag: string, { name, options }: AnyScenario): string {
  const [key] = Object.entries(meeting.options).find(([key, option]) =>
    (option.flag?.name ?? key) === flag
  )!;
  return Object.hasOwn(options, key)
    ? `${optionName(flag)}: with --scenario, write ${key}=… in its place.`
    : `${optionName(flag)}: ${name} has no such option; it has ${
      Object.keys(options).join(", ")
    }.`;
}
