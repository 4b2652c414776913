/**
 * What a run is: clients, load and metrics wired once. It parses no text and
 * never ends the process.
 *
 * @module
 */

export type { RunCrowd } from "./borrowed_crowd.ts";
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
export {
  clipNamed,
  describeMedia,
  type KindsSent,
  SYNTHETIC,
} from "./media.ts";
export type {
  FillOptions,
  JoinOptions,
  MediaOptions,
  NetworkOption,
  PlayOptions,
  PlayStage,
} from "./newcomers.ts";
export type { Duration } from "./duration.ts";
export {
  MEETING_OPTIONS,
  type MeetingInput,
  type MeetingOptions,
  type TimedMeetingInput,
} from "./meeting_options.ts";
export * as option from "./option.ts";
export type {
  NumberBounds,
  OptionReading,
  ScenarioOption,
  StageInput,
} from "./option.ts";
export {
  isSettled,
  type Recovery,
  recoveryLines,
  recoveryOf,
  withRecovery,
} from "./recovery.ts";
export { run, type RunOutcome } from "./run.ts";
export type { RunOptions, RunProgress } from "./run_options.ts";
export {
  bracketOf,
  nextTrial,
  type SearchBounds,
  type Trial,
} from "./search.ts";
export { countStreams } from "./server_streams.ts";
export { ServerWatch, type ServerWatchOptions } from "./server_watch.ts";
export { runShell } from "./shell.ts";
export { runAsProgram } from "./standalone.ts";
export {
  createVenue,
  crowd,
  type Venue,
  type VenueOptions,
  type VenueSettings,
  workersFor,
} from "./venue.ts";
export {
  type CapacityLimit,
  isDisturbed,
  judgeWindow,
  type WindowInput,
  type WindowVerdict,
} from "./steady_window.ts";
export { VERSION } from "./version.ts";
