/**
 * `run`: one load test, then the summary and an exit code.
 *
 * @module
 */

import {
  type AgentsOptions,
  bandRows,
  createTarget,
  formatCounted,
  scenarios,
  whyImpossible,
} from "../../tool.ts";
import { type Access, readAccess } from "./options/access.ts";
import { drivenBy, readAgents } from "./options/agent_options.ts";
import { columns, commandHelp, exitCodeLines } from "./options/help.ts";
import { type Parsed, parseOptions } from "./options/parse.ts";
import {
  isDataOnStdout,
  type LoadValues,
  performLoad,
} from "./perform_load.ts";
import { discardOld } from "./files/output_files.ts";
import { laterFiles, planOutputs } from "./options/output_options.ts";
import { whyNotWritable } from "./files/paths.ts";
import { serverLine } from "./run_lines.ts";
import {
  generatorRecord,
  RUN_TABLE,
  type RunValues,
  workersOf,
} from "./options/run_options.ts";
import {
  chooseJob,
  type ChosenJob,
  helpScenario,
  linesOf,
} from "./run_scenario.ts";
import { optionName } from "./options/option.ts";
import { keepStdoutForData } from "./prints.ts";
import { printError, printOut, usage } from "./shell.ts";
import { EXIT_CODES, EXIT_REASONS } from "../../lib/exit_codes.ts";

const NOTES: readonly string[] = [
  ...exitCodeLines(
    EXIT_REASONS,
    " Whichever it is, the files are written, and say the same.",
  ),
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

type ParsedRun = Parsed<typeof RUN_TABLE>;

/** An option of a scenario: `clients=20`. */
const ASSIGNMENT = /^[A-Za-z]\w*=/;

/** Carries `run` out; resolves with the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(RUN_TABLE, args, ASSIGNMENT);
  const { values } = parsed;
  if (parsed.help) {
    if (values.scenario !== undefined) {
      return await helpScenario(values.scenario);
    }
    printOut(
      commandHelp(
        { name: "run", notes: NOTES },
        RUN_TABLE,
      ),
    );
    return 0;
  }
  // A scenario is loaded soon, and may print as it is.
  if (isDataOnStdout(values)) keepStdoutForData();
  // Also where nothing comes of it: an old file would pass for this run's.
  const outputs = await outputsOf(values);
  await discardOld([...outputs.files, ...laterFiles(values)]);
  return values.repeat > 1
    ? await repeat(parsed)
    : await runOnce(parsed, outputs);
}

type Outputs = Awaited<ReturnType<typeof planOutputs>>;

function outputsOf(values: ParsedRun["values"]): Promise<Outputs> {
  return planOutputs(values, (name) => Deno.env.get(name), values.out);
}

async function runOnce(parsed: ParsedRun, outputs: Outputs): Promise<number> {
  const { values } = parsed;
  const problem = await whyNotWritable(values.out);
  const mistakes = [
    ...parsed.mistakes,
    ...(problem === undefined ? [] : [`--out: ${problem}.`]),
    ...outputs.mistakes,
  ];
  const way = await readAccess(values);
  if ("mistakes" in way) mistakes.push(...way.mistakes);
  const chosen = await chooseJob(parsed);
  if ("mistakes" in chosen) {
    mistakes.push(...chosen.mistakes);
  }
  const where = await readAgents(values);
  if ("mistakes" in where) mistakes.push(...where.mistakes);
  if (
    mistakes.length > 0 || "mistakes" in way || "mistakes" in chosen ||
    "mistakes" in where
  ) {
    return usage(mistakes);
  }
  return await performJob(
    chosen,
    { ...values, outputs: outputs.files },
    way.access,
    where.agents,
  );
}

/** What one run would write over another's. */
const OF_ONE_RUN = [
  "json",
  "junit",
  "summaryMd",
  "ndjson",
  "prometheus",
  "otlp",
  "dump",
] as const;

/** Carries a run out again and again, and shows all of them; resolves with the first exit code that is no pass. */
async function repeat(parsed: ParsedRun): Promise<number> {
  const { values } = parsed;
  const wrong = OF_ONE_RUN.filter((name) => values[name]).map((name) =>
    `${optionName(name)}: it is of one run, leave out --repeat.`
  );
  const problem = await whyNotWritable(values.out);
  if (problem !== undefined) wrong.push(`--out: ${problem}.`);
  const later = await runAfter(values.out, values.repeat);
  if (later !== undefined) {
    wrong.push(
      `--out: "${values.out}" has run ${later} of a longer series, name another directory.`,
    );
  }
  const mistakes = [...parsed.mistakes, ...wrong];
  if (mistakes.length > 0) return usage(mistakes);
  await Deno.mkdir(values.out, { recursive: true });
  const dirs: string[] = [];
  let code: number = EXIT_CODES.passed;
  for (let i = 1; i <= values.repeat; i++) {
    const out = `${values.out}/${i}`;
    if (!values.quiet) printError(`Run ${i} of ${values.repeat}, into ${out}.`);
    const own = { ...values, out };
    const ended = await runOnce(
      { ...parsed, values: own },
      await outputsOf(own),
    );
    if (ended === EXIT_CODES.usage) return ended;
    code ||= ended;
    dirs.push(out);
    if (ended === EXIT_CODES.interrupted || ended === EXIT_CODES.broke) break;
  }
  printOut("\n");
  const { reportCommand } = await import("./report.ts");
  await reportCommand([...dirs, "--table"]);
  return code;
}

/** A run of another series that would stand beside those of this one; `undefined` where there is none. */
async function runAfter(
  dir: string,
  count: number,
): Promise<number | undefined> {
  try {
    const names = await Array.fromAsync(Deno.readDir(dir), ({ name }) => name);
    return names.filter((name) => /^([1-9]\d?|100)$/.test(name)).map(Number)
      .filter((run) => run > count).sort((a, b) => a - b).at(0);
  } catch {
    // What is not there yet has none.
    return undefined;
  }
}

async function performJob(
  chosen: ChosenJob,
  values: RunValues & LoadValues,
  access: Access,
  agents: AgentsOptions | undefined,
): Promise<number> {
  const { job } = chosen;
  const engine = values.embedded ?? null;
  const workers = workersOf(values, job.peak);
  const plan = job.plan?.(values.seed);
  const obstacle = plan && agents === undefined
    ? whyImpossible({ plan, workers, engine })
    : undefined;
  if (obstacle !== undefined) {
    printError(obstacle);
    return EXIT_CODES.broke;
  }
  return await performLoad(values, access, {
    lines: (server) => [
      ...linesOf(
        chosen,
        drivenBy(values.agents, formatCounted(workers, "thread")),
        values.seed,
      ),
      serverLine(values, server),
      ...(typeof values.workers === "number" && values.workers > workers
        ? [
          `--workers ${values.workers}: ${
            formatCounted(job.peak, "client")
          } can use no more than ${formatCounted(workers, "thread")}.`,
        ]
        : []),
    ],
    perform: (settings) =>
      createTarget({
        ...settings,
        seed: values.seed,
        workers,
        agents,
        thresholds: values.threshold,
        config: generatorRecord(values, workers, access),
      }).perform(job),
    describe: ({ scenario }) => {
      const result = scenario?.result ?? null;
      return result === null ? [] : job.describe(result);
    },
  });
}
