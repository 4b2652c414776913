/**
 * Churn: people leave all the time, and others take their places.
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

/** What churn can be given. */
export interface ChurnInput extends TimedMeetingInput {
  /** Departures a second, each replaced. @default {1} */
  readonly churnRate?: number;
  /** The share of clients that publishes. @default {1} */
  readonly publishRatio?: number;
}

/** Churn: a steady number of clients, of whom some leave each second and are replaced. */
export const churn: Scenario<ChurnInput> = defineScenario({
  name: "churn",
  description: "A steady crowd whose members leave and are replaced.",
  options: {
    clients: option.wholeNumber("clients", { default: 20, min: 1 }),
    duration: option.duration("how long they come and go", { default: "1m" }),
    churnRate: option.decimalNumber("departures a second, each replaced", {
      default: 1,
      max: 1000,
    }),
    publishRatio: option.decimalNumber("the share that publishes", {
      default: 1,
      max: 1,
    }),
    ...MEETING_OPTIONS,
  },
  async run(crowd, options) {
    const { clients: target, rampUp, duration } = options;
    await crowd.play({
      ...options,
      stages: [
        { durationMs: rampUp, target },
        { durationMs: duration, target },
      ],
    });
  },
});

if (import.meta.main) runAsProgram(import.meta.url);
