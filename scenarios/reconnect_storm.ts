/**
 * A reconnect storm: all channels are cut at once, and everyone comes back at
 * once.
 *
 * @module
 */

import {
  defineScenario,
  isSettled,
  MEETING_OPTIONS,
  type MeetingInput,
  option,
  type Recovery,
  recoveryLines,
  recoveryOf,
  runAsProgram,
  type Scenario,
  withRecovery,
} from "../kit.ts";

/** What a reconnect storm can be given. */
export interface ReconnectStormInput extends MeetingInput {
  /** Clients. @default {20} */
  readonly clients?: number;
  /** Media time before the cut. @default {"5s"} */
  readonly before?: string;
  /** How long clients may need. @default {"45s"} */
  readonly patience?: string;
  /** Media time after all are back. @default {"5s"} */
  readonly after?: string;
}

/** A reconnect storm: all channels are cut at once; how long until each client's media flows again. */
export const reconnectStorm: Scenario<ReconnectStormInput, Recovery> =
  defineScenario({
    name: "reconnectStorm",
    description:
      "All channels are cut at once; how long until media flows again.",
    options: {
      clients: option.wholeNumber("clients", { default: 20, min: 1 }),
      before: option.duration("media time before the cut", { default: "5s" }),
      patience: option.duration("how long clients may need", {
        // A server may keep who was cut off in the room for half a minute, and
        // send that silence to those who are back first.
        default: "45s",
        min: "1s",
      }),
      after: option.duration("media time after all are back", {
        default: "5s",
      }),
      ...MEETING_OPTIONS,
      thresholds: option.thresholds("what the run must keep to", {
        default: ["connected == 100%"],
      }),
    },
    async run(crowd, options) {
      await crowd.fill(options);
      await crowd.wait(options.before);
      const present = crowd.connected;
      const before = crowd.snapshot();
      await crowd.cut(present);
      await crowd.until(
        (snapshot) => isSettled(snapshot, present, before),
        options.patience,
      );
      await crowd.wait(options.after);
      return recoveryOf(crowd.snapshot(), present, before);
    },
    judge: withRecovery,
    describe: recoveryLines,
  });

if (import.meta.main) runAsProgram(import.meta.url);
