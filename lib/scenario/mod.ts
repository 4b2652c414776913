/**
 * What a run is: clients, load and metrics wired once. It parses no text and
 * never ends the process.
 *
 * @module
 */

export { Crowd, type CrowdOptions, openCrowd } from "./crowd.ts";
export {
  type AnyScenario,
  type CommonInput,
  type CommonValues,
  defineScenario,
  isScenario,
  type OptionInput,
  type OptionValues,
  type Scenario,
  type ScenarioDefinition,
  type ScenarioOptions,
  ScenarioUsageError,
} from "./define_scenario.ts";
export { examine, type ExamineOptions, whyImpossible } from "./examine.ts";
export type { ScenarioContext, ScenarioJob, ScenarioSummary } from "./job.ts";
export { LiveClient, LiveCrowd, type LiveCrowdPorts } from "./live_crowd.ts";
export type {
  FillOptions,
  JoinOptions,
  MediaOptions,
  PlayOptions,
} from "./newcomers.ts";
export {
  decimalNumber,
  duration,
  fps,
  type NumberBounds,
  oneOf,
  type OptionReading,
  quality,
  type ScenarioOption,
  type StageInput,
  stages,
  text,
  thresholds,
  toggle,
  wholeNumber,
} from "./option.ts";
export {
  run,
  type RunOptions,
  type RunOutcome,
  type RunProgress,
} from "./run.ts";
export { ServerWatch, type ServerWatchOptions } from "./server_watch.ts";
export {
  createVenue,
  crowd,
  type Venue,
  type VenueOptions,
  type VenueSettings,
  workersFor,
} from "./venue.ts";
export { VERSION } from "./version.ts";
