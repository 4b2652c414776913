/** Why something ends where everyone knows why. */

/**
 * The reason of an `abort()` without one, made once. The runtime makes a new
 * one each time, whose stack keeps who called, and all that they refer to, for
 * as long as the signal is there: who stays would keep everyone who was told
 * the same with him and has left, and whom those had kept.
 */
export const ABORTED: DOMException = new DOMException(
  "The signal has been aborted",
  "AbortError",
);
