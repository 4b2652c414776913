/**
 * The end of a session: who has begun to leave does not begin again.
 *
 * @module
 */

import { EXIT_CODES, isOfSignal } from "../../lib/exit_codes.ts";
import {
  formatMeasured,
  type ThresholdResult,
  unexpectedLosses,
} from "../../tool.ts";
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
  const broken = live.thresholds.filter(({ passed }) => !passed);
  const isFailed = code === 0 && lost === null && broken.length > 0;
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
        : isFailed
        ? EXIT_CODES.failed
        : code,
      // A summary says it, too.
      reason: reason ??
        (audience !== "plain"
          ? null
          : lost !== null
          ? `Invalid: ${lost}.`
          : isFailed
          ? `Failed: ${broken.map(brokenText).join("; ")}.`
          : null),
      summary: load.nextIndex > 0 &&
        (audience === "session" || isOfSignal(code)),
    }],
  };
}

function brokenText(result: ThresholdResult): string {
  return `"${result.expression}", it was ${formatMeasured(result)}`;
}

/** What went wrong is said; where nobody is there to try again, it is the end. */
export function failed(model: Model, problem: string, code: number): Step {
  const told = say(model, problem, "error");
  return model.audience === "plain" ? leave(told, code) : noEffects(told);
}
