/**
 * Before a run: whether what is to be watched is there, and carries the media.
 *
 * @module
 */

import type { ServerTarget } from "../load/mod.ts";
import type { Finding } from "../machine/mod.ts";
import {
  type MonitorTarget,
  type ProcessSample,
  startMonitor,
} from "../monitor/mod.ts";
import { holdsNoSockets } from "./media_check.ts";

/** Who does not answer for so long cannot be watched. */
const ANSWER_MS = 5_000;

/** How to look. */
export interface ExamineMonitorsOptions {
  /** What is to be watched. */
  readonly targets: readonly MonitorTarget[];
  /** Whether the server has opened a UDP socket for a client just now, which what carries the media must hold. */
  readonly mediaIsOpen: boolean;
  /** Bearer token for `/metrics`. */
  readonly token?: string | undefined;
  /** The server of the run: how connections are made. */
  readonly server?: ServerTarget | undefined;
}

/** A finding a target. */
export async function examineMonitors(
  { targets, mediaIsOpen, token, server }: ExamineMonitorsOptions,
): Promise<Finding[]> {
  const there = new Map<string, string>();
  const wrong = new Map<string, string>();
  const samples = new Map<string, ProcessSample>();
  await using monitor = startMonitor(targets, {
    ...(token !== undefined && { token }),
    ...(server !== undefined && { server }),
    onEvent(event) {
      switch (event.kind) {
        case "sample":
          if (event.sample.kind === "process") {
            const { target, udpSockets } = event.sample;
            // They are not counted at each look.
            const known = udpSockets ?? samples.get(target)?.udpSockets;
            samples.set(target, { ...event.sample, udpSockets: known ?? null });
          }
          return;
        case "found":
          there.set(event.target, event.message);
          return;
        case "gone":
        case "warning":
          wrong.set(event.target, event.message);
          return;
        default:
          event satisfies never;
      }
    },
  });
  // What is between two looks is a sample; over ssh the first look takes a login.
  const patience = AbortSignal.timeout(ANSWER_MS);
  await monitor.look(patience);
  await monitor.look(patience);
  // One that carries the media is enough: the others are watched for what they are.
  const carried = [...samples.values()]
    .some(({ udpSockets }) => (udpSockets ?? 0) > 0);
  return targets.map(({ text: target }): Finding => {
    const sample = samples.get(target);
    const misses = mediaIsOpen && !carried && sample?.udpSockets === 0;
    const problem = wrong.get(target) ??
      (misses ? holdsNoSockets(target, sample.processes[0]) : undefined);
    const text = there.get(target);
    const about = "monitor";
    if (problem === undefined && text !== undefined) {
      return {
        level: "good",
        about,
        text: described(text, sample),
        fix: null,
      };
    }
    return {
      level: "warning",
      about,
      text: problem?.replace(/\.$/, "") ??
        `${target} did not answer in ${ANSWER_MS / 1000} s`,
      fix: null,
    };
  });
}

function described(text: string, sample: ProcessSample | undefined): string {
  const sockets = sample?.udpSockets ?? null;
  return sockets === null
    ? text
    : `${text}, with ${sockets} UDP ${sockets === 1 ? "socket" : "sockets"}`;
}
