/**
 * One run: a job carried out, from the first join to the
 * last leave, and summed up. However it ends, there is a summary.
 *
 * @module
 */

import { DEFAULT_NEWCOMERS, roster, systemNodeClock } from "../load/mod.ts";
import {
  type Course,
  EMPTY_COURSE,
  EMPTY_SNAPSHOT,
  type Ending,
  type JsonValue,
  type RunBasis,
  type Snapshot,
  summarize,
  type Summary,
  unwatchedServer,
  type WholeStory,
} from "../metrics/mod.ts";
import { UnreachableError } from "../signaling/port.ts";
import { shownUrl } from "../text/mod.ts";
import { VERSION } from "../../version.ts";
import { whyImpossible } from "./before_run.ts";
import type { ScenarioContext } from "./job.ts";
import { type OpenRun, openRun, type RunRecord } from "./open_run.ts";
import { planJob } from "./plan_job.ts";
import type { JobOptions, RunOptions } from "./run_options.ts";
import { RunWatch } from "./run_watch.ts";

/** What a run leaves behind. */
export interface RunOutcome {
  /** What it came to. */
  readonly summary: Summary;
  /** Everything measured, clients included. */
  readonly snapshot: Snapshot;
  /** What became of each client, bin by bin. */
  readonly stories: readonly WholeStory[];
  /** What each second came to, and what was told. */
  readonly course: Course;
  /** What its summary rests on besides; `undefined` where it never began. */
  readonly basis?: RunBasis | undefined;
  /** Why it never began: the server could not be reached. */
  readonly unreachable?: UnreachableError | undefined;
}

/**
 * Carries out a plan, such as `makePlan` makes. Throws an `UnreachableError`
 * when the server cannot be reached at the start, unless that is to be
 * reported; anything later is in the summary. `tool.ts` has that class.
 *
 * @example
 * ```ts
 * import { makePlan, rampAndHold, renderText, startSfu } from "../../mod.ts";
 *
 * await using sfu = await startSfu({ engine: "werift" });
 * const { summary } = await run({
 *   plan: makePlan({
 *     stages: rampAndHold(2, 0, 1_000), // clients, ms of ramp, ms of hold
 *     room: "hall",
 *     rooms: 1,
 *     publishRatio: 1,
 *     churnRate: 0,
 *     seed: 1,
 *   }),
 *   rampUpMs: 0,
 *   server: { url: sfu.url },
 *   engine: sfu.engine,
 *   config: {},
 *   thresholds: [],
 * });
 * console.assert(renderText(summary).startsWith("PASSED"));
 * ```
 */
export function run(
  { plan, rampUpMs, ...options }: RunOptions,
): Promise<RunOutcome> {
  return runJob({
    ...options,
    job: planJob(plan, { rampUpMs, config: options.config }),
    seed: plan.seed,
  });
}

/** What there is to say of a run in which there was nobody. */
const NOBODY_CAME =
  "nobody came: the scenario ended without having asked anyone to join";

/**
 * Carries out a job. Throws an `UnreachableError` when the server cannot be
 * reached at the start, unless that is to be reported; anything later is in
 * the summary.
 */
export async function runJob(options: JobOptions): Promise<RunOutcome> {
  try {
    return await carryOut(options);
  } catch (error) {
    const isReported = options.unreachable === "report" &&
      error instanceof UnreachableError && !options.signal?.aborted;
    if (!isReported) throw error;
    const { config, thresholds, job, seed, server, engine } = options;
    const summary = summarize({
      version: VERSION,
      startedAt: new Date().toISOString(),
      seed,
      config,
      thresholds,
      scenario: { name: job.name, result: null },
      server: unwatchedServer({ url: shownUrl(server.url), engine }),
      snapshot: EMPTY_SNAPSHOT,
      timeline: [],
      ending: { kind: "broke", reason: error.message },
    });
    return {
      summary,
      snapshot: EMPTY_SNAPSHOT,
      stories: [],
      course: EMPTY_COURSE,
      unreachable: error,
    };
  }
}

async function carryOut(options: JobOptions): Promise<RunOutcome> {
  const { seed, job, clock = systemNodeClock, onProgress } = options;
  const watch = new RunWatch({ ...options, clock });
  let result: JsonValue = null;
  const { config, thresholds } = options;
  const isDisrupted = job.disrupts;
  const recordOf = (ending: Ending): RunRecord => ({
    ...{ ending, config, thresholds, isDisrupted },
    scenario: { name: job.name, result },
    judge: (verdict) => result === null ? verdict : job.judge(result, verdict),
  });
  await using open: OpenRun = await openRun({
    ...options,
    about: { config, thresholds, scenario: job.name, isDisrupted },
    objection(nodes) {
      // What a script asks for later is looked at then.
      const plan = options.agents && job.plan?.(seed);
      const { engine, workers = 1 } = options;
      return plan && whyImpossible({ plan, workers, engine, nodes });
    },
    phaseNow: () => watch.phaseAt(open.fleet.elapsedMs),
    onSecond(point, snapshot) {
      watch.onSecond(open.fleet, snapshot);
      const { elapsedMs } = open.fleet;
      onProgress?.({
        phase: watch.phaseAt(elapsedMs),
        elapsedMs,
        rampUpMs: watch.rampUpMs,
        endMs: Math.max(watch.endMs, elapsedMs),
        point,
        second: open.lastSecond!,
        incidents: open.incidents,
        snapshot,
        summarize: () => open.summarize(recordOf({ kind: "interrupted" })),
        basis: () => open.basis(recordOf({ kind: "interrupted" })),
        stories: () => open.stories(),
        course: () => open.course(),
      });
    },
  });
  try {
    watch.begin(open.fleet);
    options.onBegin?.(open.summarize(recordOf({ kind: "interrupted" })));
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
        // A plan's clients are in no roster.
        const isPlanned = job.plan !== undefined;
        if (isPlanned || ports.roster.value.nextIndex > 0) watch.finish();
        else watch.fail(new Error(NOBODY_CAME));
      },
      (error) => watch.fail(error),
    );
    const ended = await watch.ended;
    await playing;
    await open.close();
    const ending = await open.endingOf(ended);
    return {
      summary: open.summarize(recordOf(ending)),
      basis: open.basis(recordOf(ending)),
      snapshot: open.fleet.snapshot(),
      stories: [...open.stories()],
      course: open.course(),
    };
  } finally {
    watch.end();
  }
}

function contextOf(
  { seed, server, engine, onNote, thresholds }: JobOptions,
  watch: RunWatch,
  run: OpenRun,
): ScenarioContext {
  return {
    signal: watch.over,
    seed,
    server: { url: server.url, engine },
    thresholds,
    say(text) {
      const atMs = run.fleet.elapsedMs;
      const about = { clientId: null, isOfRun: true } as const;
      const note = { atMs, ...about, level: "info", text } as const;
      run.noteEvent(note);
      onNote?.(note);
    },
  };
}
