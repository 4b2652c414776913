/**
 * What runs in a worker: one node of real clients.
 *
 * @module
 */

import { guardThread } from "../../signaling/adapted/mod.ts";
import { serveNode } from "./worker_node.ts";
import { createLocalNode } from "./this_thread.ts";

guardThread();
serveNode(
  globalThis as unknown as Worker,
  (name, handlers) => createLocalNode(name, "thread", handlers),
);
