/**
 * A smoke test: the least that shows that a server works at all.
 *
 * @module
 */

import {
  defineScenario,
  MEETING_OPTIONS,
  option,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A smoke test: a few clients for a few seconds, and everything must arrive. */
export const smoke: Scenario<TimedMeetingInput> = defineScenario({
  name: "smoke",
  description: "A few clients for a few seconds; everything must arrive.",
  options: {
    clients: option.wholeNumber("clients", { default: 2, min: 1 }),
    duration: option.duration("media time once all are in", { default: "5s" }),
    ...MEETING_OPTIONS,
    rampUp: option.duration("time over which clients join", { default: "0s" }),
    thresholds: option.thresholds("what the run must keep to", {
      default: ["connected == 100%", "errors == 0", "loss < 1%"],
    }),
  },
  async run(crowd, options) {
    await crowd.fill(options);
    await crowd.wait(options.duration);
  },
});

if (import.meta.main) runAsProgram(import.meta.url);
