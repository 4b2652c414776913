/**
 * The one place that picks a signaling protocol, once somebody is to speak it.
 * Everybody else knows the port alone.
 *
 * @module
 */

import type { OpenSession } from "../../signaling/port.ts";
import type { SimplestChatDoors } from "../../signaling/simplestchat/mod.ts";
import type { ServerTarget } from "./node.ts";

const adapter = () => import("../../signaling/simplestchat/mod.ts");

/** The sessions of a server. */
export async function openSessions(
  server: ServerTarget,
  doors: SimplestChatDoors,
): Promise<OpenSession> {
  return (await adapter()).simplestChat(server, doors);
}

/** Resolves when the server has been reached; rejects with an `UnreachableError`. */
export async function reachServer(
  server: ServerTarget,
  signal: AbortSignal | undefined,
): Promise<void> {
  await (await adapter()).reachSimplestChat(server, signal);
}
