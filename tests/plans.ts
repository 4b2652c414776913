/** Plans for tests, which say only what a test is about. */

import { makePlan, rampAndHold, type RunPlan } from "../lib/load/mod.ts";
import { mediaPlanOf } from "../lib/media/mod.ts";

/** So many clients in one room, all there from the start and publishing; `over` is what is otherwise. */
export function planOf(
  clients: number,
  over: Partial<Parameters<typeof makePlan>[0]> = {},
): RunPlan {
  return makePlan({
    ...mediaPlanOf({}),
    stages: rampAndHold(clients, 0, 0),
    room: "room",
    rooms: 1,
    publishRatio: 1,
    churnRate: 0,
    seed: 1,
    ...over,
  });
}
