/** The numbers that both ends of the wire hold each other to. */

/** The longest message that the server reads; a longer one ends the connection in silence. */
export const MAX_MESSAGE_BYTES = 65_536;
/** Text frames a second that the server accepts from one connection; also its burst. */
export const MAX_FRAMES_PER_SECOND = 100;
/** A connection without any inbound frame for this long is dropped by the server. */
export const IDLE_TIMEOUT_MS = 300_000;
/** How long a participant whose socket died stays in the room. */
export const RECONNECT_GRACE_MS = 30_000;
/** Consumers that one participant may create in one join; closed ones count too. */
export const MAX_CONSUMERS_PER_JOIN = 16;

/** The longest room id, in UTF-8 bytes; the shortest is 1. */
export const MAX_ROOM_ID_BYTES = 128;
/** The longest participant name, in UTF-8 bytes; the shortest is 1. */
export const MAX_PARTICIPANT_NAME_BYTES = 64;
/** The longest id of a moderation target, in UTF-8 bytes; the shortest is 1. */
export const MAX_TARGET_ID_BYTES = 128;
/** The longest chat message, in UTF-8 bytes; the shortest is 1. */
export const MAX_CHAT_BYTES = 4096;

const encoder = new TextEncoder();

/** The length of `text` as the server counts it: in UTF-8 bytes, not in characters. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}
