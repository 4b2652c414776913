/**
 * Agents at a broker. What they are made of, and a broker's library, is loaded
 * once somebody wants one.
 *
 * @module
 */

import type { Card, Meeting, ServeAgentOptions } from "../agents/mod.ts";

/** Is an agent until it is ended. Throws an `Error` in one line when it cannot be one. */
export async function serveAgent(options: ServeAgentOptions): Promise<void> {
  const agents = await import("../agents/mod.ts");
  await agents.serveAgent(options);
}

/** Who is there. Throws an `Error` in one line where that cannot be found out. */
export async function listAgents(meeting: Meeting): Promise<Card[]> {
  const agents = await import("../agents/mod.ts");
  return await agents.listAgents(meeting);
}
