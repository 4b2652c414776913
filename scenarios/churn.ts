/**
 * Churn: people leave all the time, and others take their places.
 *
 * @module
 */

import {
  defineMeeting,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** Churn: a steady number of clients, of whom some leave each second and are replaced. */
export const churn: Scenario<TimedMeetingInput> = defineMeeting({
  name: "churn",
  description: "A steady crowd whose members leave and are replaced.",
  defaults: { clients: 20, duration: "1m", churnRate: 1 },
});

if (import.meta.main) runAsProgram(import.meta.url);
