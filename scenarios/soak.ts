/**
 * A soak: the same load for hours, to see what grows.
 *
 * @module
 */

import {
  defineScenario,
  formatBytes,
  MEETING_OPTIONS,
  option,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

/** What a soak can be given. */
export interface SoakInput extends TimedMeetingInput {
  /** Departures a second, each replaced. @default {0.05} */
  readonly churnRate?: number;
}

/** What grew. */
export interface SoakFindings {
  /** The server's resident memory after the first tenth, and at the end. */
  readonly rssBytes: { readonly first: number; readonly last: number };
  /** Its open files, likewise; `null` when they may not be counted. */
  readonly fds: {
    readonly first: number | null;
    readonly last: number | null;
  };
}

/** A soak: a moderate load for a long time; the growth of the server's memory and files is what counts. */
export const soak: Scenario<SoakInput, SoakFindings | null> = defineScenario({
  name: "soak",
  description: "A moderate load for a long time, to see what grows.",
  options: {
    clients: option.wholeNumber("clients", { default: 20, min: 1 }),
    duration: option.duration("how long", { default: "1h", min: "1s" }),
    churnRate: option.decimalNumber("departures a second, each replaced", {
      default: 0.05,
      max: 1000,
    }),
    ...MEETING_OPTIONS,
    thresholds: option.thresholds("what the run must keep to", {
      default: ["connected > 99%", "loss < 1% abort after 1m"],
    }),
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
    // The first tenth is warming up.
    const watched = crowd.timeline().flatMap(({ tSec, server }) =>
      server !== undefined && tSec * 1000 > rampUp + duration / 10
        ? [server]
        : []
    );
    const [first, last] = [watched.at(0), watched.at(-1)];
    if (first === undefined || last === undefined) return null;
    return {
      rssBytes: { first: first.rssBytes, last: last.rssBytes },
      fds: { first: first.fds, last: last.fds },
    };
  },
  describe: (found) =>
    found === null ? [] : [
      `the server's memory went from ${formatBytes(found.rssBytes.first)} to ${
        formatBytes(found.rssBytes.last)
      }`,
      `its open files from ${found.fds.first ?? "?"} to ${
        found.fds.last ?? "?"
      }`,
    ],
});

if (import.meta.main) runAsProgram(import.meta.url);
