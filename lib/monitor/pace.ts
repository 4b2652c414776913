/**
 * When a target is looked at: in its turn, and at once when somebody asks.
 *
 * @module
 */

import { ABORTED } from "../time/mod.ts";

/** The pace of one target. */
export class Pace {
  #asked: (() => void)[] = [];
  #hurry = new AbortController();

  /** Aborts when somebody asks for a look before its turn. */
  get hurry(): AbortSignal {
    return this.#hurry.signal;
  }

  /** Resolves once a look that began after this call has been taken in. */
  ask(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#asked.push(resolve);
    this.#hurry.abort(ABORTED);
    return promise;
  }

  /** A look begins; whoever asked before is answered by the function that it returns. */
  begin(): () => void {
    const answered = this.#asked;
    this.#asked = [];
    this.#hurry = new AbortController();
    return () => {
      for (const answer of answered) answer();
    };
  }
}
