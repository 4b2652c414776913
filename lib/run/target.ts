/**
 * The target: the server under test and how to load it. It is what a scenario
 * needs besides its options.
 *
 * @module
 */

import {
  type ConnectionSettings,
  type ProxySettings,
  systemProxies,
} from "../connection/mod.ts";
import {
  type DatapathChoice,
  isAdapted,
  type NodeNote,
  type SignalingChoice,
  signalingProblem,
  USUAL_SERVER,
} from "../load/mod.ts";
import type { Threshold } from "../metrics/mod.ts";
import { parseTarget } from "../monitor/mod.ts";
import type { EngineKind } from "../sfu/mod.ts";
import type { ScenarioJob } from "./job.ts";
import { runJob, type RunOutcome } from "./run.ts";
import type { JobOptions } from "./run_options.ts";
import { openServer } from "./server.ts";

/** The server under test and how to load it. */
export interface Target extends AsyncDisposable {
  /** The server's WebSocket URL, as it was given. */
  readonly url: string;
  /** Carries a scenario out; several go one after another. */
  perform(job: ScenarioJob): Promise<RunOutcome>;
}

/** What {@linkcode openTarget} takes. */
export interface TargetOptions {
  /** A `ws:` or `wss:` URL, in place of `embedded`. */
  readonly server?: string | undefined;
  /** How the server is spoken to; see `signaling/adapter`. @default {SimplestChat's} */
  readonly signaling?: SignalingChoice | undefined;
  /** Starts a server for it, in place of `server`. */
  readonly embedded?: EngineKind | undefined;
  /** Threads that drive clients. @default {by the number of clients} */
  readonly workers?: number | undefined;
  /** Of everything drawn: the same seed gives the same run. @default {1} */
  readonly seed?: number | undefined;
  /** A JWT for the server. */
  readonly token?: string | undefined;
  /** The password of the rooms. */
  readonly password?: string | undefined;
  /** How connections to the server are made: certificates, headers, proxies. @default {the proxies of `HTTPS_PROXY` and the like} */
  readonly connection?: ConnectionSettings | undefined;
  /** How packets are sent and encrypted. @default {the fastest there is} */
  readonly datapath?: DatapathChoice | undefined;
  /** Servers to watch, such as `pid:4242`; an embedded one is watched by itself. @default {[]} */
  readonly monitor?: readonly string[] | undefined;
  /** Stops what goes on; it ends as interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Told of what happens to clients and nodes, as it happens. */
  readonly onNote?: ((note: NodeNote) => void) | undefined;
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
 * an embedded one, which goes when the target is disposed of. Throws a
 * `TypeError` unless exactly one of `server` and `embedded` is given.
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
  if ((server === undefined) === (embedded === undefined)) {
    throw new TypeError(
      `Cannot open a target: give it either a server, such as "${USUAL_SERVER}", or embedded`,
    );
  }
  const problem = signaling &&
    (embedded !== undefined && isAdapted(signaling)
      ? "an embedded server speaks no other signaling than its own"
      : await signalingProblem(signaling));
  if (problem !== undefined) {
    throw new TypeError(`Cannot open a target: ${problem}`);
  }
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
