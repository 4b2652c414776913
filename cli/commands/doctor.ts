/**
 * `doctor`: what would limit a run on this machine, a line each, with the
 * command that fixes it.
 *
 * @module
 */

import { examine, examineAgents, type Finding } from "../../tool.ts";
import { readAccess } from "./options/access.ts";
import { readAgents } from "./options/agent_options.ts";
import { commandHelp, exitCodeLines } from "./options/help.ts";
import { parseOptions } from "./options/parse.ts";
import {
  MEETING_FLAGS,
  RUN_OPTIONS,
  workersOf,
} from "./options/run_options.ts";
import { chooseJob } from "./run_scenario.ts";
import { safeValue } from "../../lib/text/mod.ts";
import { openInterrupts, printJson, printOut, usage } from "./shell.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

const NOTES: readonly string[] = [
  "The run in question is given by the same options as to run, but for what it is",
  "to keep to and to leave. With a server it has two clients meet in a room of",
  "their own there for a moment, and waits for their media. With --agents each of",
  "those makes ready for its share, here or elsewhere, and reaches for the server",
  "from there.",
  ...exitCodeLines({
    passed: "the run can work",
    broke: "it cannot",
    usage: "wrong usage",
    interrupted: "interrupted",
  }),
];

/** Those of run that make it larger or smaller, or say where it goes. */
const {
  scenario: _scenario,
  threshold: _threshold,
  out: _out,
  quiet: _quiet,
  repeat: _repeat,
  dump: _dump,
  html: _html,
  junit: _junit,
  summaryMd: _summaryMd,
  ndjson: _ndjson,
  prometheus: _prometheus,
  linger: _linger,
  otlp: _otlp,
  allowLost: _allowLost,
  ...DOCTOR_OPTIONS
} = RUN_OPTIONS;

const DOCTOR_TABLE: typeof DOCTOR_OPTIONS = {
  ...MEETING_FLAGS,
  ...DOCTOR_OPTIONS,
  json: { ...DOCTOR_OPTIONS.json, help: "print the findings as JSON" },
};

/** Carries `doctor` out; resolves with the exit code. */
export async function doctorCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(DOCTOR_TABLE, args);
  if (parsed.help) {
    printOut(
      commandHelp(
        { name: "doctor", notes: NOTES },
        DOCTOR_TABLE,
      ),
    );
    return 0;
  }
  const { values } = parsed;
  const way = await readAccess(values);
  const chosen = await chooseJob({
    ...parsed,
    values: { ...values, scenario: undefined },
  });
  const where = await readAgents({ ...values, allowLost: 0 });
  const mistakes = [
    ...parsed.mistakes,
    ...("mistakes" in where ? where.mistakes : []),
    ...(values.agents !== undefined && values.embedded !== undefined
      ? [
        "--embedded: agents reach for a server that is there already. Give it with --server.",
      ]
      : []),
    ...("mistakes" in way ? way.mistakes : []),
    ...("mistakes" in chosen ? chosen.mistakes : []),
  ];
  if (
    mistakes.length > 0 || "mistakes" in way || "mistakes" in chosen ||
    "mistakes" in where
  ) {
    return usage(mistakes);
  }
  const { job } = chosen;
  using interrupts = openInterrupts({});
  const question = {
    plan: job.plan!(values.seed),
    server: { ...way.access, url: values.server },
    monitor: values.monitor,
    metricsToken: Deno.env.get("METRICS_TOKEN"),
    datapath: {
      transport: values.transport,
      lane: values.lane,
      cipher: values.cipher,
      dtls: values.dtls,
    },
    signal: interrupts.signal,
  };
  const { agents } = where;
  const findings = agents === undefined
    ? await examine({
      ...question,
      workers: workersOf(values, job.peak),
      engine: values.embedded ?? null,
    })
    : await examineAgents({ ...question, agents });
  if (interrupts.signal.aborted) return EXIT_CODES.interrupted;
  if (values.json) printJson(findings);
  else {
    const lines = findingLines(safeValue(findings));
    printOut(lines.map((line) => `${line}\n`).join(""));
  }
  return findings.some(({ level }) => level === "problem") ? 1 : 0;
}

/** A line a finding, and under it what fixes it. */
export function findingLines(findings: readonly Finding[]): string[] {
  const columns = Math.max(0, ...findings.map(({ about }) => about.length));
  return findings.flatMap(({ level, about, text, fix }) => [
    `${level.padEnd(LEVEL_COLUMNS)}  ${about.padEnd(columns)}  ${text}`,
    ...(fix === null
      ? []
      : [`${" ".repeat(LEVEL_COLUMNS)}  ${"fix".padStart(columns)}  ${fix}`]),
  ]);
}

const LEVEL_COLUMNS = "problem".length;
