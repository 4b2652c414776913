/**
 * The monitor: watches any number of targets side by side, about once a
 * second, and tells a listener. Nothing that happens to a server or to the
 * way to it is an exception: a server that goes is an event and is looked for
 * until it comes back (a restarted one has another pid); a sampler that fails
 * is a warning, said once, and is tried again after 1, 2, 4, … 30 seconds.
 *
 * @module
 */

import { type ConnectionSettings, elsewhere } from "../connection/mod.ts";
import { readHttp } from "./http.ts";
import { createLocalSampler } from "./local.ts";
import { Pace } from "./pace.ts";
import { readOverSsh } from "./ssh.ts";
import type { MonitorTarget } from "./target.ts";
import {
  createWatcher,
  type MonitorEvent,
  type Reading,
  type Watcher,
} from "./watcher.ts";
import { ABORTED, delay, eitherSignal, systemClock } from "../time/mod.ts";

/** How a monitor works. */
export interface MonitorOptions {
  /** Hears of everything, in order. */
  readonly onEvent?: (event: MonitorEvent) => void;
  /**
   * Time between two looks, in milliseconds; over ssh rounded to seconds.
   * @default 1000
   */
  readonly intervalMs?: number;
  /** Bearer token for `/metrics`. */
  readonly token?: string;
  /** The server of the run: how connections are made; its headers go to its own address alone. */
  readonly server?: {
    readonly url: string;
    readonly connection?: ConnectionSettings | undefined;
  };
  /**
   * Arguments for ssh.
   * @default the words of the environment variable `RTCROWD_SSH_OPTIONS`
   */
  readonly sshOptions?: readonly string[];
  /**
   * The wall clock, in milliseconds since 1970.
   * @default Date.now
   */
  readonly now?: () => number;
}

/** The doors of a monitor to the world, replaced in tests. */
export interface MonitorPorts {
  /** Waits `ms` milliseconds, or until `signal` aborts; never rejects. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Looks at a target again and again until `signal` aborts, in its turn and when `pace` is asked. */
  readonly open: (
    target: MonitorTarget,
    signal: AbortSignal,
    pace: Pace,
  ) => AsyncIterable<Reading>;
}

/** A running monitor; disposing of it ends all watching and leaves nothing behind. */
export interface Monitor extends AsyncDisposable {
  /**
   * Looks at every target now, rather than when its turn comes (over ssh: in
   * its turn). Resolves once all that is there has been looked at, and when
   * `signal` aborts.
   */
  look(signal: AbortSignal): Promise<void>;
}

/**
 * Starts to watch `targets`.
 *
 * ```ts
 * import { parseTarget, startMonitor } from "./mod.ts";
 *
 * await using monitor = startMonitor([parseTarget("port:3000")], {
 *   onEvent: (event) => console.log(event),
 * });
 * ```
 */
export function startMonitor(
  targets: readonly MonitorTarget[],
  options: MonitorOptions = {},
): Monitor {
  const open = openWith(options, wait);
  return startMonitorWith(targets, options, { wait, open });
}

/** The same through other doors. */
export function startMonitorWith(
  targets: readonly MonitorTarget[],
  options: MonitorOptions,
  { wait, open }: MonitorPorts,
): Monitor {
  const { onEvent = () => {}, now = Date.now } = options;
  const end = new AbortController();
  const tell = (event: MonitorEvent) => {
    if (!end.signal.aborted) onEvent(event);
  };

  const paces: Pace[] = [];
  const watching = targets.map((target) => {
    const pace = new Pace();
    paces.push(pace);
    const watcher = createWatcher(target.text, now, tell);
    const looks = () => open(target, end.signal, pace);
    return watch(looks, watcher, wait, end.signal);
  });

  return {
    async look(signal) {
      const over = Promise.withResolvers<void>();
      const stop = () => over.resolve();
      if (signal.aborted) stop();
      signal.addEventListener("abort", stop);
      const looks = Promise.all(paces.map((pace) => pace.ask()));
      await Promise.race([looks, over.promise]);
      signal.removeEventListener("abort", stop);
    },
    async [Symbol.asyncDispose]() {
      end.abort(ABORTED);
      await Promise.all(watching);
    },
  };
}

async function watch(
  open: () => AsyncIterable<Reading>,
  watcher: Watcher,
  wait: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const FIRST_RETRY_MS = 1_000;
  const LAST_RETRY_MS = 30_000;
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    try {
      for await (const reading of open()) {
        watcher.take(reading);
        retryMs = FIRST_RETRY_MS;
      }
    } catch (error) {
      watcher.fail(error);
    }
    await wait(retryMs, signal);
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  }
}

/** The real ways to look at a target. */
function openWith(
  options: MonitorOptions,
  wait: (ms: number, signal: AbortSignal) => Promise<void>,
): (
  target: MonitorTarget,
  signal: AbortSignal,
  pace: Pace,
) => AsyncIterable<Reading> {
  const { intervalMs = 1_000, token, server } = options;
  return (target, signal, pace) => {
    switch (target.kind) {
      case "pid":
      case "port":
      case "cmd": {
        const sampler = createLocalSampler(target);
        return repeat(() => sampler.read(), intervalMs, wait, signal, pace);
      }
      case "ssh": {
        const sshOptions = options.sshOptions ?? sshOptionsOfEnvironment();
        return readOverSsh(target, sshOptions, intervalMs, signal, pace);
      }
      case "http":
        return repeat(
          async () => {
            const limit = AbortSignal.timeout(HTTP_TIMEOUT_MS);
            using either = eitherSignal(signal, limit);
            return await readHttp(target, {
              connection: server === undefined ? {} : elsewhere(
                server.connection ?? {},
                server.url,
                target.baseUrl,
              ),
              token,
              signal: either.signal,
            });
          },
          intervalMs,
          wait,
          signal,
          pace,
        );
    }
  };
}

const HTTP_TIMEOUT_MS = 5_000;

function sshOptionsOfEnvironment(): readonly string[] {
  const words = Deno.env.get("RTCROWD_SSH_OPTIONS") ?? "";
  return words.split(/\s+/).filter((word) => word !== "");
}

async function* repeat(
  look: () => Reading | Promise<Reading>,
  intervalMs: number,
  wait: (ms: number, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
  pace: Pace,
): AsyncGenerator<Reading, void, void> {
  while (!signal.aborted) {
    const taken = pace.begin();
    try {
      yield await look();
    } finally {
      taken();
    }
    using either = eitherSignal(signal, pace.hurry);
    await wait(intervalMs, either.signal);
  }
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return delay(systemClock, ms, signal).catch(() => {});
}
