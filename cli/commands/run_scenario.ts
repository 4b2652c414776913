/**
 * `run --scenario`: a scenario in place of a plain run.
 *
 * @module
 */

import {
  type AnyScenario,
  createTarget,
  type ScenarioJob,
  type Summary,
} from "../../tool.ts";
import {
  findScenario,
  prepareScenario,
  scenarioOptionRows,
  typedConfig,
} from "../session/mod.ts";
import { type Access, accessRecord } from "./access.ts";
import { PROGRAM, twoColumns } from "./help.ts";
import { optionName } from "./option.ts";
import type { Parsed } from "./parse.ts";
import { performLoad } from "./perform_load.ts";
import { serverLine } from "./run_lines.ts";
import { planOf, type RUN_OPTIONS, type RunValues } from "./run_options.ts";
import { printOut, usage } from "./shell.ts";

/** Options of a plain run; a scenario has its own in their place. */
const PLAIN_ONLY: readonly (keyof RunValues)[] = [
  "clients",
  "duration",
  "rampUp",
  "room",
  "rooms",
  "audioOnly",
  "videoOnly",
  "quality",
  "fps",
  "simulcast",
  "media",
  "mode",
  "publishRatio",
  "churnRate",
  "patience",
  "maxAudio",
  "maxVideo",
];

/** Scenarios whose answer would be of no use to anyone who did not mean this very server. */
const NAME_A_SERVER: readonly string[] = ["capacity"];

/** Prints the options of a scenario; resolves with the exit code. */
export async function helpScenario(nameOrFile: string): Promise<number> {
  const result = await findScenario(nameOrFile);
  if ("problem" in result) return usage([`--scenario: ${result.problem}`]);
  const { name, description } = result.scenario;
  printOut(
    [
      `${PROGRAM} run --scenario ${nameOrFile} [key=value …] [options]`,
      "",
      `${name}: ${description}`,
      "",
      ...twoColumns(scenarioOptionRows(result.scenario)),
      "",
      "run --help lists the options that are not the scenario's.",
    ].map((line) => `${line}\n`).join(""),
  );
  return 0;
}

/** Carries a scenario out; resolves with the exit code. */
export async function performScenario(
  nameOrFile: string,
  { values, given, operands }: Pick<
    Parsed<typeof RUN_OPTIONS>,
    "values" | "given" | "operands"
  >,
  access: Access,
): Promise<number> {
  const result = await findScenario(nameOrFile);
  if ("problem" in result) return usage([`--scenario: ${result.problem}`]);
  const { scenario } = result;
  const mistakes = [
    ...PLAIN_ONLY.filter((key) => given.has(key)).map((key) =>
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
  const prepared = prepareScenario(scenario, assigned(operands));
  if ("mistakes" in prepared || mistakes.length > 0) {
    const more = "mistakes" in prepared ? prepared.mistakes : [];
    return usage([...mistakes, ...more]);
  }
  const { job } = prepared;
  const unusable = await job.verify();
  if (unusable.length > 0) return usage(unusable);
  return await performLoad(values, access, {
    plan: { ...planOf(values), clients: [], endAtMs: 0 },
    rampUpMs: 0,
    lines: (server) => [
      `${scenario.name}: ${scenario.description}`,
      typedConfig(job),
      serverLine(values, server),
    ],
    perform: (settings) =>
      createTarget({
        ...settings,
        seed: values.seed,
        workers: values.workers === "auto" ? undefined : values.workers,
        thresholds: values.threshold,
        config: configOf(values, job, access),
      }).perform(job),
    describe: (summary) => describe(job, summary),
  });
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

function instead(key: keyof RunValues, { name, options }: AnyScenario): string {
  return Object.hasOwn(options, key)
    ? `${optionName(key)}: with --scenario, write ${key}=… in its place.`
    : `${optionName(key)}: ${name} has no such option; it has ${
      Object.keys(options).join(", ")
    }.`;
}

/** For the record; secrets only as given or not. */
function configOf(
  values: RunValues,
  job: ScenarioJob,
  access: Access,
): Summary["config"] {
  return {
    thresholds: [...job.thresholds, ...values.threshold].map(
      ({ expression }) => expression,
    ),
    embedded: values.embedded ?? null,
    monitor: values.monitor.map(({ text }) => text),
    workers: values.workers,
    ...accessRecord(access),
    transport: values.transport,
    lane: values.lane,
    cipher: values.cipher,
  };
}

function describe(job: ScenarioJob, { scenario }: Summary): readonly string[] {
  const result = scenario?.result ?? null;
  return result === null ? [] : job.describe(result);
}
