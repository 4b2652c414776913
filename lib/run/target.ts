/**
 * The target: the server under test and how to load it. It is what a scenario
 * needs besides its options.
 *
 * @module
 */

import { type ProxySettings, systemProxies } from "../connection/mod.ts";
import { isAdapted, signalingProblem } from "../load/mod.ts";
import type { Threshold } from "../metrics/mod.ts";
import { parseTarget } from "../monitor/mod.ts";
import type { EngineKind } from "../sfu/mod.ts";
import type { ScenarioJob } from "./job.ts";
import { runJob, type RunOutcome } from "./run.ts";
import type { JobOptions } from "./run_options.ts";
import { openServer } from "./server.ts";
import { type TargetOptions, targetProblem } from "./target_options.ts";

/** The server under test and how to load it. */
export interface Target extends AsyncDisposable {
  /** The server's WebSocket URL, as it was given. */
  readonly url: string;
  /** Carries a scenario out; several go one after another. */
  perform(job: ScenarioJob): Promise<RunOutcome>;
}

/** What a target is made on: the options of a run that are not the scenario's. */
export type TargetSettings =
  & Omit<
    JobOptions,
    "config" | "job" | "seed" | "thresholds" | "workers"
  >
  & {
    /** Threads that drive clients. @default {by the number of clients} */
    readonly workers?: number | undefined;
    /** Of everything drawn. */
    readonly seed: number;
    /** What every scenario must keep to, besides its own. @default {[]} */
    readonly thresholds?: readonly Threshold[] | undefined;
    /** More for the record. @default {{}} */
    readonly config?: JobOptions["config"] | undefined;
  };

/** Clients that are worth a thread of their own. */
const CLIENTS_PER_WORKER = 100;

/**
 * Gets a server ready to be filled with a crowd: one that runs somewhere, or
 * an embedded one, which goes when the target is disposed of: until then a
 * program does not end by itself. Throws a `TypeError` in one line unless
 * exactly one of `server` and `embedded` is given, and for options that make no
 * sense; an `Error` when an embedded server does not start. Whether one
 * elsewhere is there is asked by what is run against it.
 *
 * @example
 * ```ts
 * import { smoke } from "../../mod.ts";
 *
 * await using target = await openTarget({ embedded: "werift" });
 * const summary = await smoke(target, { duration: "1s" });
 * console.assert(summary.verdict.status === "passed");
 * ```
 */
export async function openTarget(options: TargetOptions): Promise<Target> {
  const problem = targetProblem(options);
  if (problem !== undefined) throw impossible(problem);
  const {
    server,
    embedded,
    signaling,
    token,
    password,
    connection,
    seed = 1,
    ...rest
  } = options;
  const objection = signaling &&
    (embedded !== undefined && isAdapted(signaling)
      ? "an embedded server speaks no other signaling than its own"
      : await signalingProblem(signaling));
  if (objection !== undefined) throw impossible(objection);
  const opened = await openServer({
    server: {
      url: server ?? "",
      signaling,
      token,
      password,
      connection: { proxies: proxiesHere(), ...connection },
    },
    embedded,
    transport: options.datapath?.transport,
    monitor: (options.monitor ?? []).map(parseTarget),
    signal: options.signal,
  });
  return {
    ...createTarget({ ...rest, ...opened, seed }),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

function impossible(problem: string): TypeError {
  return new TypeError(`Cannot open a target: ${problem}`);
}

/** The proxies of the environment, as far as that may be read. */
function proxiesHere(): ProxySettings | undefined {
  return systemProxies((variable) =>
    Deno.permissions.querySync({ name: "env", variable }).state === "granted"
      ? Deno.env.get(variable)
      : undefined
  );
}

/** A target at a server that somebody else starts and ends. */
export function createTarget(settings: TargetSettings): Target {
  const { seed, engine, thresholds = [], config = {} } = settings;
  return {
    url: settings.server.url,
    perform: (job) => {
      const all = [...job.thresholds, ...thresholds];
      return runJob({
        ...settings,
        workers: settings.workers ?? workersFor(job.peak, engine),
        seed,
        config: {
          scenario: job.name,
          ...job.config,
          thresholds: all.map(({ expression }) => expression),
          ...config,
        },
        thresholds: job.judgesThresholds ? [] : all,
        job: {
          ...job,
          script: (ports, context) =>
            job.script(ports, { ...context, thresholds: all }),
        },
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** How many threads to use for so many clients: an embedded server needs a core that no client has. */
export function workersFor(
  clients: number,
  engine: EngineKind | null,
  cores: number = navigator.hardwareConcurrency,
): number {
  const free = cores - (engine === null ? 0 : 1);
  return Math.max(1, Math.min(free, Math.ceil(clients / CLIENTS_PER_WORKER)));
}
