/**
 * What is asked before a run: whether it cannot work at all, and, where a
 * person wants to know, everything that would limit it.
 *
 * @module
 */

import type { RunPlan } from "../load/mod.ts";
import {
  type Finding,
  obstacle,
  readMachineFacts,
  runNeed,
} from "../machine/mod.ts";
import type { ExamineOptions } from "./examine.ts";
import { runSize } from "./run_size.ts";

/**
 * Everything that would limit the run, here and at the server. It joins a
 * room of its own there for a moment.
 */
export async function examine(options: ExamineOptions): Promise<Finding[]> {
  // It opens a transport of its own; a run that is not examined need not load one.
  const examination = await import("./examine.ts");
  return await examination.examine(options);
}

/**
 * Why the run cannot work on this machine, in one line with what to do;
 * `undefined` when nothing speaks against it. Cheap: asked before every run.
 */
export function whyImpossible(
  { plan, workers, engine }: Pick<ExamineOptions, "workers" | "engine"> & {
    readonly plan: Pick<RunPlan, "clients">;
  },
): string | undefined {
  if (engine === "werift" && hasSimulcast(plan)) {
    return "Cannot send simulcast through the engine werift: it forwards no layers. Take the engine mediasoup.";
  }
  const need = runNeed(runSize(plan, workers, engine, "native"));
  return obstacle(need, readMachineFacts());
}

function hasSimulcast({ clients }: Pick<RunPlan, "clients">): boolean {
  return clients.some(({ role, media }) =>
    role === "publisher" && media.simulcast
  );
}
