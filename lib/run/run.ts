/**
 * One run: a plan carried out, or a script played, from the first join to the
 * last leave, and summed up. However it ends, there is a summary.
 *
 * @module
 */

import { DEFAULT_NEWCOMERS, roster, systemNodeClock } from "../load/mod.ts";
import { readCpuTimes } from "../machine/mod.ts";
import type { Ending, JsonValue, Snapshot, Summary } from "../metrics/mod.ts";
import { isHere } from "../monitor/mod.ts";
import { whyImpossible } from "./before_run.ts";
import type { ScenarioContext, ScriptPorts } from "./job.ts";
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
  const watchers = new Set<(snapshot: Snapshot) => void>();
  let found: JsonValue = null;
  const summarize = (ending: Ending) =>
    open.summarize({
      ending,
      config: options.config,
      thresholds: options.thresholds,
      ...(job !== undefined && {
        scenario: { name: job.name, found },
        isDisrupted: job.disrupts,
        judge: (verdict) =>
          found === null ? verdict : job.judge(found, verdict),
      }),
    });
  await using open: OpenRun = await openRun({
    ...options,
    onSecond(point, snapshot) {
      for (const watcher of [...watchers]) watcher(snapshot);
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
      const ports = portsOf({ ...options, clock }, watch, open, watchers);
      playing = job.script(ports, contextOf(options, watch, open)).then(
        (value) => {
          found = value;
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

/** What a script has clients come and go with. */
function portsOf(
  { plan, workers = 1, engine, clock, open: ofOthers, monitor = [] }:
    & RunOptions
    & Pick<ScriptPorts, "clock">,
  watch: RunWatch,
  open: OpenRun,
  watchers: Set<(snapshot: Snapshot) => void>,
): ScriptPorts {
  return {
    crowd: open.fleet,
    clock,
    seed: plan.seed,
    roster: roster.newRoster(
      DEFAULT_NEWCOMERS,
      plan.seed,
      open.fleet.firstIndex,
    ),
    over: watch.over,
    watch: (onSecond) => watchers.add(onSecond),
    // Clients that somebody else makes up need nothing of this machine.
    obstacle: (whole) =>
      ofOthers === undefined
        ? whyImpossible({ plan: whole, workers, engine })
        : undefined,
    onExpectedEnd: (endMs) => watch.expectEnd(endMs),
    timeline: () => open.timeline(),
    cpuTimes: () => ofOthers === undefined ? readCpuTimes() : null,
    serverIsHere: monitor.some(isHere),
  };
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
