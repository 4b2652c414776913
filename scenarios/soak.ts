/**
 * A soak: the same load for hours, to see what grows.
 *
 * @module
 */

import {
  defineMeeting,
  formatBytes,
  runAsProgram,
  type Scenario,
  type TimedMeetingInput,
} from "../kit.ts";

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
export const soak: Scenario<TimedMeetingInput, SoakFindings | null> =
  defineMeeting({
    name: "soak",
    description: "A moderate load for a long time, to see what grows.",
    defaults: { clients: 20, duration: "1h", churnRate: 0.05 },
    thresholds: ["connected > 99%", "loss < 1% abort after 1m"],
    finding(crowd, { rampUp, duration }) {
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
        `the server's memory went from ${
          formatBytes(found.rssBytes.first)
        } to ${formatBytes(found.rssBytes.last)}`,
        `its open files from ${found.fds.first ?? "?"} to ${
          found.fds.last ?? "?"
        }`,
      ],
  });

if (import.meta.main) runAsProgram(import.meta.url);
