/**
 * A plan that somebody made by himself, as a job.
 *
 * @module
 */

import { later, type RunPlan } from "../load/mod.ts";
import type { JsonValue } from "../metrics/mod.ts";
import { hold } from "./hold.ts";
import type { ScenarioJob } from "./job.ts";

/** The job of carrying a plan out, with media time from the ramp's end or from when all are in. */
export function planJob(
  plan: RunPlan,
  { rampUpMs, config }: {
    /** How long the ramp takes, in milliseconds. */
    readonly rampUpMs: number;
    /** What the plan was made from, for the record. */
    readonly config: Readonly<Record<string, JsonValue>>;
  },
): ScenarioJob {
  return {
    name: "plan",
    values: {},
    verify: () => Promise.resolve([]),
    config,
    thresholds: [],
    judgesThresholds: false,
    disrupts: false,
    plan: () => plan,
    peak: plan.clients.length,
    async script(ports) {
      const { crowd, onExpectedEnd, obstacle } = ports;
      const why = obstacle(plan);
      if (why !== undefined) throw new Error(why);
      const nowMs = crowd.elapsedMs;
      const rampEndMs = nowMs + rampUpMs;
      onExpectedEnd(nowMs + plan.endAtMs, rampEndMs);
      await crowd.add(plan);
      await hold(
        ports,
        plan.clients.map((client) => later(client, nowMs)),
        { rampEndMs, holdMs: plan.endAtMs - rampUpMs },
      );
      return null;
    },
    judge: (_, verdict) => verdict,
    describe: () => [],
  };
}
