/**
 * Meetings as scenarios: a number of clients who meet for a time. A plain run
 * of the command line is one, and so are the kinds of meeting that come along,
 * which differ in what their options are by default.
 *
 * @module
 */

import { MODE_PUBLISH_RATIOS } from "../load/mod.ts";
import {
  type OptionInput,
  type OptionValues,
  withDefaults,
} from "../options/mod.ts";
import type { Crowd } from "./crowd.ts";
import { defineScenario, type Scenario } from "./define_scenario.ts";
import { type MeetOptions, meetPlan } from "./join_options.ts";
import {
  TIMED_MEETING_OPTIONS,
  type TimedMeetingInput,
  type TimedMeetingOptions,
} from "./meeting_options.ts";
import { thresholds } from "./option.ts";

/** One kind of meeting. */
export interface MeetingDefinition<Found> {
  /** By which it is called: one word. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** What its options are by default. @default {those of every meeting} */
  readonly defaults?: OptionInput<TimedMeetingOptions>;
  /** What it must keep to. @default {nothing} */
  readonly thresholds?: readonly string[];
  /** What it found, looked at when it is over. @default {nothing} */
  readonly finding?: (
    crowd: Crowd,
    options: OptionValues<TimedMeetingOptions>,
  ) => Found;
  /** The same as lines of text. @default {none} */
  readonly describe?: (found: Found) => readonly string[];
}

/** Makes a scenario of a kind of meeting. Throws as `defineScenario` does. */
export function defineMeeting<Found = void>(
  { defaults = {}, thresholds: kept = [], finding, ...rest }: MeetingDefinition<
    Found
  >,
): Scenario<TimedMeetingInput, Found> {
  return defineScenario({
    ...rest,
    options: {
      ...withDefaults(TIMED_MEETING_OPTIONS, defaults),
      thresholds: thresholds("what the run must keep to", { default: kept }),
    },
    plan: (options, seed) => meetPlan(meetOptionsOf(options), seed),
    async run(crowd, options) {
      await crowd.meet(meetOptionsOf(options));
      return finding?.(crowd, options) as Found;
    },
  });
}

/** What a meeting's options ask of the crowd: a mode is a share of publishers, unless that is given. */
function meetOptionsOf(
  { mode, ...options }: OptionValues<TimedMeetingOptions>,
): MeetOptions {
  return {
    ...options,
    publishRatio: options.publishRatio ?? MODE_PUBLISH_RATIOS[mode],
  };
}
