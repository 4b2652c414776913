/**
 * One run: a plan carried out by a crowd, from the first join to the last
 * leave, and summed up. However it ends, there is a summary.
 *
 * @module
 */

import { shownUrl } from "../text/mod.ts";
import type { NodeClock } from "../load/mod.ts";
import {
  type Ending,
  type JsonValue,
  type ServerStreams,
  type Snapshot,
  summarize,
  type Summary,
  type TimelinePoint,
} from "../metrics/mod.ts";
import { readCpuTimes } from "../machine/mod.ts";
import { isHere } from "../monitor/mod.ts";
import { borrowCrowd, type RunCrowd } from "../load/mod.ts";
import { openFleet } from "../load/mod.ts";
import { whyImpossible } from "../run/mod.ts";
import { systemNodeClock } from "../load/mod.ts";
import type { ScenarioContext } from "./job.ts";
import { Crowd } from "./crowd.ts";
import type { RunOptions } from "./run_options.ts";
import { RunWatch } from "./run_watch.ts";
import { countStreams } from "../run/mod.ts";
import { ServerWatch } from "../run/mod.ts";
import { VERSION } from "../run/mod.ts";

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
  const { open = openFleet, within, clock = systemNodeClock } = options;
  const streamsAtEnd = await countStreams(options.serverStats);
  const watch = new RunWatch({ ...options, clock });
  await using watched = new ServerWatch({
    targets: options.monitor ?? [],
    token: options.metricsToken,
    server: options.server,
    onNote: options.onServerNote,
  });
  await watched.ready(signal);
  let begun = false;
  let live: Crowd | undefined;
  const onSecond = (point: TimelinePoint, snapshot: Snapshot) => {
    if (!begun) return;
    watched.onSecond(snapshot);
    live?.onSecond(snapshot);
    watch.onSecond(crowd, snapshot);
    tellProgress(options, watch, crowd, watched, point, snapshot);
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
  watched.begin(Date.parse(crowd.startedAt));
  begun = true;
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
    await watched.finish();
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
): Crowd {
  return new Crowd({
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
    server: { url: shownUrl(server.url), engine, ...watched.summary() },
    snapshot: crowd.snapshot(),
    timeline: watched.annotate(crowd.timeline()),
    ending,
    streams,
    thresholds,
    ...(job !== undefined && {
      scenario: { name: job.name, found },
      isDisrupted: job.disrupts,
      judge: (verdict) => found === null ? verdict : job.judge(found, verdict),
    }),
  });
}
