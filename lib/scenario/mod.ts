/**
 * What a scenario is, and what a script has a crowd do. It never ends the
 * process.
 *
 * @module
 */

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
export type { Duration } from "./duration.ts";
export type {
  FillOptions,
  JoinOptions,
  MediaOptions,
  NetworkOption,
  PlayOptions,
  PlayStage,
} from "./join_options.ts";
export { Crowd, VirtualUser } from "./crowd.ts";
export {
  MEETING_OPTIONS,
  type MeetingInput,
  type MeetingOptions,
  type TimedMeetingInput,
} from "./meeting_options.ts";
export * as option from "./option.ts";
export {
  type NumberBounds,
  type OptionReading,
  type ScenarioOption,
  type StageInput,
} from "./option.ts";
export {
  isSettled,
  type Recovery,
  recoveryLines,
  recoveryOf,
  withRecovery,
} from "./recovery.ts";
export {
  bracketOf,
  nextTrial,
  type SearchBounds,
  type Trial,
} from "./search.ts";
export { runShell } from "./shell.ts";
export {
  type CapacityLimit,
  isDisturbed,
  judgeWindow,
  type WindowInput,
  type WindowVerdict,
} from "./steady_window.ts";
