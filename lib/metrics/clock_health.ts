/**
 * What was noticed of time itself while a run was on: nodes that stood still,
 * wall clocks that were set, and clocks of other machines that differ from
 * ours. What went by meanwhile is in no figure; here is what is said of it.
 *
 * @module
 */

import { formatClock, formatCounted } from "../text/mod.ts";
import type { GeneratorStandstill } from "./summary/summary.ts";

/** A node stood still. */
export interface NodeStandstill {
  /** Its name. */
  readonly node: string;
  /** When, in milliseconds since the run began, standstills before it left out. */
  readonly atMs: number;
  /** For how long. */
  readonly ms: number;
}

/** A node's wall clock was set. */
export interface NodeWallJump {
  /** The node's name. */
  readonly node: string;
  /** When it was noticed, in milliseconds since the run began. */
  readonly atMs: number;
  /** On, or back where it is negative. */
  readonly byMs: number;
}

/** Latencies that cannot be: a sender's clock differs from ours. */
export interface ClockDifference {
  /** Packets that had one. */
  readonly packets: number;
  /** The least latency by those clocks, in milliseconds: negative where one is ahead. */
  readonly leastMs: number;
  /** The most. */
  readonly mostMs: number;
}

/** What a node noticed of time, or several. */
export interface ClockHealth {
  /** When nodes stood still, in the order of time. */
  readonly standstills: readonly NodeStandstill[];
  /** When wall clocks were set, in the order of time. */
  readonly wallJumps: readonly NodeWallJump[];
  /** Clients that lost their connection after a standstill. */
  readonly clientsLost: number;
  /** `null` where all clocks agree. */
  readonly difference: ClockDifference | null;
}

/** Time of which nothing was noticed. */
export const STEADY: ClockHealth = {
  standstills: [],
  wallJumps: [],
  clientsLost: 0,
  difference: null,
};

/** Nodes that are stopped together notice it so soon after one another. */
const TOGETHER_MS = 1500;

/** What two nodes noticed. */
export function mergeClockHealth(a: ClockHealth, b: ClockHealth): ClockHealth {
  return {
    standstills: [...a.standstills, ...b.standstills].sort(byTime),
    wallJumps: [...a.wallJumps, ...b.wallJumps].sort(byTime),
    clientsLost: a.clientsLost + b.clientsLost,
    difference: a.difference === null || b.difference === null
      ? a.difference ?? b.difference
      : {
        packets: a.difference.packets + b.difference.packets,
        leastMs: Math.min(a.difference.leastMs, b.difference.leastMs),
        mostMs: Math.max(a.difference.mostMs, b.difference.mostMs),
      },
  };
}

/** What was noticed since `before`, which one snapshot of the same nodes had at `beforeMs`. */
export function clockHealthSince(
  before: ClockHealth,
  beforeMs: number,
  after: ClockHealth,
): ClockHealth {
  const isLater = ({ atMs }: { readonly atMs: number }) => atMs >= beforeMs;
  return {
    standstills: after.standstills.filter(isLater),
    wallJumps: after.wallJumps.filter(isLater),
    clientsLost: after.clientsLost - before.clientsLost,
    difference: after.difference,
  };
}

/** Standstills of several nodes, those that were one taken together, in the order of time. */
export function standstillsOf(
  { standstills }: ClockHealth,
): GeneratorStandstill[] {
  const joined: GeneratorStandstill[] = [];
  for (const { node, atMs, ms } of standstills) {
    const at = joined.findIndex((one) =>
      Math.abs(atMs - one.atMs) < TOGETHER_MS && !one.nodes.includes(node)
    );
    if (at < 0) {
      joined.push({ atMs, ms, nodes: [node] });
      continue;
    }
    const one = joined[at];
    joined[at] = {
      atMs: one.atMs,
      ms: Math.max(one.ms, ms),
      nodes: [...one.nodes, node],
    };
  }
  return joined;
}

/** The jumps of wall clocks; nodes of one machine see the same one. */
export function wallJumpsOf({ wallJumps }: ClockHealth): NodeWallJump[] {
  const told: NodeWallJump[] = [];
  for (const jump of wallJumps) {
    const isSame = told.some((one) =>
      one.node !== jump.node && Math.abs(one.atMs - jump.atMs) < TOGETHER_MS &&
      Math.abs(one.byMs - jump.byMs) < 5
    );
    if (!isSame) told.push(jump);
  }
  return told;
}

/** Things that are told one by one, at most. */
const MAX_TOLD = 3;

/** What a person should know of it, one sentence each; `workers` is how many threads drive clients. */
export function clockNotes(health: ClockHealth, workers: number): string[] {
  const standstills = standstillsOf(health);
  const jumps = wallJumpsOf(health);
  return [
    ...standstills.slice(0, MAX_TOLD).map((one) =>
      `${nameOf(one, workers)} stood still for ${seconds(one.ms)} at ${
        formatClock(one.atMs)
      }; ${
        one.nodes.length < workers
          ? "what others missed of its clients then is not the server's doing"
          : "those seconds are left out"
      }`
    ),
    ...further(
      standstills.slice(MAX_TOLD),
      (rest) =>
        `it stood still ${times(rest.length)} more, for ${
          seconds(sum(rest.map(({ ms }) => ms)))
        } in all`,
    ),
    ...jumps.slice(0, MAX_TOLD).map(({ atMs, byMs }) =>
      `the wall clock jumped by ${signed(byMs)} at ${
        formatClock(atMs)
      }; no figure follows it`
    ),
    ...further(
      jumps.slice(MAX_TOLD),
      (rest) =>
        `it jumped ${times(rest.length)} more, by ${
          signed(sum(rest.map(({ byMs }) => byMs)))
        } in all`,
    ),
    ...(health.difference === null ? [] : [differing(health.difference)]),
  ];
}

/** "the generator", or the workers that stood still while others went on. */
export function nameOf(
  { nodes }: GeneratorStandstill,
  workers: number,
): string {
  return nodes.length < workers ? nodes.join(", ") : "the generator";
}

/** `2.0 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function differing({ packets, leastMs, mostMs }: ClockDifference): string {
  const apart = leastMs < 0 && mostMs > 0
    ? `${signed(leastMs)} to ${signed(mostMs)}`
    : signed(leastMs < 0 ? leastMs : mostMs);
  return `clocks of other senders differ from ours by about ${apart}; the latency of ${
    formatCounted(packets, "packet")
  } is left out`;
}

function signed(ms: number): string {
  const sign = ms < 0 ? "-" : "+";
  const size = Math.abs(ms);
  return size < 10_000
    ? `${sign}${Math.round(size)} ms`
    : `${sign}${(size / 1000).toFixed(1)} s`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function further<T>(
  rest: readonly T[],
  say: (rest: readonly T[]) => string,
): string[] {
  return rest.length === 0 ? [] : [say(rest)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function byTime<T extends { readonly atMs: number; readonly node: string }>(
  a: T,
  b: T,
): number {
  return a.atMs - b.atMs || (a.node < b.node ? -1 : a.node > b.node ? 1 : 0);
}
