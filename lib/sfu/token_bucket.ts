/**
 * A token bucket: so many frames at once, so many a second after that. Time
 * is an argument.
 *
 * @module
 */

/** How much a {@linkcode TokenBucket} lets through. */
export interface TokenBucketOptions {
  /** The most tokens that it holds; it starts full. */
  readonly capacity: number;
  /** Tokens that come back each second. */
  readonly refillHz: number;
}

/** Counts tokens; `nowMs` must never go backwards. */
export class TokenBucket {
  readonly #options: TokenBucketOptions;
  #tokens: number;
  #atMs: number;

  constructor(options: TokenBucketOptions, nowMs: number) {
    this.#options = options;
    this.#tokens = options.capacity;
    this.#atMs = nowMs;
  }

  /** Takes one token, or says that there is none. */
  take(nowMs: number): boolean {
    const gained = (nowMs - this.#atMs) / 1000 * this.#options.refillHz;
    this.#tokens = Math.min(this.#options.capacity, this.#tokens + gained);
    this.#atMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
