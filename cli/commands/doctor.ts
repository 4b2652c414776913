/**
 * `doctor`: what would limit a run on this machine, a line each, with the
 * command that fixes it.
 *
 * @module
 */

import { examine, type Finding } from "../../tool.ts";
import { ACCESS_OPTIONS, readAccess } from "./access.ts";
import { commandHelp } from "./help.ts";
import { parseOptions } from "./parse.ts";
import {
  contradictions,
  planOf,
  RUN_OPTIONS,
  workersOf,
} from "./run_options.ts";
import { safeValue } from "../../lib/text/mod.ts";
import { openInterrupts, printJson, printOut, usage } from "./shell.ts";

const NOTES: readonly string[] = [
  "The run in question is given by the same options as to run. With a server it",
  "has two clients meet in a room of their own there for a moment, and waits for",
  "their media. Exit codes: 0 the run can work, 1 it cannot, 2 a wrong command",
  "line, 130 interrupted.",
];

/** Those of run that make it larger or smaller, or say where it goes. */
const DOCTOR_OPTIONS = {
  clients: RUN_OPTIONS.clients,
  server: RUN_OPTIONS.server,
  embedded: RUN_OPTIONS.embedded,
  rooms: RUN_OPTIONS.rooms,
  audioOnly: RUN_OPTIONS.audioOnly,
  videoOnly: RUN_OPTIONS.videoOnly,
  quality: RUN_OPTIONS.quality,
  fps: RUN_OPTIONS.fps,
  mode: RUN_OPTIONS.mode,
  publishRatio: RUN_OPTIONS.publishRatio,
  churnRate: RUN_OPTIONS.churnRate,
  maxAudio: RUN_OPTIONS.maxAudio,
  maxVideo: RUN_OPTIONS.maxVideo,
  workers: RUN_OPTIONS.workers,
  monitor: RUN_OPTIONS.monitor,
  ...ACCESS_OPTIONS,
  transport: RUN_OPTIONS.transport,
  lane: RUN_OPTIONS.lane,
  cipher: RUN_OPTIONS.cipher,
  json: RUN_OPTIONS.json,
} as const;

const INTERRUPTED = 130;

/** Carries `doctor` out; resolves with the exit code. */
export async function doctorCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(DOCTOR_OPTIONS, args);
  if (parsed.help) {
    printOut(
      commandHelp(
        { name: "doctor", notes: NOTES },
        DOCTOR_OPTIONS,
      ),
    );
    return 0;
  }
  const values = {
    ...parseOptions(RUN_OPTIONS, []).values,
    ...parsed.values,
  };
  const mistakes = [
    ...parsed.mistakes,
    ...contradictions({ values, given: parsed.given }),
  ];
  const way = await readAccess(values);
  if ("mistakes" in way) mistakes.push(...way.mistakes);
  if (mistakes.length > 0 || "mistakes" in way) return usage(mistakes);
  using interrupts = openInterrupts({});
  const findings = await examine({
    plan: planOf(values),
    workers: workersOf(values, navigator.hardwareConcurrency),
    engine: values.embedded ?? null,
    server: { ...way.access, url: values.server },
    monitor: values.monitor,
    metricsToken: Deno.env.get("METRICS_TOKEN"),
    datapath: {
      transport: values.transport,
      lane: values.lane,
      cipher: values.cipher,
    },
    signal: interrupts.signal,
  });
  if (interrupts.signal.aborted) return INTERRUPTED;
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
