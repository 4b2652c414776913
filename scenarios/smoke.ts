/**
 * A smoke test: the least that shows that a server works at all.
 *
 * @module
 */

import {
  defineMeeting,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A smoke test: a few clients for a few seconds, and everything must arrive. */
export const smoke: Scenario<TimedMeetingInput> = defineMeeting({
  name: "smoke",
  description: "A few clients for a few seconds; everything must arrive.",
  defaults: { clients: 2, duration: "5s", rampUp: "0s" },
  thresholds: ["connected == 100%", "errors == 0", "loss < 1%"],
});

if (import.meta.main) runAsProgram(import.meta.url);
