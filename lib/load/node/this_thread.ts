/**
 * The node of this thread, and its time. What clients are made of, and DTLS
 * with it, is loaded once there are any.
 *
 * @module
 */

import { readClockFacts, readMachineFacts } from "../../machine/mod.ts";
import { fineWall, systemClock } from "../../time/mod.ts";
import { openDumpFiles } from "./dump_files.ts";
import type { CpuScope } from "./host.ts";
import { LocalNode, type NodeClock } from "./local_node.ts";
import type { NodeHandlers } from "./node.ts";

/** The system's time. */
export const systemNodeClock: NodeClock = {
  nowMs: systemClock.nowMs,
  wallNowMs: () => fineWall.nowMs(),
  setTimer: systemClock.setTimer,
};

/** Milliseconds since 1970 as they are now, gone on by the node's clock: they do not follow when the wall clock is set. */
export function steadyWallClock(
  clock: Pick<NodeClock, "nowMs" | "wallNowMs"> = systemNodeClock,
): () => number {
  const aheadMs = clock.wallNowMs() - clock.nowMs();
  return () => clock.nowMs() + aheadMs;
}

/** A node that runs real clients on this thread. */
export function createLocalNode(
  name: string,
  cpu: CpuScope,
  handlers: NodeHandlers,
): LocalNode {
  return new LocalNode({
    name,
    clock: systemNodeClock,
    async openHost(plan, meter) {
      const { openHost } = await import("./host.ts");
      return await openHost(plan, meter, cpu);
    },
    handlers,
    readMachine: () => ({
      machine: readMachineFacts(),
      clock: readClockFacts(),
    }),
    openDump: openDumpFiles,
  });
}
