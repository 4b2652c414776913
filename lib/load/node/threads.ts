/**
 * The nodes of this machine: one on this thread, or one in each of several
 * workers.
 *
 * @module
 */

import { process } from "../deps.ts";
import { NodeGroup } from "./group.ts";
import type { LoadNode, NodeHandlers } from "./node.ts";
import { createLocalNode, systemNodeClock } from "./this_thread.ts";
import { WorkerNode } from "./worker_node.ts";

/** A node on this thread. */
export function openOnThisThread(
  name: string,
  handlers: NodeHandlers,
): LoadNode {
  return createLocalNode(name, "process", handlers);
}

/** A node in a worker. */
export function openInWorker(name: string, handlers: NodeHandlers): LoadNode {
  return new WorkerNode(name, import.meta.resolve("./worker.ts"), handlers);
}

/** Threads that start at one time: while one does, nothing else happens on the thread that starts it. */
export const START_TOGETHER = 4;

/** All of this machine's threads as one node. */
export function openThreads(
  name: string,
  threads: number,
  handlers: NodeHandlers,
): LoadNode {
  if (threads === 1) return openOnThisThread(name, handlers);
  return new NodeGroup({
    name,
    nodes: Array.from({ length: threads }, (_, i) => `${name}/worker-${i}`),
    openNode: openInWorker,
    startTogether: START_TOGETHER,
    clock: systemNodeClock,
    processCpuUs,
    handlers,
  });
}

/** CPU time of this process so far, in microseconds. */
export function processCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
