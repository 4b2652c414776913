/**
 * A ramp: as many clients as a list of stages says, when it says so.
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
  type StageInput,
} from "../kit.ts";

const { rampUp: _, ...meeting } = MEETING_OPTIONS;

/** What a ramp can be given. */
export interface RampInput extends Omit<MeetingInput, "rampUp"> {
  /** How many clients when; as text, `30s:20,1m:20,10s:0`. */
  readonly stages?: readonly StageInput[] | string;
  /** The share of them that publishes. @default {1} */
  readonly publishRatio?: number;
}

/** A ramp: clients come and go by stages, each moving their number in a straight line. */
export const ramp: Scenario<RampInput> = defineScenario({
  name: "ramp",
  description: "Clients come and go by stages: up, hold, down, as you like.",
  options: {
    stages: option.stages("how many clients when", {
      default: [
        { duration: "30s", target: 20 },
        { duration: "1m", target: 20 },
        { duration: "10s", target: 0 },
      ],
    }),
    publishRatio: option.decimalNumber("the share that publishes", {
      default: 1,
      max: 1,
    }),
    ...meeting,
  },
  peak: ({ stages }) => Math.max(...stages.map(({ target }) => target)),
  async run(crowd, options) {
    await crowd.play(options);
  },
});

if (import.meta.main) runAsProgram(import.meta.url);
