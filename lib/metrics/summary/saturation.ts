/**
 * Whether the generator kept up. Where it did not, what was measured says
 * something about the generator rather than the server, and the run is
 * invalid.
 *
 * @module
 */

import { formatClock, formatCounted } from "../../text/mod.ts";
import { isAtNode } from "../client_rates.ts";
import { nameOf, seconds, standstillsOf, STEADY } from "../clock_health.ts";
import { counterOf, trendOf } from "../figures.ts";
import type { NodeLoss, NodePart, Snapshot } from "../snapshot.ts";
import type { GeneratorStandstill } from "./summary.ts";

/** What a generator that keeps up keeps to. */
const SATURATION_LIMITS = {
  /** At least this share of the packets that were due has been sent. */
  achievedRatio: 0.95,
  /** 95 % of the packets left no later than this after they were due: the time between two audio packets. */
  latenessP95Ms: 20,
  /** At most this share of the arriving packets was dropped by our own kernel, unread. */
  kernelDropRatio: 0.001,
  /** At most this share of the time it stood still. */
  standstillRatio: 0.1,
} as const;

/**
 * Of one node among several that is not too few to call it late: while its
 * code is cold it is late with the first that it sends.
 */
const ENOUGH_PACKETS = 1000;

/** From so much of a machine's cores on, it can do no more. */
const MACHINE_BUSY = 0.9;

/**
 * Why the run is invalid, in one sentence; `null` when the generator kept up:
 * all of it, and each node by itself, for among many one that does not is
 * not seen in what they all did together. `machineCpuRatio` is what all
 * programs used of this machine meanwhile, of what its cores could; `null`
 * when unknown.
 */
export function saturationOf(
  snapshot: Snapshot,
  machineCpuRatio: number | null = null,
): string | null {
  const { parts = [], generator: { lost = [] } } = snapshot;
  return unexpectedLosses(lost) ??
    onMachine(overloadOf(snapshot, "the generator", 0), machineCpuRatio) ??
    overloadAmong(parts) ?? standstillOf(snapshot) ??
    nobodyIn(snapshot, machineCpuRatio);
}

/** That nobody got in where the machine could do no more: whether the server would have let them in is not known. */
function nobodyIn(
  { clients }: Pick<Snapshot, "clients">,
  cpuRatio: number | null,
): string | null {
  if (cpuRatio === null || cpuRatio < MACHINE_BUSY) return null;
  const hasTried = clients.length > 0 &&
    clients.every(({ state, connectionSuccessful }) =>
      !connectionSuccessful && (state === "left" || state === "failed")
    );
  return hasTried
    ? `no client got connected, with this machine's cores ${
      percent(cpuRatio)
    } busy`
    : null;
}

function onMachine(why: string | null, cpuRatio: number | null): string | null {
  return why === null || cpuRatio === null || cpuRatio < MACHINE_BUSY
    ? why
    : `${why}, with this machine's cores ${percent(cpuRatio)} busy`;
}

/** Who was lost and may not be, with whom: what goes on with fewer measures something else; `null` where nobody was. */
export function unexpectedLosses(
  lost: readonly NodeLoss[] = [],
): string | null {
  return lost.every(({ isAllowed }) => isAllowed)
    ? null
    : lost.map(lossText).join("; ");
}

/** What a reader should know of those that were lost and may be, a sentence each. */
export function allowedLosses(lost: readonly NodeLoss[] = []): string[] {
  return lost.filter(({ isAllowed }) => isAllowed).map((loss) =>
    `${lossText(loss)}, which --allow-lost allows`
  );
}

/** Who was lost when, with how many clients, and why. */
function lossText({ node, atMs, clients, reason }: NodeLoss): string {
  return `${node} was lost at ${formatClock(atMs)} with ${
    formatCounted(clients, "client")
  }: ${reason}`;
}

/**
 * What became of one node of all of these, or what it did not keep up with,
 * in one sentence; `null` where it kept up.
 */
export function troubleOf(
  part: NodePart,
  { generator }: Pick<Snapshot, "generator">,
): string | null {
  const { lost = [] } = part.generator;
  if (lost.length > 0) return lost.map(lossText).join("; ");
  const { clock = STEADY, workers } = generator;
  const alone = standstillsOf(clock).find((one) =>
    isAlone(one, workers) &&
    one.nodes.some((node) => isAtNode({ node }, part.node))
  );
  return overloadAmong([part]) ??
    (alone === undefined ? null : aloneText(alone, workers));
}

function overloadAmong(parts: readonly NodePart[]): string | null {
  for (const part of parts) {
    const why = overloadOf(part, part.node, ENOUGH_PACKETS) ??
      overloadAmong(part.parts ?? []);
    if (why !== null) return why;
  }
  return null;
}

/** What a node did not keep up with; `null` when it did. It was late only if it sent so many packets. */
function overloadOf(
  node: Pick<Snapshot, "counters" | "generator" | "trends">,
  name: string,
  enoughPackets: number,
): string | null {
  const planned = counterOf(node, "packetsPlanned") -
    counterOf(node, "packetsSkipped") -
    counterOf(node, "packetsWithoutPath");
  const sent = counterOf(node, "packetsSent");
  if (sent < planned * SATURATION_LIMITS.achievedRatio) {
    return `${name} sent only ${
      percent(sent / planned)
    } of the packets that were due`;
  }
  const p95Ms = trendOf(node, "lateness").percentile(95) / 1000;
  if (sent >= enoughPackets && p95Ms > SATURATION_LIMITS.latenessP95Ms) {
    return `${name} sent 5 % of its packets ${
      p95Ms.toFixed(1)
    } ms late or more`;
  }
  const drops = node.generator.kernelDrops ?? 0;
  const arrived = counterOf(node, "packetsReceived") + drops;
  if (drops > arrived * SATURATION_LIMITS.kernelDropRatio) {
    return `${name}'s kernel dropped ${formatCounted(drops, "packet")} (${
      percent(drops / arrived)
    }) before they could be read`;
  }
  return null;
}

/** Why it stood still for too long, or harmed clients by it; `null` when not. */
function standstillOf({ atMs, generator }: Snapshot): string | null {
  const { clock = STEADY, workers } = generator;
  const standstills = standstillsOf(clock);
  // What some of them missed is time that went on for the others.
  const stoodMs = standstills.reduce(
    (sum, one) => isAlone(one, workers) ? sum : sum + one.ms,
    0,
  );
  if (stoodMs > (atMs + stoodMs) * SATURATION_LIMITS.standstillRatio) {
    return `the generator stood still for ${seconds(stoodMs)} of ${
      seconds(atMs + stoodMs)
    }`;
  }
  if (clock.clientsLost > 0) {
    const { clientsLost } = clock;
    const [longest] = standstills.toSorted((a, b) => b.ms - a.ms);
    return `${stoodText(longest, workers)}, and ${clientsLost} client${
      clientsLost === 1 ? " was" : "s were"
    } lost by it`;
  }
  // Who goes on meanwhile misses what it sends, and that cannot be left out.
  const alone = standstills.find((one) => isAlone(one, workers));
  return alone === undefined ? null : aloneText(alone, workers);
}

/** Whether others went on meanwhile. */
function isAlone({ nodes }: GeneratorStandstill, workers: number): boolean {
  return nodes.length < workers;
}

function aloneText(standstill: GeneratorStandstill, workers: number): string {
  return `${stoodText(standstill, workers)} while others went on`;
}

function stoodText(standstill: GeneratorStandstill, workers: number): string {
  return `${nameOf(standstill, workers)} stood still for ${
    seconds(standstill.ms)
  } at ${formatClock(standstill.atMs)}`;
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}
