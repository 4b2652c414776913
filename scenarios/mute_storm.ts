/**
 * A mute storm: everyone mutes and unmutes at the same moment.
 *
 * @module
 */

import {
  defineScenario,
  MEETING_OPTIONS,
  type MeetingInput,
  option,
  runAsProgram,
  type Scenario,
} from "../kit.ts";

/** What a mute storm can be given. */
export interface MuteStormInput extends MeetingInput {
  /** Clients. @default {20} */
  readonly clients?: number;
  /** What they mute. @default {"audio"} */
  readonly kind?: "audio" | "video";
  /** How often. @default {5} */
  readonly rounds?: number;
  /** Time between one storm and the next. @default {"3s"} */
  readonly pause?: string;
}

/** A mute storm: all publishers mute at once, and unmute at once, again and again. */
export const muteStorm: Scenario<MuteStormInput> = defineScenario({
  name: "muteStorm",
  description: "All publishers mute at once, unmute at once, and again.",
  options: {
    clients: option.wholeNumber("clients", { default: 20, min: 1 }),
    kind: option.oneOf("what they mute", {
      words: ["audio", "video"],
      default: "audio",
    }),
    rounds: option.wholeNumber("how often", { default: 5, min: 1 }),
    pause: option.duration("time between one storm and the next", {
      default: "3s",
      min: "100ms",
    }),
    ...MEETING_OPTIONS,
  },
  async run(crowd, options) {
    await crowd.fill(options);
    await crowd.wait(options.pause);
    for (let round = 0; round < options.rounds; round++) {
      await crowd.mute(crowd.connected, options.kind);
      await crowd.wait(options.pause);
      await crowd.unmute(crowd.connected, options.kind);
      await crowd.wait(options.pause);
    }
  },
});

if (import.meta.main) runAsProgram(import.meta.url);
