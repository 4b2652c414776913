/**
 * A webinar: one in a hundred sends, everyone receives.
 *
 * @module
 */

import {
  defineMeeting,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A webinar: one in a hundred sends, everyone receives. */
export const webinar: Scenario<TimedMeetingInput> = defineMeeting({
  name: "webinar",
  description: "One in a hundred sends, everyone receives.",
  defaults: { clients: 100, mode: "webinar" },
});

if (import.meta.main) runAsProgram(import.meta.url);
