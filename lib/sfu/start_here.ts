/**
 * The embedded server in this process, loaded only where one is started.
 *
 * @module
 */

import type { SfuOptions } from "./options.ts";
import type { LocalSfu } from "./start_sfu.ts";

/**
 * Starts a server in this process. Its signaling, and all of a `werift`
 * engine, then share this thread: measure against `spawnSfu`.
 *
 * @throws {TypeError} When there is no such engine or protocol.
 * @throws {Error} When the port is taken or the engine cannot start.
 */
export async function startSfu(options: SfuOptions): Promise<LocalSfu> {
  const server = await import("./start_sfu.ts");
  return await server.startSfu(options);
}
