/**
 * Pings. They keep the server from dropping a quiet connection (it does after
 * 300 s without a frame), and they have one that is quiet itself prove that it
 * is there. Whatever comes from it proves that too. They are so frequent that
 * signaling that stands still shows while nobody asks for anything. There are
 * servers, and gateways before them, that answer no pings: the first one goes
 * out at once, and the silence of who never answered any says nothing.
 */

import type { Clock } from "../../time/mod.ts";

/** What a keepalive needs. */
export interface KeepaliveOptions {
  /** Time between pings, in ms. @default {5_000} */
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
  /** For how long a ping has waited for a sign of life, in ms; 0 where none waits. */
  waitingMs(): number;
  /** Ends it; idempotent. */
  stop(): void;
}

/** Pings until stopped, or until the other side has been silent for too long. */
export function startKeepalive(
  clock: Clock,
  options: KeepaliveOptions,
): Keepalive {
  const { intervalMs = 5_000, silentAfterMs = 75_000, ping, onSilent } =
    options;
  let heardMs = clock.nowMs();
  let answersPings = false;
  /** When the first ping went out since then; NaN where none did. */
  let waitingSinceMs = NaN;
  let cancel = clock.setTimer(intervalMs, tick);
  send();

  function send(): void {
    if (Number.isNaN(waitingSinceMs)) waitingSinceMs = clock.nowMs();
    ping();
  }

  function noteLife(): void {
    heardMs = clock.nowMs();
    waitingSinceMs = NaN;
  }

  function tick(): void {
    const silentMs = clock.nowMs() - heardMs;
    if (answersPings && silentMs >= silentAfterMs) return onSilent(silentMs);
    cancel = clock.setTimer(intervalMs, tick);
    send();
  }

  return {
    heard: noteLife,
    answered() {
      answersPings = true;
      noteLife();
    },
    waitingMs() {
      return answersPings && !Number.isNaN(waitingSinceMs)
        ? clock.nowMs() - waitingSinceMs
        : 0;
    },
    stop() {
      cancel();
    },
  };
}
