/**
 * A classroom: one in five sends, everyone receives.
 *
 * @module
 */

import {
  defineScenario,
  MEETING_OPTIONS,
  MODE_PUBLISH_RATIOS,
  option,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** A classroom: one in five sends, everyone receives. */
export const classroom: Scenario<TimedMeetingInput> = defineScenario({
  name: "classroom",
  description: "One in five sends, everyone receives.",
  options: {
    clients: option.wholeNumber("clients", { default: 25, min: 1 }),
    duration: option.duration("media time once all are in", {
      default: "30s",
    }),
    ...MEETING_OPTIONS,
  },
  async run(crowd, options) {
    const publishRatio = MODE_PUBLISH_RATIOS.classroom;
    await crowd.fill({ ...options, publishRatio });
    await crowd.wait(options.duration);
  },
});

if (import.meta.main) runAsProgram(import.meta.url);
