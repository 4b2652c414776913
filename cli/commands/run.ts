/**
 * `run`: one load test, then the summary and an exit code.
 *
 * @module
 */

import {
  ChannelError,
  type MonitorTarget,
  parseTarget,
  renderText,
  run,
  type RunOutcome,
  type RunProgress,
  spawnSfu,
  type Summary,
  whyImpossible,
} from "../../mod.ts";
import { openRunScreen, type RunScreen } from "../session/mod.ts";
import { commandHelp } from "./help.ts";
import { parseOptions } from "./parse.ts";
import { RunFiles, type RunRecord, whyNotWritable } from "./run_files.ts";
import {
  brokeLine,
  configLines,
  progressLine,
  unreachableLine,
} from "./run_lines.ts";
import {
  configOf,
  contradictions,
  planOf,
  RUN_OPTIONS,
  type RunValues,
  workersOf,
} from "./run_options.ts";
import { openInterrupts, printError, printOut } from "./shell.ts";

/** One line. */
export const RUN_SUMMARY =
  "One load test against a server, then the summary and an exit code.";

const NOTES: readonly string[] = [
  "Without --threshold the run is judged by fixed bounds on connections, errors",
  "and media. Exit codes: 0 passed, 1 the run was impossible or broke, 2 a wrong",
  "command line, 98 invalid because the generator was saturated, 99 failed,",
  "130 interrupted.",
];

const INTERRUPTED = 130;
const CHECKPOINT_MS = 5_000;
const PROGRESS_MS = 2_000;
/** Columns of the summary where there is no terminal. */
const FILE_COLUMNS = 100;

/** Carries `run` out; resolves with the exit code. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(RUN_OPTIONS, args);
  if (parsed.help) {
    printOut(
      commandHelp(
        { name: "run", summary: RUN_SUMMARY, notes: NOTES },
        RUN_OPTIONS,
      ),
    );
    return 0;
  }
  const problem = await whyNotWritable(parsed.values.out);
  const mistakes = [
    ...parsed.mistakes,
    ...contradictions(parsed),
    ...(problem === undefined ? [] : [`--out: ${problem}.`]),
  ];
  if (mistakes.length > 0) {
    for (const mistake of mistakes) printError(mistake);
    return 2;
  }
  return await performRun(parsed.values);
}

async function performRun(values: RunValues): Promise<number> {
  const plan = planOf(values);
  const workers = workersOf(values, navigator.hardwareConcurrency);
  const engine = values.embedded ?? null;
  const obstacle = whyImpossible({ plan, workers, engine });
  if (obstacle !== undefined) {
    printError(obstacle);
    return 1;
  }
  const files = new RunFiles(values.out);
  let screen: RunScreen | undefined;
  const tell = (line: string) =>
    screen === undefined ? printError(line) : screen.say(line);
  using interrupts = openInterrupts({
    onFirst: () => {
      if (!values.quiet) tell("Stopping; once more to stop at once.");
    },
    beforeExit: () => files.discardUnfinished(),
  });
  const { signal } = interrupts;
  await using server = await openServer(values, signal);
  if (server === undefined) return interruptedEarly();
  if (!values.quiet && !values.json) {
    screen = await openRunScreen({
      url: server.url,
      engine,
      pids: server.pids,
      plan,
      rampUpMs: values.rampUp,
      thresholds: values.threshold,
      onInterrupt: () => Deno.kill(Deno.pid, "SIGINT"),
    });
  }
  if (!values.quiet) {
    for (const line of configLines(values, server, workers)) tell(line);
  }
  try {
    const outcome = await run({
      server: {
        url: server.url,
        token: values.token,
        password: values.password,
      },
      engine,
      plan,
      rampUpMs: values.rampUp,
      config: configOf(values, workers),
      thresholds: values.threshold,
      workers,
      datapath: { lane: values.lane, cipher: values.cipher },
      signal,
      broken: server.failed,
      monitor: [...values.monitor, ...embeddedTargets(server.pids)],
      metricsToken: Deno.env.get("METRICS_TOKEN"),
      onServerNote: tell,
      onNote: (note) => screen?.onNote(note),
      onProgress: progressTo(files, tell, values.quiet, screen),
    }).finally(async () => {
      // What follows belongs on the terminal as it was.
      await screen?.[Symbol.asyncDispose]();
      screen = undefined;
    });
    return await conclude(outcome, files, values);
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error;
    if (error.failure.kind === "aborted") return interruptedEarly();
    printError(unreachableLine(error, values.embedded !== undefined));
    return 1;
  }
}

/** The server of a run. */
interface RunServer extends AsyncDisposable {
  readonly url: string;
  readonly pids: readonly number[];
  readonly failed: Promise<string> | undefined;
}

/** The server, started if it is to be embedded; `undefined` when interrupted before it was there. */
async function openServer(
  { embedded, server }: RunValues,
  signal: AbortSignal,
): Promise<RunServer | undefined> {
  if (embedded === undefined) {
    return {
      url: server,
      pids: [],
      failed: undefined,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  const starting = spawnSfu({ engine: embedded });
  const aborted = new Promise<undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
  const sfu = await Promise.race([starting, aborted]);
  if (sfu === undefined) {
    // It cannot be called off while it starts; it ends as soon as it has.
    await starting.then((late) => late[Symbol.asyncDispose](), () => {});
  }
  return sfu;
}

/** The embedded server is watched by itself; its engine's workers are children of its first process. */
function embeddedTargets([pid]: readonly number[]): MonitorTarget[] {
  return pid === undefined ? [] : [parseTarget(`pid:${pid}`)];
}

function interruptedEarly(): number {
  printError("Cannot show results: interrupted before the run began.");
  return INTERRUPTED;
}

/** Shows or prints where the run is, and writes checkpoints, now and then. */
function progressTo(
  files: RunFiles,
  tell: (line: string) => void,
  quiet: boolean,
  screen: RunScreen | undefined,
): (progress: RunProgress) => void {
  let nextLineMs = 0;
  let nextCheckpointMs = 0;
  let failed = false;
  return (progress) => {
    const { elapsedMs, phase, snapshot, summarize } = progress;
    screen?.onProgress(progress);
    // Seconds are not exact: half of one early is near enough.
    if (!quiet && screen === undefined && elapsedMs >= nextLineMs - 500) {
      nextLineMs = elapsedMs + PROGRESS_MS;
      printError(progressLine(progress));
    }
    if (phase === "teardown" || elapsedMs < nextCheckpointMs - 500) return;
    nextCheckpointMs = elapsedMs + CHECKPOINT_MS;
    const record = (): RunRecord => ({
      summary: summarize(),
      clients: snapshot.clients,
    });
    files.checkpoint(record).catch((error: Error) => {
      if (!failed) tell(error.message);
      failed = true;
    });
  };
}

async function conclude(
  { summary, snapshot }: RunOutcome,
  files: RunFiles,
  { json, password }: RunValues,
): Promise<number> {
  printOut(json ? `${JSON.stringify(summary, null, 2)}\n` : asText(summary));
  if (summary.verdict.status === "broke") {
    printError(brokeLine(summary.verdict.reason, password !== undefined));
  }
  await files.finish({ summary, clients: snapshot.clients });
  return summary.exitCode;
}

function asText(summary: Summary): string {
  const terminal = Deno.stdout.isTerminal();
  return renderText(summary, {
    color: terminal && !Deno.noColor,
    width: terminal ? Deno.consoleSize().columns : FILE_COLUMNS,
  });
}
