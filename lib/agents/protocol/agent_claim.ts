/**
 * An agent's side of the protocol: to whom it belongs, which orders it has
 * carried out, and when it is forsaken.
 *
 * The first claim wins. The orders of a run are numbered without a gap from
 * its claim, 0, and are begun in that order and once each, however they come;
 * the latest answers are kept and given again.
 *
 * @module
 */

import type { Answer, Order } from "./messages.ts";

/** An agent that hears nothing for so long leaves: less than {@linkcode LOST_AFTER_MS}, so that who is written off has stopped sending. */
export const FORSAKEN_AFTER_MS = 12_000;

/** Nobody serves its coordinator's subject for so long: that is gone, and not only cut off for a moment. */
const ABSENT_AFTER_MS = 5_000;

/** Answers that are kept; a coordinator has fewer orders on the way. */
const MAX_ANSWERS = 64;
/** Runs that it was part of, whose late messages it still knows as such. */
const MAX_PAST_RUNS = 16;

/** What is to be done about an order: it is answered at once; or some are to be begun, and it is answered when it is done. */
export type Taken =
  | { readonly answer: Answer }
  | { readonly begin: readonly Order[] };

interface Held {
  readonly run: string;
  readonly by: string;
  readonly sinceMs: number;
  /** The number of the next order to begin. */
  next: number;
  /** Those that came before one that stands before them. */
  readonly early: Map<number, Order>;
  /** What became of those that were begun; `undefined` while they are under way. */
  readonly answers: Map<number, Answer | undefined>;
}

/** To whom an agent belongs. Times are milliseconds on any one clock. */
export class AgentClaim {
  #held: Held | undefined;
  #heardMs = 0;
  #absentSinceMs: number | undefined;
  /** Why it is no part of these any more. */
  readonly #past = new Map<string, string>();

  /** The run that it is part of. */
  get run(): string | undefined {
    return this.#held?.run;
  }

  /** Who claimed it, and how long ago. */
  claimedBy(
    nowMs: number,
  ): { readonly by: string; readonly sinceMs: number } | undefined {
    const held = this.#held;
    return held && { by: held.by, sinceMs: Math.round(nowMs - held.sinceMs) };
  }

  /** Takes an order in. */
  take(order: Order, nowMs: number): Taken {
    const { run, number, body } = order;
    const past = this.#past.get(run);
    if (past !== undefined) return { answer: { type: "gone", reason: past } };
    if (this.#held === undefined) {
      if (body.type !== "claim" || number !== 0) {
        const reason = "it knows nothing of this run";
        return { answer: { type: "gone", reason } };
      }
      this.#held = {
        run,
        by: body.by,
        sinceMs: nowMs,
        next: 0,
        early: new Map(),
        answers: new Map(),
      };
    }
    const held = this.#held;
    if (held.run !== run) {
      return { answer: { type: "busy", ...this.claimedBy(nowMs)! } };
    }
    this.hear(nowMs);
    return this.#next(held, order);
  }

  /** What became of an order of its run; `undefined` while that is not known. */
  answerOf(number: number): Answer | undefined {
    return this.#held?.answers.get(number);
  }

  /** Notes what became of an order that was begun. */
  done(run: string, number: number, answer: Answer): void {
    if (this.#held?.run !== run) return;
    const { answers } = this.#held;
    answers.set(number, answer);
    for (const [oldest, kept] of answers) {
      if (answers.size <= MAX_ANSWERS) break;
      if (kept !== undefined) answers.delete(oldest);
    }
  }

  /** The coordinator of its run has said something. */
  hear(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#absentSinceMs = undefined;
  }

  /** Nobody answered for the coordinator of its run. */
  miss(nowMs: number): void {
    this.#absentSinceMs ??= nowMs;
  }

  /** Why it is to leave its run; `undefined` while it is not. */
  forsaken(nowMs: number): string | undefined {
    if (this.#held === undefined) return undefined;
    if (nowMs - this.#heardMs >= FORSAKEN_AFTER_MS) {
      return `no word of the coordinator in ${FORSAKEN_AFTER_MS / 1000} s`;
    }
    return this.#absentSinceMs !== undefined &&
        nowMs - this.#absentSinceMs >= ABSENT_AFTER_MS
      ? "the coordinator is not there any more"
      : undefined;
  }

  /** It is no part of its run any more, and free. */
  leave(reason: string): void {
    if (this.#held === undefined) return;
    this.#past.set(this.#held.run, reason);
    const [oldest] = this.#past.keys();
    if (this.#past.size > MAX_PAST_RUNS) this.#past.delete(oldest);
    this.#held = undefined;
  }

  #next(held: Held, order: Order): Taken {
    const { number } = order;
    const { answers, early } = held;
    if (number < held.next) {
      const answer = answers.get(number);
      if (answer !== undefined) return { answer };
      return answers.has(number) ? { begin: [] } : {
        answer: { type: "failed", message: "its answer is not kept any more" },
      };
    }
    if (number >= held.next + MAX_ANSWERS) {
      const message = "it is too far ahead of the order before it";
      return { answer: { type: "failed", message } };
    }
    early.set(number, order);
    const begin: Order[] = [];
    for (
      let due = early.get(held.next);
      due !== undefined;
      due = early.get(held.next)
    ) {
      early.delete(held.next);
      answers.set(held.next, undefined);
      held.next++;
      begin.push(due);
    }
    return { begin };
  }
}
