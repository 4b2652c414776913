/**
 * One run: a job carried out, from the first join to the
 * last leave, and summed up. However it ends, there is a summary.
 *
 * @module
 */

import { DEFAULT_NEWCOMERS, roster, systemNodeClock } from "../load/mod.ts";
import type { Ending, JsonValue, Snapshot, Summary } from "../metrics/mod.ts";
import type { ScenarioContext } from "./job.ts";
import { type OpenRun, openRun } from "./open_run.ts";
import { planJob } from "./plan_job.ts";
import type { JobOptions, RunOptions } from "./run_options.ts";
import { RunWatch } from "./run_watch.ts";

/** What a run leaves behind. */
export interface RunOutcome {
  /** What it came to. */
  readonly summary: Summary;
  /** Everything measured, clients included. */
  readonly snapshot: Snapshot;
}

/** Carries out a plan. Throws as {@linkcode runJob} does. */
export function run(
  { plan, rampUpMs, ...options }: RunOptions,
): Promise<RunOutcome> {
  return runJob({
    ...options,
    job: planJob(plan, { rampUpMs, config: options.config }),
    seed: plan.seed,
  });
}

/**
 * Carries out a job. Throws a `ChannelError` when the server cannot be
 * reached at the start; anything later is in the summary.
 */
export async function runJob(options: JobOptions): Promise<RunOutcome> {
  const { seed, job, clock = systemNodeClock, onProgress } = options;
  const watch = new RunWatch({ ...options, clock });
  let result: JsonValue = null;
  const summarize = (ending: Ending) =>
    open.summarize({
      ending,
      config: options.config,
      thresholds: options.thresholds,
      scenario: { name: job.name, result },
      isDisrupted: job.disrupts,
      judge: (verdict) =>
        result === null ? verdict : job.judge(result, verdict),
    });
  await using open: OpenRun = await openRun({
    ...options,
    plan: { media: DEFAULT_NEWCOMERS.media, seed },
    onSecond(point, snapshot) {
      watch.onSecond(open.fleet, snapshot);
      const { elapsedMs } = open.fleet;
      onProgress?.({
        phase: watch.phaseAt(elapsedMs),
        elapsedMs,
        rampUpMs: watch.rampUpMs,
        endMs: Math.max(watch.endMs, elapsedMs),
        point,
        incidents: open.incidents,
        snapshot,
        summarize: () => summarize({ kind: "interrupted" }),
      });
    },
  });
  try {
    watch.begin(open.fleet);
    const ports = open.scriptPorts({
      roster: {
        value: roster.newRoster(DEFAULT_NEWCOMERS, seed, open.fleet.firstIndex),
        nowMs: () => open.fleet.elapsedMs,
      },
      over: watch.over,
      onExpectedEnd: (endMs, rampEndMs) => watch.expectEnd(endMs, rampEndMs),
    });
    const playing = job.script(ports, contextOf(options, watch, open)).then(
      (value) => {
        result = value;
        watch.finish();
      },
      (error) => watch.fail(error),
    );
    const ending = open.watch.endingOf(await watch.ended);
    await playing;
    await open.close();
    return { summary: summarize(ending), snapshot: open.fleet.snapshot() };
  } finally {
    watch.end();
  }
}

function contextOf(
  { seed, server, engine, onNote, thresholds }: JobOptions,
  watch: RunWatch,
  { fleet }: OpenRun,
): ScenarioContext {
  return {
    signal: watch.over,
    seed,
    server: { url: server.url, engine },
    thresholds,
    say: (text) =>
      onNote?.({ atMs: fleet.elapsedMs, clientId: null, level: "info", text }),
  };
}
