/**
 * One conversation with a SimplestChat server: requests paired with replies,
 * deadlines, the rate limit, events fanned out; joining and coming back.
 *
 * It knows no packets, no transports beyond their messages, and no other
 * client.
 *
 * @module
 */

export {
  type Anomaly,
  Conversation,
  type ConversationOptions,
  type RequestOptions,
} from "./conversation.ts";
export { type JoinOptions, type JoinRequest, joinRoom } from "./join.ts";
export type { Operation } from "./operations.ts";
export {
  reconnectOrRejoin,
  type Returning,
  type Reunion,
} from "./reconnect.ts";
export { SignalingError, type SignalingErrorKind } from "./signaling_error.ts";
