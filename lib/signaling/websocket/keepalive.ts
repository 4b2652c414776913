/**
 * Pings. They keep the server from dropping a quiet connection (it does after
 * 300 s without a frame), and they have one that is quiet itself prove that it
 * is there. Whatever comes from it proves that too. There are servers, and
 * gateways before them, that answer no pings: the first one goes out at once,
 * and the silence of who never answered any says nothing.
 */

import type { Clock } from "../../time/mod.ts";

/** What a keepalive needs. */
export interface KeepaliveOptions {
  /** Time between pings, in ms. @default {25_000} */
  readonly intervalMs?: number | undefined;
  /**
   * After how many ms without a sign of life a connection that has answered a ping
   * counts as lost. Long, because a busy server answers late. @default {75_000}
   */
  readonly silentAfterMs?: number | undefined;
  /** Sends a ping. */
  readonly ping: () => void;
  /** Told once, with the ms since the last sign of life, when the connection is lost. */
  readonly onSilent: (silentMs: number) => void;
}

/** A running keepalive. */
export interface Keepalive {
  /** To be called for every sign of life but a pong: a message, a ping. */
  heard(): void;
  /** To be called for every pong. */
  answered(): void;
  /** Ends it; idempotent. */
  stop(): void;
}

/** Pings until stopped, or until the other side has been silent for too long. */
export function startKeepalive(
  clock: Clock,
  options: KeepaliveOptions,
): Keepalive {
  const { intervalMs = 25_000, silentAfterMs = 75_000, ping, onSilent } =
    options;
  let heardMs = clock.nowMs();
  let answersPings = false;
  let cancel = clock.setTimer(intervalMs, tick);
  ping();

  function tick(): void {
    const silentMs = clock.nowMs() - heardMs;
    if (answersPings && silentMs >= silentAfterMs) return onSilent(silentMs);
    cancel = clock.setTimer(intervalMs, tick);
    ping();
  }

  return {
    heard() {
      heardMs = clock.nowMs();
    },
    answered() {
      answersPings = true;
      heardMs = clock.nowMs();
    },
    stop() {
      cancel();
    },
  };
}
