/**
 * How many consumers the server grants a client in one stay, closed ones
 * included, as far as it has said so. It says so only by refusing one more:
 * what one client of a node has learnt holds for all of them.
 *
 * @module
 */

/** What is known of one server. */
export class Allowance {
  #consumers = Infinity;

  /** Consumers in one stay, at most; `Infinity` while the server has refused none. */
  get consumers(): number {
    return this.#consumers;
  }

  /** The server grants so many; returns whether that is news. */
  learn(consumers: number): boolean {
    if (consumers >= this.#consumers) return false;
    this.#consumers = consumers;
    return true;
  }
}
