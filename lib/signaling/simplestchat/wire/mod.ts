/**
 * The wire: every message between a client and the SimplestChat server as a
 * schema with its inferred type, which reply answers which request, and the
 * limits and error texts that both ends know.
 *
 * It knows no sockets, no time, no randomness and no state.
 *
 * @module
 */

export type { ClientMessage, ClientMessageOf } from "./client_messages.ts";
export {
  canConcern,
  consumerLimitOf,
  isCodecMismatch,
  isConsumerLimit,
  isNotInRoom,
  isRateLimit,
  isRoomRace,
  RATE_LIMIT_ERROR,
} from "./errors.ts";
export {
  IDLE_TIMEOUT_MS,
  MAX_CHAT_BYTES,
  MAX_CONSUMERS_PER_JOIN,
  MAX_FRAMES_PER_SECOND,
  MAX_MESSAGE_BYTES,
  MAX_PARTICIPANT_NAME_BYTES,
  MAX_ROOM_ID_BYTES,
  MAX_TARGET_ID_BYTES,
  RECONNECT_GRACE_MS,
  utf8Length,
} from "./limits.ts";
export {
  parseClientMessage,
  type Parsed,
  parseServerMessage,
} from "./parse.ts";
export {
  answers,
  couldAnswer,
  couldBeReplyTo,
  type Notice,
  type ReplyTo,
  type Request,
  type RequestType,
} from "./replies.ts";
export type { ParticipantInfo, RoomSettings } from "./room_schemas.ts";
export type { ServerMessage, ServerMessageOf } from "./server_messages.ts";
