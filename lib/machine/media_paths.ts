/**
 * The server's addresses for media, as each of them answered.
 *
 * @module
 */

import type { Finding } from "./findings.ts";

/** How one of them answered; they come in the order in which clients try them. */
export interface MediaPath {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  /** How long its answer took, in milliseconds; `undefined` without one. */
  readonly roundTripMs: number | undefined;
  /** Why it did not answer, as a part of a sentence. */
  readonly problem: string | undefined;
}

const ABOUT = "media path";

/** Which of them clients will take, and which only cost them time. */
export function findMediaPaths(paths: readonly MediaPath[]): Finding[] {
  const firstAlive = paths.findIndex(isAlive);
  if (firstAlive < 0) {
    const problems = paths.map((path) => `${where(path)}: ${why(path)}`);
    return [{
      level: "problem",
      about: ABOUT,
      text: `no address of the server can be reached (${problems.join("; ")})`,
      fix: null,
    }];
  }
  return paths.map((path, i): Finding => {
    if (isAlive(path)) {
      const ms = path.roundTripMs!.toPrecision(2);
      return {
        level: "good",
        about: ABOUT,
        text: `${where(path)} answers in ${Number(ms)} ms`,
        fix: null,
      };
    }
    return i < firstAlive
      ? {
        level: "warning",
        about: ABOUT,
        text: `${where(path)}: ${why(path)}, and clients try it first`,
        fix: null,
      }
      : {
        level: "good",
        about: ABOUT,
        text: `${where(path)}: ${why(path)}; clients take another`,
        fix: null,
      };
  });
}

function isAlive({ roundTripMs, problem }: MediaPath): boolean {
  return roundTripMs !== undefined && problem === undefined;
}

function where({ protocol, address, port }: MediaPath): string {
  return `${protocol} ${
    address.includes(":") ? `[${address}]` : address
  }:${port}`;
}

function why({ problem = "no answer" }: MediaPath): string {
  return problem;
}
