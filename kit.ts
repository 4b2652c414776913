/**
 * What a scenario is written with: the scenarios that come with rtcrowd import
 * nothing else.
 *
 * @module
 */

export { MODE_PUBLISH_RATIOS, publisherCount } from "./lib/load/mod.ts";
export { busyCores } from "./lib/machine/mod.ts";
export type { Fps, Profile, Quality } from "./lib/media/mod.ts";
export type { Snapshot, Threshold } from "./lib/metrics/mod.ts";
export {
  formatBytes,
  formatCount,
  formatCounted,
  formatMs,
  formatRatio,
  messageOf,
} from "./lib/text/mod.ts";
export {
  bracketOf,
  type CapacityLimit,
  type CommonInput,
  Crowd,
  defineMeeting,
  defineScenario,
  isDisturbed,
  isSettled,
  judgeWindow,
  MEETING_OPTIONS,
  type MeetingInput,
  nextTrial,
  option,
  type Recovery,
  recoveryLines,
  recoveryOf,
  runShell,
  type Scenario,
  type StageInput,
  type TimedMeetingInput,
  type Trial,
  VirtualUser,
  type WindowInput,
  type WindowVerdict,
  withRecovery,
} from "./lib/scenario/mod.ts";

/**
 * Runs the scenario of a file as the command line does, with the process's
 * arguments: `deno run -A my_scenario.ts --embedded clients=5` is
 * `run --scenario my_scenario.ts --embedded clients=5`. Do not await it at the
 * top of the file: the file is needed, complete, to run it.
 *
 * @example
 * ```ts ignore
 * if (import.meta.main) runAsProgram(import.meta.url);
 * ```
 */
export async function runAsProgram(fileUrl: string): Promise<void> {
  // Only a program needs the command line, so only a program loads it.
  const { main } = await import(import.meta.resolve("./cli/main.ts"));
  // A thread of a lost node that never rests would keep the process.
  Deno.exit(await main(["run", "--scenario", fileUrl, ...Deno.args]));
}
