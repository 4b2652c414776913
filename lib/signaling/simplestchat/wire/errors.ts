/**
 * The server's `error` messages, as far as anyone has to tell them apart. An
 * error names neither a request nor a code, only a text, so texts it is.
 */

import type { ClientMessage, ClientMessageType } from "./client_messages.ts";

/** The one error that answers nothing: the server threw a frame away unread. */
export const RATE_LIMIT_ERROR = "Rate limit exceeded: max 100 messages/second";

/** Whether the server threw a frame away because too many came at once. */
export function isRateLimit(error: string): boolean {
  return error.startsWith("Rate limit exceeded");
}

/**
 * Whether a join met one of the two races of room creation and removal. The
 * room is as good as any other a moment later: join again.
 */
export function isRoomRace(error: string): boolean {
  return error.includes("Router already exists") ||
    error.includes("Router not found");
}

/** Whether a `consume` went over the server's cap of consumers per join. */
export function isConsumerLimit(error: string): boolean {
  return error.includes("Consumer limit reached");
}

/** The cap that such an error names; `undefined` when it names none. */
export function consumerLimitOf(error: string): number | undefined {
  const named = /Consumer limit reached \((\d+)\)/.exec(error)?.[1];
  return named === undefined ? undefined : Number(named);
}

/** Whether a `consume` failed because its sender and its receiver have no codec in common. */
export function isCodecMismatch(error: string): boolean {
  return /no compatible media codecs|unsupported codec/i.test(error);
}

/** Whether the server says that we are in no room: it has put us out, or begun anew. */
export function isNotInRoom(error: string): boolean {
  return /(?:^|: )(?:Not in a room|Participant not found)/.test(error);
}

/**
 * Whether `error` can be about `message`. Most texts could be about anything;
 * those that cannot keep the error of a chat message, say, from failing the
 * request that happens to be outstanding.
 */
export function canConcern(message: ClientMessage, error: string): boolean {
  if (isRateLimit(error)) return false;
  const text = error.replace(/^Error: /, "");
  const missingId = NOT_FOUND.exec(text)?.[1];
  if (missingId !== undefined) {
    return Object.values(message).includes(missingId);
  }
  const origin = ORIGINS.find(({ pattern }) => pattern.test(text));
  return origin === undefined || origin.types.includes(message.type);
}

/** Errors that name the very thing that the message asked about. */
const NOT_FOUND = /(?:Producer|Consumer|Transport) not found: (\S+)$/;

interface Origin {
  readonly pattern: RegExp;
  readonly types: readonly ClientMessageType[];
}

/** The texts that come from certain messages only; the first pattern that fits decides. */
const ORIGINS: readonly Origin[] = [
  {
    pattern: /^You are not allowed to chat|^Invalid chat message/,
    types: ["chatMessage"],
  },
  {
    pattern:
      /^Insufficient permissions|^Invalid (role value|target)|^Participant (is not banned|not found in lobby|has already)|^(Setter|Moderator|Target participant) not found/,
    types: [
      "closeCam",
      "camBan",
      "camUnban",
      "textMute",
      "textUnmute",
      "kick",
      "ban",
      "unban",
      "setRole",
      "updateRoomSettings",
      "setTopic",
      "admitFromLobby",
      "denyFromLobby",
    ],
  },
  {
    pattern:
      /^Invalid (room_id|participant_name)|^Room is full|^You are banned|^Guests are not|^This room requires|^Incorrect room password|^Password check failed/,
    types: ["joinRoom"],
  },
  {
    pattern:
      /^You are not allowed to produce|^Producer error: Failed to create/,
    types: ["produce"],
  },
  {
    pattern: /^Consumer limit reached|^Consumer error: Failed to create/,
    types: ["consume"],
  },
  {
    pattern: /^Consumer error: Failed to set preferred layers/,
    types: ["setConsumerPreferredLayers"],
  },
];
