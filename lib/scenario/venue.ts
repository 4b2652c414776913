/**
 * A venue: a server and how to load it. It is what a scenario needs besides
 * its options.
 *
 * @module
 */

import {
  type ConnectionSettings,
  type ProxySettings,
  systemProxies,
} from "../connection/mod.ts";
import type { DatapathChoice, NodeNote } from "../load/mod.ts";
import type { Threshold } from "../metrics/mod.ts";
import { type MonitorTarget, parseTarget } from "../monitor/mod.ts";
import { type EngineKind, spawnSfu } from "../sfu/mod.ts";
import type { ScenarioJob } from "./job.ts";
import { DEFAULT_MEDIA } from "./join_options.ts";
import { run, type RunOutcome } from "./run.ts";
import type { RunOptions } from "./run_options.ts";

/** A server and how to load it. */
export interface Venue extends AsyncDisposable {
  /** The server's WebSocket URL, as it was given. */
  readonly url: string;
  /** Carries a scenario out; several go one after another. */
  perform(job: ScenarioJob): Promise<RunOutcome>;
}

/** What {@linkcode crowd} takes. */
export interface VenueOptions {
  /** A `ws:` or `wss:` URL, in place of `embedded`. */
  readonly server?: string | undefined;
  /** Starts a server for the venue, in place of `server`. */
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

/** What a venue is made on: the options of a run that are not the scenario's. */
export type VenueSettings =
  & Omit<
    RunOptions,
    "plan" | "rampUpMs" | "config" | "thresholds" | "job" | "workers"
  >
  & {
    /** Threads that drive clients. @default {by the number of clients} */
    readonly workers?: number | undefined;
    /** Of everything drawn. */
    readonly seed: number;
    /** What every scenario must keep to, besides its own. @default {[]} */
    readonly thresholds?: readonly Threshold[] | undefined;
    /** More for the record. @default {{}} */
    readonly config?: RunOptions["config"] | undefined;
  };

/** Clients that are worth a thread of their own. */
const CLIENTS_PER_WORKER = 100;

/**
 * Gets a server ready to be filled with a crowd: one that runs somewhere, or
 * an embedded one, which goes when the venue is disposed of. Throws a
 * `TypeError` unless exactly one of `server` and `embedded` is given.
 *
 * @example
 * ```ts
 * import { smoke } from "../../mod.ts";
 *
 * await using everyone = await crowd({ embedded: "werift" });
 * const summary = await smoke(everyone, { duration: "1s" });
 * console.assert(summary.verdict.status === "passed");
 * ```
 */
export async function crowd(options: VenueOptions): Promise<Venue> {
  const { server, embedded, token, password, connection, seed = 1, ...rest } =
    options;
  if ((server === undefined) === (embedded === undefined)) {
    throw new TypeError(
      `Cannot open a crowd: give it either a server, such as "ws://localhost:3000/ws", or embedded`,
    );
  }
  const monitor = (options.monitor ?? []).map(parseTarget);
  if (server !== undefined) {
    return createVenue({
      ...rest,
      server: {
        url: server,
        token,
        password,
        connection: { proxies: proxiesHere(), ...connection },
      },
      engine: null,
      seed,
      monitor,
    });
  }
  const sfu = await spawnSfu({
    engine: embedded!,
    ...(options.datapath?.transport === "tcp" && { tcp: true }),
  });
  const venue = createVenue({
    ...rest,
    server: { url: sfu.url, token, password },
    engine: embedded!,
    seed,
    broken: sfu.failed,
    serverStats: sfu.stats,
    monitor: [...monitor, ...embeddedTargets(sfu.pids)],
  });
  return {
    ...venue,
    [Symbol.asyncDispose]: () => sfu[Symbol.asyncDispose](),
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

/** A venue at a server that somebody else starts and ends. */
export function createVenue(settings: VenueSettings): Venue {
  const { seed, thresholds = [], config = {} } = settings;
  // An embedded server needs a core that no client has.
  const cores = navigator.hardwareConcurrency -
    (settings.engine === null ? 0 : 1);
  return {
    url: settings.server.url,
    perform: (job) => {
      const all = [...job.thresholds, ...thresholds];
      return run({
        ...settings,
        workers: settings.workers ??
          workersFor(job.peak, cores),
        plan: { seed, endAtMs: 0, media: DEFAULT_MEDIA, clients: [] },
        rampUpMs: 0,
        config: { scenario: job.name, ...job.config, ...config },
        thresholds: job.judgesThresholds ? [] : all,
        job: {
          ...job,
          script: (crowd, context) =>
            job.script(crowd, { ...context, thresholds: all }),
        },
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** How many threads to use for so many clients on so many cores. */
export function workersFor(clients: number, cores: number): number {
  return Math.max(1, Math.min(cores, Math.ceil(clients / CLIENTS_PER_WORKER)));
}

/** An embedded server is watched by itself; its engine's workers are children of its first process. */
function embeddedTargets([pid]: readonly number[]): MonitorTarget[] {
  return pid === undefined ? [] : [parseTarget(`pid:${pid}`)];
}
