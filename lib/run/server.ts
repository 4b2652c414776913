/**
 * The server of a run: one that runs somewhere, or an embedded one, which is
 * started for it and watched by itself.
 *
 * @module
 */

import { isLoopback } from "../connection/mod.ts";
import type { DatapathChoice, ServerTarget } from "../load/mod.ts";
import { type MonitorTarget, parseTarget } from "../monitor/mod.ts";
import { type EngineKind, type SfuStats, spawnSfu } from "../sfu/mod.ts";

/** Which server. */
export interface ServerOptions {
  /** The server; of an embedded one only token and password matter. */
  readonly server: ServerTarget;
  /** Starts a server with this engine. @default {the one at `server`} */
  readonly embedded?: EngineKind | undefined;
  /** Over what media goes. */
  readonly transport?: DatapathChoice["transport"];
  /** What else is to be watched. @default {[]} */
  readonly monitor?: readonly MonitorTarget[] | undefined;
  /** Gives up waiting for one that starts. */
  readonly signal?: AbortSignal | undefined;
}

/** A server that is there; an embedded one ends when it is disposed of. */
export interface OpenServer extends AsyncDisposable {
  /** Where it is, and the way in. */
  readonly server: ServerTarget;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: EngineKind | null;
  /** Processes of an embedded server. */
  readonly pids: readonly number[];
  /** What is to be watched. */
  readonly monitor: readonly MonitorTarget[];
  /** Resolves with the reason when an embedded one dies. */
  readonly broken?: Promise<string> | undefined;
  /** Asks an embedded one what its streams carried. */
  readonly serverStats?: (() => Promise<SfuStats>) | undefined;
}

/** What is watched of a server elsewhere where nobody names anything: the process that listens at its port, if that is on this machine. */
export function localMonitor(url: string): readonly MonitorTarget[] {
  const place = new URL(url);
  const { port, protocol } = place;
  return isLoopback(place)
    ? [assumedPort(Number(port) || (protocol === "wss:" ? 443 : 80))]
    : [];
}

function assumedPort(port: number): MonitorTarget {
  return { kind: "port", text: `port:${port}`, port, isAssumed: true };
}

/** Has the server there. Throws the signal's reason when that aborts before; nothing is left behind then. */
export async function openServer(options: ServerOptions): Promise<OpenServer> {
  const { server, embedded, transport, monitor = [], signal } = options;
  if (embedded === undefined) {
    return {
      server,
      engine: null,
      pids: [],
      monitor,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  signal?.throwIfAborted();
  const sfu = await spawnSfu({
    engine: embedded,
    ...(transport === "tcp" && { tcp: true }),
  }).catch((error) => {
    signal?.throwIfAborted();
    throw error;
  });
  if (signal?.aborted) {
    // It cannot be called off while it starts; it ends as soon as it has.
    await sfu[Symbol.asyncDispose]();
    signal.throwIfAborted();
  }
  const { url, pids, failed, stats } = sfu;
  return {
    // It is on this machine: no proxy leads to it.
    server: { ...server, url, connection: undefined, signaling: undefined },
    engine: embedded,
    pids,
    // Its engine's workers are children of its first process.
    monitor: [
      ...monitor,
      ...pids.slice(0, 1).map((pid) => parseTarget(`pid:${pid}`)),
    ],
    broken: failed,
    serverStats: stats,
    [Symbol.asyncDispose]: () => sfu[Symbol.asyncDispose](),
  };
}
