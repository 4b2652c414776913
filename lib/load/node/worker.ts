/**
 * What runs in a worker: one node of real clients.
 *
 * @module
 */

import { serveNode } from "./worker_node.ts";
import { createLocalNode } from "./this_thread.ts";

serveNode(
  globalThis as unknown as Worker,
  (name, handlers) => createLocalNode(name, "thread", handlers),
);
