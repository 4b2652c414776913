/**
 * `run`: one load test, then the summary and an exit code.
 *
 * @module
 */

import { bandRows, run, scenarios, whyImpossible } from "../../tool.ts";
import { type Access, readAccess } from "./access.ts";
import { columns, commandHelp } from "./help.ts";
import { readMedia } from "./media.ts";
import { parseOptions } from "./parse.ts";
import { performLoad } from "./perform_load.ts";
import { whyNotWritable } from "./run_files.ts";
import { configLines } from "./run_lines.ts";
import {
  configOf,
  contradictions,
  planOf,
  RUN_OPTIONS,
  type RunValues,
  workersOf,
} from "./run_options.ts";
import { helpScenario, performScenario } from "./run_scenario.ts";
import { printError, printOut, usage } from "./shell.ts";

const NOTES: readonly string[] = [
  "Exit codes: 0 passed, 1 the run was impossible or broke, 2 a wrong command",
  "line, 98 invalid because the generator was saturated, 99 failed,",
  "130 interrupted.",
  "",
  "Without --threshold the run is judged by these bounds. What is neither good nor",
  "critical is a warning; a critical figure fails the run. Nothing sent or received",
  "at all where it should have been, or nobody having media at the end, is never a",
  "pass, whatever the thresholds.",
  "",
  ...bandLines(),
  "",
  `Scenarios: ${Object.keys(scenarios).join(", ")},`,
  "or a file of your own. --scenario NAME --help lists the options of one.",
];

/** The bounds, each with its reason below. */
function bandLines(): string[] {
  const rows = bandRows();
  const [heading, ...lines] = columns([
    ["", "good", "critical", "of"],
    ...rows.map(({ name, good, critical, what }) => [
      name,
      good,
      critical,
      what,
    ]),
  ]);
  return [
    heading,
    ...lines.flatMap((line, i) => [line, `      ${rows[i].reason}`]),
  ];
}

/** An option of a scenario: `clients=20`. */
const ASSIGNMENT = /^[A-Za-z]\w*=/;

/** Carries `run` out; resolves with the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(RUN_OPTIONS, args, ASSIGNMENT);
  const { values, operands } = parsed;
  if (parsed.help) {
    if (values.scenario !== undefined) {
      return await helpScenario(values.scenario);
    }
    printOut(
      commandHelp(
        { name: "run", notes: NOTES },
        RUN_OPTIONS,
      ),
    );
    return 0;
  }
  const problem = await whyNotWritable(values.out);
  const mistakes = [
    ...parsed.mistakes,
    ...contradictions(parsed),
    ...(problem === undefined ? [] : [`--out: ${problem}.`]),
    ...(values.scenario === undefined ? operands.map(withoutScenario) : []),
  ];
  const way = await readAccess(values);
  if ("mistakes" in way) mistakes.push(...way.mistakes);
  if (mistakes.length > 0 || "mistakes" in way) return usage(mistakes);
  return values.scenario === undefined
    ? await performRun(values, way.access)
    : await performScenario(values.scenario, parsed, way.access);
}

async function performRun(values: RunValues, access: Access): Promise<number> {
  const media = await readMedia(values);
  if ("problem" in media) return usage([media.problem]);
  const plan = planOf(values);
  const workers = workersOf(values, navigator.hardwareConcurrency);
  const engine = values.embedded ?? null;
  const obstacle = whyImpossible({ plan, workers, engine });
  if (obstacle !== undefined) {
    printError(obstacle);
    return 1;
  }
  return await performLoad(values, access, {
    plan,
    rampUpMs: values.rampUp,
    lines: (server) => configLines(values, server, workers, media.text),
    perform: (settings) =>
      run({
        ...settings,
        plan,
        rampUpMs: values.rampUp,
        config: configOf(values, workers, access),
        thresholds: values.threshold,
        workers,
      }),
    describe: () => [],
  });
}

function withoutScenario(operand: string): string {
  return `"${operand}": it is an option of a scenario, and there is no --scenario.`;
}
