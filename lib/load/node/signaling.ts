/**
 * The one place that picks a signaling protocol, once somebody is to speak it.
 * Everybody else knows the port alone.
 *
 * @module
 */

import type { OpenSession } from "../../signaling/port.ts";
import type { SimplestChatDoors } from "../../signaling/simplestchat/mod.ts";
import {
  OPERATIONS,
  SCHEMES,
  USUAL_URL,
} from "../../signaling/simplestchat/operations.ts";
import type { ServerTarget } from "./node.ts";

/** The names under which requests are measured; the first is that of joining. */
export const SIGNALING_OPERATIONS: readonly string[] = OPERATIONS;

/** What the URL of a server begins with. */
export const SERVER_SCHEMES: readonly string[] = SCHEMES;

/** Where a server of this machine usually is. */
export const USUAL_SERVER: string = USUAL_URL;

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
