/**
 * CPU of the mediasoup worker, and of this process, for each RTP packet that
 * the server gets and sends.
 *
 * @module
 */

import type { Sfu } from "../../mod.ts";
import type { SfuStats } from "../../lib/sfu/mod.ts";
import { cpuUsOf, ownCpuUs } from "./cpu.ts";

/** By packet; of a stretch. */
export interface Cost {
  readonly serverUs: number;
  readonly generatorUs: number;
  readonly packetsPerSecond: number;
}

/** Looks at a server for so long. */
export async function costOf(sfu: Sfu, forMs: number): Promise<Cost> {
  const look = async () => ({
    packets: packetsOf(await sfu.stats()),
    // The worker's: the first process has the signaling.
    serverUs: cpuUsOf(sfu.pids.slice(1)),
    ownUs: ownCpuUs(),
    ms: performance.now(),
  });
  const from = await look();
  await pass(forMs);
  const to = await look();
  const packets = to.packets - from.packets;
  return {
    serverUs: (to.serverUs - from.serverUs) / packets,
    generatorUs: (to.ownUs - from.ownUs) / packets,
    packetsPerSecond: packets / (to.ms - from.ms) * 1000,
  };
}

/** Resolves later. */
export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function packetsOf({ producers, consumers }: SfuStats): number {
  return [...producers, ...consumers]
    .reduce((sum, { packets }) => sum + packets, 0);
}
