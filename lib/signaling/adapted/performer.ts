/**
 * Has an adapter do things: each ends in time, is measured, and whatever it
 * throws is an error of the port under the operation's name.
 */

import { messageOf } from "../../text/mod.ts";
import type { Clock } from "../../time/mod.ts";
import {
  SignalingError,
  type SignalingErrorKind,
  type Unanswered,
  UnreachableError,
} from "../port.ts";

const TIMEOUT_MS = 10_000;

/** The world of one visit. */
export interface PerformerOptions {
  readonly clock: Clock;
  /** For each operation, in ms. @default {10_000} */
  readonly timeoutMs?: number | undefined;
  /** How words of a server or an adapter are shown. */
  readonly shown: (words: string) => string;
  /** Aborts when the visit is over, with a {@linkcode ClosedError}. */
  readonly over: AbortSignal;
  /** Told that an answer is on its way. */
  readonly onAsked?: (() => void) | undefined;
  /** Told of every answer: how long it took. */
  readonly onLatency: (operation: string, ms: number) => void;
}

/** How to carry an operation out. */
export interface Performance {
  /** Gives it up. */
  readonly signal?: AbortSignal | undefined;
  /** In ms. @default {that of the performer} */
  readonly timeoutMs?: number | undefined;
  /** What to do with an answer that comes when nobody waits any more. */
  readonly onLate?: ((answer: unknown) => void) | undefined;
}

interface Pending {
  readonly operation: string;
  readonly sinceMs: number;
}

/** There is nobody to ask: the visit has not begun, or is over. */
export class ClosedError extends Error {}

/** What nobody throws to say no. */
const SLIPS = [TypeError, ReferenceError, RangeError, SyntaxError] as const;

/** Performs the operations of one visit. */
export class Performer {
  readonly #options: PerformerOptions;
  readonly #pending = new Set<Pending>();

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  /** The operations that have waited for at least so long. */
  unanswered(leastMs: number): readonly Unanswered[] {
    const nowMs = this.#options.clock.nowMs();
    return [...this.#pending].map(({ operation, sinceMs }) => ({
      operation,
      waitedMs: nowMs - sinceMs,
    })).filter(({ waitedMs }) => waitedMs >= leastMs);
  }

  /** Resolves with what `read` makes of the answer. Throws a `SignalingError`, or an `UnreachableError`. */
  async perform<Answer>(
    operation: string,
    perform: () => Promise<unknown>,
    read: (answer: unknown) => Answer,
    { signal, timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS, onLate }:
      Performance = {},
  ): Promise<Answer> {
    const { clock, over, onAsked, onLatency } = this.#options;
    const failed = Promise.withResolvers<never>();
    const fail = (kind: SignalingErrorKind, detail: string) =>
      failed.reject(new SignalingError(kind, operation, detail));
    const onOver = () => failed.reject(over.reason);
    const onAbort = () => fail("aborted", "interrupted");
    if (over.aborted) onOver();
    else if (signal?.aborted) onAbort();
    over.addEventListener("abort", onOver, { once: true });
    signal?.addEventListener("abort", onAbort, { once: true });
    const cancel = clock.setTimer(
      timeoutMs,
      () => fail("timeout", `no reply within ${timeoutMs / 1000} s`),
    );
    const pending = { operation, sinceMs: clock.nowMs() };
    this.#pending.add(pending);
    let answered: Promise<unknown> | undefined;
    try {
      if (!over.aborted && !signal?.aborted) {
        onAsked?.();
        answered = attempt(perform);
      }
      const value = read(
        await Promise.race([answered ?? failed.promise, failed.promise]),
      );
      onLatency(operation, clock.nowMs() - pending.sinceMs);
      return value;
    } catch (error) {
      failed.promise.catch(() => {});
      answered?.then(onLate, () => {});
      throw this.#asError(operation, error);
    } finally {
      cancel();
      over.removeEventListener("abort", onOver);
      signal?.removeEventListener("abort", onAbort);
      this.#pending.delete(pending);
    }
  }

  #asError(operation: string, error: unknown): Error {
    if (error instanceof SignalingError) return error;
    const { over, shown } = this.#options;
    const closed = over.aborted ? over.reason : error;
    if (closed instanceof ClosedError) {
      return new SignalingError("closed", operation, closed.message);
    }
    if (error instanceof UnreachableError) return error;
    const words = shown(messageOf(error)).replace(/\.$/, "");
    if (!SLIPS.some((slip) => error instanceof slip)) {
      return new SignalingError("server", operation, words);
    }
    const detail = `the adapter threw a ${(error as Error).name}, ${words}`;
    return new SignalingError("unreadable", operation, detail);
  }
}

/** What is thrown at once is a rejection, too; and what comes later is nobody's surprise. */
export function attempt(perform: () => Promise<unknown>): Promise<unknown> {
  return new Promise((resolve) => resolve(perform()));
}
