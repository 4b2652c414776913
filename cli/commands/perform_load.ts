/**
 * A load from the command line, whatever it is: the server, the screen or
 * lines of progress, the files, and the summary with its exit code.
 *
 * @module
 */

import {
  ChannelError,
  incidentLine,
  type JobOptions,
  localMonitor,
  type NodeNote,
  openServer,
  type RunOutcome,
  type RunProgress,
  shownUrl,
  type Summary,
  toResults,
  type WholeStory,
} from "../../tool.ts";
import { openRunScreen, type RunScreen } from "../session/mod.ts";
import { safeValue } from "../../lib/text/mod.ts";
import type { Access } from "./options/access.ts";
import { type NdjsonStream, openNdjson } from "./files/ndjson_stream.ts";
import { openOtlpExport, type OtlpExport } from "./files/otlp_export.ts";
import { writeOutputs } from "./files/output_files.ts";
import { type OutputFile, STDOUT } from "./options/output_options.ts";
import { RunFiles, type RunRecord, withoutFiles } from "./files/run_files.ts";
import {
  openScrapeEndpoint,
  type ScrapeEndpoint,
} from "./files/scrape_endpoint.ts";
import {
  brokeLine,
  progressLine,
  undumpedLine,
  unreachableLine,
} from "./run_lines.ts";
import type { RunValues } from "./options/run_options.ts";
import { runText } from "./run_text.ts";
import {
  openInterrupts,
  printAside,
  printError,
  printJson,
  printOut,
} from "./shell.ts";
import { keepStdoutForData } from "./prints.ts";
import { catchStrayErrors } from "./stray_errors.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";

/** What a load needs of the command line, whatever it is. */
export type LoadValues =
  & Pick<
    RunValues,
    | "cipher"
    | "dtls"
    | "dump"
    | "embedded"
    | "json"
    | "lane"
    | "linger"
    | "monitor"
    | "ndjson"
    | "otlp"
    | "out"
    | "prometheus"
    | "quiet"
    | "server"
    | "threshold"
    | "transport"
  >
  & {
    /** What is written besides, once it is over. */
    readonly outputs: readonly OutputFile[];
  };

/** A load. */
export interface Load {
  /** What is about to happen, in lines. */
  readonly lines: (
    server: { readonly url: string; readonly pids: readonly number[] },
  ) => readonly string[];
  /** Carries it out. */
  readonly perform: (settings: LoadSettings) => Promise<RunOutcome>;
  /** What it found besides the summary, in lines. */
  readonly describe: (summary: Summary) => readonly string[];
}

/** What all loads are made on. */
export type LoadSettings = Omit<
  JobOptions,
  "config" | "job" | "seed" | "thresholds" | "workers"
>;

const CHECKPOINT_MS = 5_000;
/** Of the stories of clients: about 100 bytes each, and 3 ms for a thousand. */
const MAX_CHECKPOINT_BINS = 4000;
/** A second of the run is as much as so many of them. */
const BINS_PER_SECOND = 10;
const PROGRESS_MS = 2_000;

/** Carries a load out; resolves with the exit code. */
export async function performLoad(
  values: LoadValues,
  access: Access,
  load: Load,
): Promise<number> {
  let screen: RunScreen | undefined;
  const tell = (line: string) =>
    screen === undefined ? printError(line) : screen.say(line);
  const files = new RunFiles(values.out, tell);
  using interrupts = openInterrupts({
    onFirst: () => {
      if (!values.quiet) tell("Stopping; once more to stop at once.");
    },
    beforeExit: () => files.discardUnfinished(),
  });
  const { signal } = interrupts;
  await using opened = await openServer({
    server: { ...access, url: values.server },
    embedded: values.embedded,
    transport: values.transport,
    monitor: values.monitor.length > 0 || values.embedded !== undefined
      ? values.monitor
      : localMonitor(values.server),
    signal,
  }).catch((error) => {
    if (!signal.aborted) throw error;
    return undefined;
  });
  if (opened === undefined) return interruptedEarly();
  const { server, engine, pids } = opened;
  await using lines = values.ndjson === undefined
    ? undefined
    : await openNdjson(values.ndjson, tell);
  await using scrape = values.prometheus === undefined
    ? undefined
    : await openScrapeEndpoint(values.prometheus, server.url);
  await using otlp = values.otlp === undefined
    ? undefined
    : await openOtlpExport(values.otlp, server.url, tell);
  const isData = isDataOnStdout(values);
  if (isData) keepStdoutForData();
  if (!values.quiet && !isData) {
    screen = await openRunScreen({
      url: shownUrl(server.url),
      engine,
      pids,
      thresholds: values.threshold,
      onInterrupt: () => Deno.kill(Deno.pid, "SIGINT"),
    });
  }
  if (!values.quiet) {
    for (const line of load.lines({ url: server.url, pids })) tell(line);
  }
  if (scrape !== undefined && !values.quiet) tell(`Metrics: ${scrape.url}`);
  lines?.start(server.url);
  using strays = catchStrayErrors();
  try {
    const outcome = await load.perform({
      ...opened,
      stray: strays.first,
      datapath: {
        transport: values.transport,
        lane: values.lane,
        cipher: values.cipher,
        dtls: values.dtls,
      },
      dump: values.dump && { ...values.dump, dir: values.out },
      signal,
      unreachable: "report",
      onBegin: (summary) => {
        files.checkpoint(() => ({ summary, clients: [] }));
      },
      metricsToken: Deno.env.get("METRICS_TOKEN"),
      onServerNote: tell,
      onIncident: (change) => {
        const line = incidentLine(change);
        if (screen !== undefined) screen.onIncident(line, change.change);
        else if (!values.quiet) printError(line);
      },
      onNote: (note) => {
        lines?.onNote(note);
        if (screen !== undefined) screen.onNote(note);
        else if (concernsAll(note) && !values.quiet) tell(note.text);
      },
      onProgress: progressTo(files, values.quiet, screen, [
        lines,
        scrape,
        otlp,
      ]),
    }).finally(async () => {
      // What follows belongs on the terminal as it was.
      await screen?.[Symbol.asyncDispose]();
      screen = undefined;
    });
    lines?.end(outcome.summary);
    const code = await conclude(outcome, files, values, access, load);
    await otlp?.end(outcome.snapshot);
    await scrape?.linger(outcome.snapshot, values.linger, signal);
    return code;
  } catch (error) {
    if (!(error instanceof ChannelError) || !signal.aborted) throw error;
    return interruptedEarly();
  }
}

/** Whether standard output is for data, and nothing else may be printed there. */
export function isDataOnStdout(
  { json, ndjson }: Pick<LoadValues, "json" | "ndjson">,
): boolean {
  return json || ndjson === STDOUT;
}

/** Clients' own notes are too many for a log without a screen; errors of a node are few. */
function concernsAll(
  { clientId, isOfServer, isOfRun, level }: NodeNote,
): boolean {
  return isOfServer === true || isOfRun === true ||
    (clientId === null && level === "error");
}

function interruptedEarly(): number {
  printError("Cannot show results: interrupted before the run began.");
  return EXIT_CODES.interrupted;
}

/** Shows or prints where the run is, and writes checkpoints, now and then. */
function progressTo(
  files: RunFiles,
  quiet: boolean,
  screen: RunScreen | undefined,
  others: readonly (NdjsonStream | ScrapeEndpoint | OtlpExport | undefined)[],
): (progress: RunProgress) => void {
  let nextLineMs = 0;
  let nextCheckpointMs = 0;
  return (progress) => {
    const { elapsedMs, phase, snapshot, summarize } = progress;
    screen?.onProgress(progress);
    for (const other of others) other?.onProgress(progress);
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
      rest: littleOf(progress),
    });
    files.checkpoint(record);
  };
}

/**
 * All that is kept, while that is little: packets wait for what is written
 * meanwhile. Where those are elsewhere, and so is what else is known of the
 * run, all but the stories of clients.
 */
function littleOf(progress: RunProgress): RunRecord["rest"] {
  const { snapshot, course, stories, elapsedMs } = progress;
  if (course === undefined) return undefined;
  const basis = progress.basis?.();
  const kept: WholeStory[] = [];
  let bins = elapsedMs / 1000 * BINS_PER_SECOND;
  for (const story of stories?.() ?? []) {
    kept.push(story);
    bins += story.bins.length;
    if (bins > MAX_CHECKPOINT_BINS) break;
  }
  const isLittle = bins <= MAX_CHECKPOINT_BINS;
  const hasAgents = (basis?.run ?? null) !== null;
  return !isLittle && !hasAgents ? undefined : {
    found: [],
    ...{ snapshot, course: course(), stories: isLittle ? kept : [], basis },
  };
}

async function conclude(
  { summary: reached, snapshot, stories, course, basis, unreachable }:
    RunOutcome,
  files: RunFiles,
  { dump, embedded, json, ndjson, outputs }: LoadValues,
  { password }: Access,
  { describe }: Load,
): Promise<number> {
  const found = describe(safeValue(reached));
  const rest = { found, snapshot, course, stories, basis };
  // First: standard output may take nothing.
  const isThere = await files.finish({
    summary: reached,
    clients: snapshot.clients,
    rest,
  });
  const written = isThere ? reached : withoutFiles(reached);
  const areOthersThere = await writeOutputs(outputs, {
    ...rest,
    summary: written,
    clients: toResults(snapshot.clients),
  }, printError);
  const summary = areOthersThere ? written : withoutFiles(written);
  // The files say the exit code, too.
  if (summary.exitCode !== reached.exitCode && isThere) {
    await files.finish({ summary, clients: snapshot.clients, rest });
  }
  const undumped = undumpedLine(dump, snapshot.clients);
  if (undumped !== undefined) printError(undumped);
  if (json) {
    printJson(summary);
  } else {
    const print = ndjson === STDOUT ? printAside : printOut;
    print(runText({ summary, found }));
  }
  const { status, reason } = summary.verdict;
  if (unreachable instanceof ChannelError) {
    printError(unreachableLine(unreachable, embedded !== undefined));
  } else if (status === "broke" || status === "gone") {
    printError(brokeLine(reason, password !== undefined));
  }
  return summary.exitCode;
}
