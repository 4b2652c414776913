/**
 * What a run is: clients, load and metrics wired once. It parses no text and
 * never ends the process.
 *
 * @module
 */

export { Crowd, type CrowdOptions, openCrowd } from "./crowd.ts";
export { examine, type ExamineOptions, whyImpossible } from "./examine.ts";
export {
  run,
  type RunOptions,
  type RunOutcome,
  type RunProgress,
} from "./run.ts";
export { ServerWatch, type ServerWatchOptions } from "./server_watch.ts";
export { VERSION } from "./version.ts";
