/**
 * A classroom: one in five sends, everyone receives.
 *
 * @module
 */

import {
  defineMeeting,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A classroom: one in five sends, everyone receives. */
export const classroom: Scenario<TimedMeetingInput> = defineMeeting({
  name: "classroom",
  description: "One in five sends, everyone receives.",
  defaults: { clients: 25, mode: "classroom" },
});

if (import.meta.main) runAsProgram(import.meta.url);
