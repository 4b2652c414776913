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
  type Scenario,
  type ScenarioDefinition,
  ScenarioUsageError,
} from "./define_scenario.ts";
export type {
  FillOptions,
  JoinOptions,
  MeetOptions,
  NetworkOption,
  PlayOptions,
  PlayStage,
} from "./join_options.ts";
export { Crowd, VirtualUser } from "./crowd.ts";
export {
  MEETING_OPTIONS,
  type MeetingInput,
  type MeetingOptions,
  TIMED_MEETING_OPTIONS,
  type TimedMeetingInput,
  type TimedMeetingOptions,
} from "./meeting_options.ts";
export { IMPAIRMENT, IMPAIRMENTS, THRESHOLDS } from "./kinds.ts";
export * as option from "./option.ts";
export type { NumberBounds, StageInput } from "./option.ts";
export { defineMeeting, type MeetingDefinition } from "./meeting.ts";
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
