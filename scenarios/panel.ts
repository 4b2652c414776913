/**
 * A panel: one in ten sends, everyone receives.
 *
 * @module
 */

import {
  defineMeeting,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A panel: one in ten sends, everyone receives. */
export const panel: Scenario<TimedMeetingInput> = defineMeeting({
  name: "panel",
  description: "One in ten sends, everyone receives.",
  defaults: { clients: 50, mode: "panel" },
});

if (import.meta.main) runAsProgram(import.meta.url);
