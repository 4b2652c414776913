/**
 * A run: the server under test, clients at it, both watched on one time axis,
 * from the check before it starts to the summary. It knows no scenario: it is
 * handed what happens as a function.
 *
 * @module
 */

export { listAgents, serveAgent } from "./agents.ts";
export {
  examine,
  examineAgents,
  type RunQuestion,
  whyImpossible,
} from "./before_run.ts";
export { checkAdapter, type CheckAdapterOptions } from "./check_adapter.ts";
export type { ExamineAgentsOptions } from "./examine_agents.ts";
export type { ExamineOptions } from "./examine.ts";
export type {
  RosterCell,
  RunPart,
  ScenarioContext,
  ScenarioJob,
  ScenarioSummary,
  ScriptPorts,
} from "./job.ts";
export {
  OpenRun,
  openRun,
  type OpenRunOptions,
  type RunRecord,
} from "./open_run.ts";
export { hold } from "./hold.ts";
export type { AboutRun } from "./claim_agents.ts";
export { run, type RunOutcome } from "./run.ts";
export type {
  AgentsOptions,
  JobOptions,
  RunOptions,
  RunProgress,
} from "./run_options.ts";
export {
  localMonitor,
  type OpenServer,
  openServer,
  type ServerOptions,
} from "./server.ts";
export { countStreams } from "./server_streams.ts";
export { ServerWatch, type ServerWatchOptions } from "./server_watch.ts";
export {
  createTarget,
  openTarget,
  type Target,
  type TargetSettings,
  workersFor,
} from "./target.ts";
export type { TargetOptions } from "./target_options.ts";
export { VERSION } from "../../version.ts";
