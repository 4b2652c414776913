/**
 * The end of a session: who has begun to leave does not begin again.
 *
 * @module
 */

import { EXIT_CODES, isOfSignal } from "../../lib/exit_codes.ts";
import { unexpectedLosses } from "../../tool.ts";
import { noEffects, type Step } from "./messages.ts";
import type { Model } from "./model.ts";
import { say } from "./verbs/verb.ts";

/**
 * Has everyone leave, and then ends with `code`; agents that were lost, and
 * else a failed threshold, turn 0 into their own. A program is told what it
 * came to only when it was cut off: else it says "report" where it wants that.
 */
export function leave(
  model: Model,
  code: number,
  reason: string | null = null,
): Step {
  const { phase, audience, live, load } = model;
  if (phase.name === "leaving") return noEffects(model);
  const lost = code === 0
    ? unexpectedLosses(live.snapshot.generator.lost)
    : null;
  const failed = live.thresholds.some(({ passed }) => !passed);
  return {
    model: {
      ...model,
      phase: { name: "leaving" },
      queue: [],
      wait: undefined,
      page: undefined,
    },
    effects: [{
      type: "end",
      code: lost !== null
        ? EXIT_CODES.invalid
        : code === 0 && failed
        ? EXIT_CODES.failed
        : code,
      // A summary says it, too.
      reason: reason ??
        (lost === null || audience !== "plain" ? null : `Invalid: ${lost}.`),
      summary: load.nextIndex > 0 &&
        (audience === "session" || isOfSignal(code)),
    }],
  };
}

/** What went wrong is said; where nobody is there to try again, it is the end. */
export function failed(model: Model, problem: string, code: number): Step {
  const told = say(model, problem, "error");
  return model.audience === "plain" ? leave(told, code) : noEffects(told);
}
