/**
 * One run: a plan carried out by a crowd, from the first join to the last
 * leave, and summed up. However it ends, there is a summary.
 *
 * @module
 */

import type {
  DatapathChoice,
  NodeClock,
  NodeNote,
  RunPlan,
  ServerTarget,
} from "../load/mod.ts";
import {
  type Ending,
  type JsonValue,
  type ServerStreams,
  type Snapshot,
  summarize,
  type Summary,
  type Threshold,
  type TimelinePoint,
} from "../metrics/mod.ts";
import { readCpuTimes } from "../machine/mod.ts";
import { isHere, type MonitorTarget } from "../monitor/mod.ts";
import type { EngineKind, SfuStats } from "../sfu/mod.ts";
import { borrowCrowd, type RunCrowd } from "./borrowed_crowd.ts";
import { type Crowd, type CrowdOptions, openCrowd } from "./crowd.ts";
import { whyImpossible } from "./examine.ts";
import { systemNodeClock } from "./host.ts";
import type { ScenarioContext, ScenarioJob } from "./job.ts";
import { LiveCrowd } from "./live_crowd.ts";
import { RunWatch } from "./run_watch.ts";
import { countStreams } from "./server_streams.ts";
import { ServerWatch } from "./server_watch.ts";
import { VERSION } from "./version.ts";

/** What to run. */
export interface RunOptions {
  /** The server. */
  readonly server: ServerTarget;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: EngineKind | null;
  /** Who does what, when. */
  readonly plan: RunPlan;
  /** How long the ramp takes, in milliseconds: media time counts from its end. */
  readonly rampUpMs: number;
  /** The options as they were given, for the record. */
  readonly config: Readonly<Record<string, JsonValue>>;
  /** What the run must keep to. */
  readonly thresholds: readonly Threshold[];
  /** Threads that drive clients. @default {1} */
  readonly workers?: number | undefined;
  /** How packets are sent and encrypted. @default {the fastest there is} */
  readonly datapath?: DatapathChoice | undefined;
  /** What happens besides the plan; the run is over when that is. @default {the plan alone} */
  readonly job?: ScenarioJob | undefined;
  /** How the crowd is opened. @default {of real clients} */
  readonly open?: ((options: CrowdOptions) => Promise<Crowd>) | undefined;
  /** A crowd to run in, which nobody is in and which goes on afterwards, in place of one of its own. */
  readonly within?: Crowd | undefined;
  /** The time. @default {the system's} */
  readonly clock?: NodeClock | undefined;
  /** Stops the run; it ends as interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the run as broken, for a reason from outside: the embedded server died. */
  readonly broken?: Promise<string> | undefined;
  /** Asks an embedded server what its streams carried, to tell where packets were lost. */
  readonly serverStats?: (() => Promise<SfuStats>) | undefined;
  /** The server's processes or addresses, to be watched meanwhile. @default {[]} */
  readonly monitor?: readonly MonitorTarget[] | undefined;
  /** Bearer token for the server's `/metrics`, if that is watched. */
  readonly metricsToken?: string | undefined;
  /** Told of what happens to clients and nodes, as it happens. */
  readonly onNote?: ((note: NodeNote) => void) | undefined;
  /** Told when a watched server goes, or cannot be looked at. */
  readonly onServerNote?: ((text: string) => void) | undefined;
  /** Told each second where the run is. */
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** Where a run is. */
export interface RunProgress {
  /** Clients come, media flows, or everyone leaves. */
  readonly phase: "ramp" | "media" | "teardown";
  /** Milliseconds since it began. */
  readonly elapsedMs: number;
  /** When media will be over; it moves while clients are still joining. */
  readonly endMs: number;
  /** What happened in the last second. */
  readonly point: TimelinePoint;
  /** Everything measured so far. */
  readonly snapshot: Snapshot;
  /** A summary of the run so far, marked partial. */
  readonly summarize: () => Summary;
}

/** What a run leaves behind. */
export interface RunOutcome {
  /** What it came to. */
  readonly summary: Summary;
  /** Everything measured, clients included. */
  readonly snapshot: Snapshot;
}

/**
 * Carries out a run. Throws a `ChannelError` when the server cannot be
 * reached at the start; anything later is in the summary.
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { plan, server, workers, datapath, signal, onNote, job } = options;
  const { open = openCrowd, within, clock = systemNodeClock } = options;
  const streamsAtEnd = await countStreams(options.serverStats);
  const watch = new RunWatch({ ...options, clock });
  let monitored: ServerWatch | undefined;
  let live: LiveCrowd | undefined;
  const onSecond = (point: TimelinePoint, snapshot: Snapshot) => {
    if (monitored === undefined) return;
    live?.onSecond(snapshot);
    watch.onSecond(crowd, snapshot);
    tellProgress(options, watch, crowd, monitored, point, snapshot);
  };
  const crowd: RunCrowd = within === undefined
    ? await open({
      server,
      plan,
      workers,
      datapath,
      clock,
      signal,
      onNote,
      onSecond,
    })
    : await borrowCrowd(within, onSecond);
  await using watched = monitored = new ServerWatch({
    targets: options.monitor ?? [],
    startedAtMs: Date.parse(crowd.startedAt),
    token: options.metricsToken,
    onNote: options.onServerNote,
  });
  try {
    watch.begin(crowd);
    await crowd.add(plan);
    let found: JsonValue = null;
    let playing: Promise<void> | undefined;
    if (job !== undefined) {
      live = liveCrowd({ ...options, clock, job }, watch, crowd, watched);
      playing = job.script(live, contextOf(options, watch, crowd)).then(
        (value) => {
          found = value;
          watch.finish();
        },
        (error) => watch.fail(error),
      );
    }
    const ending = watched.endingOf(await watch.ended);
    await playing;
    await crowd.close();
    const streams = await streamsAtEnd();
    return {
      summary: summarizeRun(options, crowd, watched, {
        ending,
        found,
        streams,
      }),
      snapshot: crowd.snapshot(),
    };
  } finally {
    watch.end();
    await crowd.close();
  }
}

function liveCrowd(
  { plan, workers = 1, engine, clock, open, monitor = [] }: RunOptions & {
    readonly clock: NodeClock;
  },
  watch: RunWatch,
  crowd: RunCrowd,
  watched: ServerWatch,
): LiveCrowd {
  return new LiveCrowd({
    crowd,
    clock,
    seed: plan.seed,
    over: watch.over,
    // Clients that somebody else makes up need nothing of this machine.
    obstacle: (whole) =>
      open === undefined
        ? whyImpossible({ plan: whole, workers, engine })
        : undefined,
    onExpectedEnd: (endMs) => watch.expectEnd(endMs),
    timeline: () => watched.annotate(crowd.timeline()),
    cpuTimes: () => open === undefined ? readCpuTimes() : null,
    serverIsHere: monitor.some(isHere),
  });
}

function contextOf(
  { plan, server, engine, onNote, thresholds }: RunOptions,
  watch: RunWatch,
  crowd: RunCrowd,
): ScenarioContext {
  return {
    signal: watch.over,
    seed: plan.seed,
    server: { url: server.url, engine },
    thresholds,
    say: (text) =>
      onNote?.({ atMs: crowd.elapsedMs, clientId: null, level: "info", text }),
  };
}

function tellProgress(
  options: RunOptions,
  watch: RunWatch,
  crowd: RunCrowd,
  watched: ServerWatch,
  point: TimelinePoint,
  snapshot: Snapshot,
): void {
  options.onProgress?.({
    phase: watch.phaseAt(crowd.elapsedMs),
    elapsedMs: crowd.elapsedMs,
    endMs: Math.max(watch.endMs, crowd.elapsedMs),
    point: watched.annotateLast(point),
    snapshot,
    summarize: () =>
      summarizeRun(options, crowd, watched, {
        ending: { kind: "interrupted" },
        found: null,
        streams: null,
      }),
  });
}

function summarizeRun(
  { server, engine, plan, config, thresholds, job }: RunOptions,
  crowd: RunCrowd,
  watched: ServerWatch,
  { ending, found, streams }: {
    readonly ending: Ending;
    readonly found: JsonValue;
    readonly streams: ServerStreams | null;
  },
): Summary {
  return summarize({
    version: VERSION,
    startedAt: crowd.startedAt,
    seed: plan.seed,
    config,
    server: { url: server.url, engine, ...watched.summary() },
    snapshot: crowd.snapshot(),
    timeline: watched.annotate(crowd.timeline()),
    ending,
    streams,
    thresholds,
    ...(job !== undefined && {
      scenario: { name: job.name, found },
      judge: (verdict) => found === null ? verdict : job.judge(found, verdict),
    }),
  });
}
