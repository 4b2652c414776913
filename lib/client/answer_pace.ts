/**
 * How long a server takes to answer, as far as it has shown: who waits for no
 * longer than others did in the end has not been left without an answer.
 *
 * @module
 */

/** Of a server that has answered nothing slowly, an answer is missed after so long. */
const MIN_MS = 1000;
/** The next answer may take so many times as long as the slowest so far. */
const FACTOR = 2;

/** What is known of one server. */
export class AnswerPace {
  #slowestMs = 0;

  /** It answered something after so long, in milliseconds. */
  note(ms: number): void {
    if (ms > this.#slowestMs) this.#slowestMs = ms;
  }

  /** What has been open for so long, in milliseconds, is an answer that does not come. */
  get missedAfterMs(): number {
    return Math.max(MIN_MS, FACTOR * this.#slowestMs);
  }
}
