/**
 * The embedded server in this process: HTTP and WebSocket in front of the
 * signaling, and an engine behind it.
 *
 * @module
 */

import {
  MAX_CONSUMERS_PER_JOIN,
  RECONNECT_GRACE_MS,
} from "../signaling/simplestchat/wire/mod.ts";
import type { Engine, EngineKind, EngineOptions } from "./engine.ts";
import { openFront } from "./front.ts";
import { startMediasoupEngine } from "./mediasoup/engine.ts";
import type { SfuOptions } from "./options.ts";
import { ProtooRooms } from "./protoo/rooms.ts";
import { Hub } from "./signaling/hub.ts";
import { type SfuStats, StreamBook } from "./signaling/stream_stats.ts";
import { type Refusals, ServerMetrics } from "./signaling/metrics.ts";
import { systemClock } from "../time/mod.ts";
import { startWeriftEngine } from "./werift/engine.ts";

/** A running server. Disposing of it ends all connections. */
export interface Sfu extends AsyncDisposable {
  /** What forwards the media. */
  readonly engine: EngineKind;
  /** Where clients connect to, for example `ws://127.0.0.1:3000/ws`. */
  readonly url: string;
  /** The base of `/health`, `/metrics` and `/stats`, without a slash at its end. */
  readonly httpUrl: string;
  /** The TCP port of both. */
  readonly port: number;
  /** The processes that do its work: the one of the signaling, then the engine's workers. */
  readonly pids: readonly number[];
  /** Resolves with the reason when a part of it dies by itself; else never. */
  readonly failed: Promise<string>;
  /** What every stream carried so far. */
  stats(): Promise<SfuStats>;
}

/** Of which server of mediasoup-demo each protocol is. */
const PROTOO_DIALECTS = {
  protoo: "typescript",
  "protoo-js": "javascript",
} as const;

/** A client needs two, and two more each time it begins anew in the same join. */
const MAX_TRANSPORTS_PER_JOIN = 16;
const MAX_TRANSPORTS: Readonly<Record<EngineKind, number>> = {
  werift: 4000,
  mediasoup: 20_000,
};

/** A server in this process. */
export interface LocalSfu extends Sfu {
  /** What it refused so far. */
  refusals(): Refusals;
}

/**
 * Starts a server in this process. Its signaling, and all of a `werift`
 * engine, then share this thread: measure against {@linkcode spawnSfu}.
 *
 * @throws {TypeError} When there is no such engine or protocol.
 * @throws {Error} When the port is taken or the engine cannot start.
 */
export async function startSfu(options: SfuOptions): Promise<LocalSfu> {
  checkWords(options);
  const failed = Promise.withResolvers<string>();
  const engine = await startEngine(options, failed.resolve);
  try {
    const streams = new StreamBook();
    const metrics = new ServerMetrics();
    const hub = new Hub({
      engine,
      streams,
      clock: systemClock,
      metrics,
      newId: () => crypto.randomUUID(),
      maxConsumersPerJoin: options.maxConsumersPerJoin ??
        MAX_CONSUMERS_PER_JOIN,
      maxTransportsPerJoin: options.maxTransportsPerJoin ??
        MAX_TRANSPORTS_PER_JOIN,
      maxTransports: options.maxTransports ??
        MAX_TRANSPORTS[engine.kind],
      freshReconnectToken: options.freshReconnectToken ?? false,
      graceMs: options.graceMs ?? RECONNECT_GRACE_MS,
      roomPasswords: options.roomPasswords ?? {},
    });
    const { protocol = "simplestchat" } = options;
    const protoo = protocol === "simplestchat"
      ? undefined
      : new ProtooRooms(hub.parts, PROTOO_DIALECTS[protocol]);
    const front = await openFront(hub, options, protoo);
    const host = urlHost(options.host);
    const { port } = front;
    return {
      engine: engine.kind,
      url: `ws://${host}:${port}${protoo === undefined ? "/ws" : ""}`,
      httpUrl: `http://${host}:${port}`,
      port,
      pids: [Deno.pid, ...engine.workerPids],
      failed: failed.promise,
      stats: () => streams.stats(engine.kind),
      refusals: () => metrics.refusals,
      [Symbol.asyncDispose]: async () => {
        await front[Symbol.asyncDispose]();
        hub.close();
        await protoo?.settled();
        await engine[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    await engine[Symbol.asyncDispose]();
    throw error;
  }
}

/** What a script without types may get wrong would be found out by the first client. */
function checkWords({ engine, protocol = "simplestchat" }: SfuOptions): void {
  const engines = Object.keys(MAX_TRANSPORTS);
  const protocols = ["simplestchat", ...Object.keys(PROTOO_DIALECTS)];
  if (!engines.includes(engine)) {
    throw new TypeError(
      `Cannot start a server: engine takes ${
        engines.join(" or ")
      }, not ${engine}.`,
    );
  }
  if (!protocols.includes(protocol)) {
    throw new TypeError(
      `Cannot start a server: protocol takes ${
        protocols.join(" or ")
      }, not ${protocol}.`,
    );
  }
}

function startEngine(
  options: SfuOptions,
  onFailure: (reason: string) => void,
): Promise<Engine> {
  const common: EngineOptions = {
    announceIp: options.announceIp ?? "127.0.0.1",
    onFailure,
  };
  switch (options.engine) {
    case "mediasoup":
      return startMediasoupEngine({ ...options, ...common });
    case "werift":
      return startWeriftEngine(common);
  }
}

/** The host by which this machine reaches a server that listens on `host`. */
function urlHost(host = "127.0.0.1"): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
