/**
 * Time, as this thread lives it: milliseconds that go on steadily while the
 * thread does, timers by them, and what went wrong with clocks meanwhile. It
 * knows nothing of what is timed.
 *
 * @module
 */

export { ABORTED } from "./aborted.ts";
export { AwakeClock } from "./awake_clock.ts";
export { threadClock } from "./thread_clock.ts";
export { eitherSignal } from "./either_signal.ts";
export { type Clock, systemClock } from "./clock.ts";
export { delay } from "./delay.ts";
export { every } from "./every.ts";
export { fineWall } from "./fine_wall.ts";
export { Slew } from "./slew.ts";
export { unlessAborted } from "./unless_aborted.ts";
