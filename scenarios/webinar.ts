/**
 * A webinar: one in a hundred sends, everyone receives.
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

/** A webinar: one in a hundred sends, everyone receives. */
export const webinar: Scenario<TimedMeetingInput> = defineScenario({
  name: "webinar",
  description: "One in a hundred sends, everyone receives.",
  options: {
    clients: option.wholeNumber("clients", { default: 100, min: 1 }),
    duration: option.duration("media time once all are in", {
      default: "30s",
    }),
    ...MEETING_OPTIONS,
  },
  async run(crowd, options) {
    const publishRatio = MODE_PUBLISH_RATIOS.webinar;
    await crowd.fill({ ...options, publishRatio });
    await crowd.wait(options.duration);
  },
});

if (import.meta.main) runAsProgram(import.meta.url);
