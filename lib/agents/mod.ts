/**
 * Agents: places on other machines, or in other processes of this one, where
 * clients run. A coordinator claims them, hands each its part, and puts
 * together what they count, whatever is lost on the way.
 *
 * It knows nodes, and how they are reached; it knows nothing of what clients
 * do there.
 *
 * @module
 */

export {
  listAgents,
  type Meeting,
  serveAgent,
  type ServeAgentOptions,
} from "./broker.ts";
export type { BrokerAccess } from "./link/mod.ts";
export {
  type AgentMember,
  type Agents,
  type AgentsChoice,
  openAgents,
} from "./open_agents.ts";
export { type Card } from "./protocol/mod.ts";
