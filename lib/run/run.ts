/**
 * One run: a plan carried out, or a script played, from the first join to the
 * last leave, and summed up. However it ends, there is a summary.
 *
 * @module
 */

import { DEFAULT_NEWCOMERS, roster, systemNodeClock } from "../load/mod.ts";
import type { Ending, JsonValue, Snapshot, Summary } from "../metrics/mod.ts";
import type { ScenarioContext } from "./job.ts";
import { type OpenRun, openRun } from "./open_run.ts";
import type { RunOptions } from "./run_options.ts";
import { RunWatch } from "./run_watch.ts";

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
  const { plan, job, clock = systemNodeClock, onProgress } = options;
  const watch = new RunWatch({ ...options, clock });
  let result: JsonValue = null;
  const summarize = (ending: Ending) =>
    open.summarize({
      ending,
      config: options.config,
      thresholds: options.thresholds,
      ...(job !== undefined && {
        scenario: { name: job.name, result },
        isDisrupted: job.disrupts,
        judge: (verdict) =>
          result === null ? verdict : job.judge(result, verdict),
      }),
    });
  await using open: OpenRun = await openRun({
    ...options,
    onSecond(point, snapshot) {
      watch.onSecond(open.fleet, snapshot);
      const { elapsedMs } = open.fleet;
      onProgress?.({
        phase: watch.phaseAt(elapsedMs),
        elapsedMs,
        endMs: Math.max(watch.endMs, elapsedMs),
        point,
        snapshot,
        summarize: () => summarize({ kind: "interrupted" }),
      });
    },
  });
  try {
    watch.begin(open.fleet);
    await open.fleet.add(plan);
    let playing: Promise<void> | undefined;
    if (job !== undefined) {
      const ports = open.scriptPorts({
        roster: {
          value: roster.newRoster(
            DEFAULT_NEWCOMERS,
            plan.seed,
            open.fleet.firstIndex,
          ),
          nowMs: () => open.fleet.elapsedMs,
        },
        over: watch.over,
        onExpectedEnd: (endMs) => watch.expectEnd(endMs),
      });
      playing = job.script(ports, contextOf(options, watch, open)).then(
        (value) => {
          result = value;
          watch.finish();
        },
        (error) => watch.fail(error),
      );
    }
    const ending = open.watch.endingOf(await watch.ended);
    await playing;
    await open.close();
    return { summary: summarize(ending), snapshot: open.fleet.snapshot() };
  } finally {
    watch.end();
  }
}

function contextOf(
  { plan, server, engine, onNote, thresholds }: RunOptions,
  watch: RunWatch,
  { fleet }: OpenRun,
): ScenarioContext {
  return {
    signal: watch.over,
    seed: plan.seed,
    server: { url: server.url, engine },
    thresholds,
    say: (text) =>
      onNote?.({ atMs: fleet.elapsedMs, clientId: null, level: "info", text }),
  };
}
