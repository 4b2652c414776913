/**
 * The watcher of one target: readings and failures in, events out. It does
 * no I/O and knows no time but what it is given, so every story of a server
 * that dies, comes back or cannot be reached is a list of readings.
 *
 * @module
 */

import { messageOf } from "../text/mod.ts";
import { deriveMetrics, type HttpReading } from "./http.ts";
import type { ProcReading, TreeReading } from "./proc.ts";
import { deriveSample, sameServer, type ServerSample } from "./sample.ts";

/** What a monitor tells. */
export type MonitorEvent = MonitorSample | MonitorNote;

/** A sample was taken. */
export interface MonitorSample {
  /** A sample. */
  readonly kind: "sample";
  /** The figures. */
  readonly sample: ServerSample;
}

/** Something happened to a server, or to the way to it. */
export interface MonitorNote {
  /**
   * `found`: the server is there, for the first time or again; `gone`: it is
   * not there, or no more; `warning`: it could not be looked at.
   */
  readonly kind: "found" | "gone" | "warning";
  /** The target as it was written. */
  readonly target: string;
  /** Wall-clock time in milliseconds since 1970. */
  readonly atMs: number;
  /** One line for a person. */
  readonly message: string;
}

/** One look at a server, by whatever way. */
export type Reading = ProcReading | HttpReading;

/** Follows one target. */
export interface Watcher {
  /** Takes one look in. */
  take(reading: Reading): void;
  /** The way to the server broke; looks begin anew after it. */
  fail(error: unknown): void;
}

/** A watcher that tells `tell` of the target called `name`. */
export function createWatcher(
  name: string,
  now: () => number,
  tell: (event: MonitorEvent) => void,
): Watcher {
  let state: "unknown" | "up" | "gone" = "unknown";
  let tree: TreeReading | undefined;
  let http:
    | { readonly reading: HttpReading; readonly atMs: number }
    | undefined;
  let warned = "";

  const note = (kind: MonitorNote["kind"], message: string) =>
    tell({ kind, target: name, atMs: now(), message });
  const found = (message: string) => {
    state = "up";
    note("found", message);
  };
  const gone = (reason: string) => {
    tree = undefined;
    http = undefined;
    if (state === "gone") return;
    note("gone", state === "up" ? `Server gone: ${reason}` : reason);
    state = "gone";
  };
  const warn = (message: string) => {
    if (message === warned) return;
    warned = message;
    note("warning", message);
  };

  const takeTree = (after: TreeReading) => {
    warned = "";
    if (tree !== undefined && !sameServer(tree, after)) {
      gone(`${name} was process ${tree.rootPid}`);
    }
    if (state !== "up") {
      const root = after.processes[0];
      found(`${name} is process ${after.rootPid} (${root?.name ?? "?"})`);
    }
    if (tree !== undefined) {
      tell({
        kind: "sample",
        sample: deriveSample(name, now(), tree, after),
      });
    }
    tree = after;
  };

  const takeHttp = (reading: HttpReading) => {
    const atMs = now();
    if (state !== "up") found(`${name} answers`);
    if (reading.problems.length === 0) warned = "";
    else warn(reading.problems.join("; "));
    const { health, values } = reading;
    // A wall clock may be set back meanwhile.
    const intervalMs = http === undefined ? 0 : Math.max(0, atMs - http.atMs);
    const metrics = values &&
      deriveMetrics(values, http?.reading.values, intervalMs);
    tell({
      kind: "sample",
      sample: {
        kind: "http",
        atMs,
        target: name,
        intervalMs,
        ...health && { health },
        ...metrics && { metrics },
      },
    });
    http = { reading, atMs };
  };

  return {
    take(reading) {
      switch (reading.kind) {
        case "tree":
          return takeTree(reading);
        case "http":
          return takeHttp(reading);
        case "absent":
          warned = "";
          return gone(reading.reason);
      }
    },
    fail(error) {
      tree = undefined;
      http = undefined;
      state = "unknown";
      warn(messageOf(error));
    },
  };
}
