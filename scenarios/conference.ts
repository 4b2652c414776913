/**
 * A conference: everyone sends, everyone receives.
 *
 * @module
 */

import {
  defineMeeting,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A conference: everyone sends, everyone receives. */
export const conference: Scenario<TimedMeetingInput> = defineMeeting({
  name: "conference",
  description: "Everyone sends and receives.",
});

if (import.meta.main) runAsProgram(import.meta.url);
