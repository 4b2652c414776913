/**
 * Waiting for a meeting to be over.
 *
 * @module
 */

import type { ClientPlan } from "../load/mod.ts";
import { delay, eitherSignal } from "../time/mod.ts";
import type { ScriptPorts } from "./job.ts";
import { MeetingWatch } from "./meeting_watch.ts";

/** A meeting shorter than the time from one second's numbers to the next waits for these, looking so often. */
const LOOK_MS = 50;

/**
 * Resolves when clients with these plans, who come until `rampEndMs`, have had
 * media for `holdMs`, which counts from when those who come first are in.
 * Rejects when nobody is left, and when the run ends before. Times are in
 * milliseconds since the run began.
 */
export async function hold(
  { crowd, clock, over, watch, onExpectedEnd }: ScriptPorts,
  plans: readonly ClientPlan[],
  { rampEndMs, holdMs }: {
    readonly rampEndMs: number;
    readonly holdMs: number;
  },
): Promise<void> {
  const meeting = new MeetingWatch(plans, rampEndMs, holdMs);
  const giveUp = new AbortController();
  using either = eitherSignal(giveUp.signal, over);
  onExpectedEnd(meeting.endMs, rampEndMs);
  let isOver = false;
  watch(({ clients }) => {
    if (isOver) return;
    const why = meeting.onSecond(crowd.elapsedMs, clients);
    onExpectedEnd(meeting.endMs);
    if (why !== undefined) giveUp.abort(new Error(why));
  });
  try {
    for (;;) {
      const leftMs = meeting.endMs - crowd.elapsedMs;
      if (leftMs <= 0 && meeting.mayEnd(crowd.elapsedMs)) return;
      await delay(clock, leftMs > 0 ? leftMs : LOOK_MS, either.signal);
    }
  } finally {
    isOver = true;
  }
}
