/**
 * What is asked before a run: whether it cannot work at all, and, where a
 * person wants to know, everything that would limit it.
 *
 * @module
 */

import { type NodeFacts, type RunPlan, splitPlan } from "../load/mod.ts";
import {
  type Finding,
  obstacle,
  readMachineFacts,
  runNeed,
} from "../machine/mod.ts";
import type { ExamineOptions } from "./examine.ts";
import type { ExamineAgentsOptions } from "./examine_agents.ts";
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

/** Everything that would limit the run at its agents, each of which makes ready for it. */
export async function examineAgents(
  options: ExamineAgentsOptions,
): Promise<Finding[]> {
  const examination = await import("./examine_agents.ts");
  return await examination.examineAgents(options);
}

/** What is asked of a run before it begins. */
export interface RunQuestion
  extends Pick<ExamineOptions, "engine" | "workers"> {
  /** Who does what, when. */
  readonly plan: Pick<RunPlan, "clients">;
  /** Where clients run in place of this machine. @default {here} */
  readonly nodes?: readonly NodeFacts[] | undefined;
}

/**
 * Why the run cannot work on this machine, or on one of others where clients
 * run there, in one line with what to do; `undefined` when nothing speaks
 * against it. Cheap: asked before every run.
 */
export function whyImpossible(
  { plan, workers, engine, nodes }: RunQuestion,
): string | undefined {
  if (engine === "werift" && hasSimulcast(plan)) {
    return "Cannot send simulcast through the engine werift: it forwards no layers. Take the engine mediasoup.";
  }
  if (nodes !== undefined) return obstacleAmong(nodes, plan);
  const need = runNeed(runSize(plan, workers, engine, "native"));
  return obstacle(need, readMachineFacts());
}

/** Each of several machines needs what its share of the clients does; the server is not there. */
function obstacleAmong(
  nodes: readonly NodeFacts[],
  plan: Pick<RunPlan, "clients">,
): string | undefined {
  const shares = splitPlan(plan, nodes.map(({ threads }) => threads));
  for (const [i, { node, host, threads, machine }] of nodes.entries()) {
    if (machine === null) continue;
    const clients = shares[i];
    const need = runNeed(runSize({ clients }, threads, null, "native"));
    const name = host === undefined ? node : `${node} (${host})`;
    const why = obstacle(need, machine, name);
    if (why !== undefined) return why;
  }
  return undefined;
}

function hasSimulcast({ clients }: Pick<RunPlan, "clients">): boolean {
  return clients.some(({ role, media }) =>
    role === "publisher" && media.simulcast
  );
}
