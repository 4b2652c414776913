/**
 * This machine's time as other machines see it: it goes on while this thread
 * stands still.
 *
 * @module
 */

import { type NodeClock, systemNodeClock } from "../load/mod.ts";

/** What silence and differences between clocks are measured by. */
export const machineClock: NodeClock = {
  ...systemNodeClock,
  nowMs: () => performance.now(),
};
