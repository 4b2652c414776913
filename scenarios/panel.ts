/**
 * A panel: one in ten sends, everyone receives.
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

/** A panel: one in ten sends, everyone receives. */
export const panel: Scenario<TimedMeetingInput> = defineScenario({
  name: "panel",
  description: "One in ten sends, everyone receives.",
  options: {
    clients: option.wholeNumber("clients", { default: 50, min: 1 }),
    duration: option.duration("media time once all are in", {
      default: "30s",
    }),
    ...MEETING_OPTIONS,
  },
  async run(crowd, options) {
    const publishRatio = MODE_PUBLISH_RATIOS.panel;
    await crowd.fill({ ...options, publishRatio });
    await crowd.wait(options.duration);
  },
});

if (import.meta.main) runAsProgram(import.meta.url);
