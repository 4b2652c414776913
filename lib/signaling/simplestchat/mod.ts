/**
 * SimplestChat's signaling: the adapter behind the port, and what it is made
 * of, one conversation with the server: requests paired with replies,
 * deadlines, the rate limit, events fanned out; joining and coming back.
 *
 * It knows no packets, no transports beyond their messages, and no other
 * client.
 *
 * @module
 */

export {
  reachSimplestChat,
  simplestChat,
  type SimplestChatDoors,
} from "./adapter.ts";
export { OPERATIONS, SCHEMES } from "./operations.ts";
