/**
 * A meeting: what a plain run is, with every option that one has.
 *
 * @module
 */

import {
  defineMeeting,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A meeting of so many for so long: a run without a scenario is this one. */
export const meeting: Scenario<TimedMeetingInput> = defineMeeting({
  name: "meeting",
  description: "So many meet for so long; a run without a scenario.",
});

if (import.meta.main) runAsProgram(import.meta.url);
