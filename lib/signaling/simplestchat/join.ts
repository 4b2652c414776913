/**
 * Joining a room, through the two things that can stand between asking and
 * being in: a room that is being created or removed at that instant, and a
 * lobby.
 */

import { isRoomRace, type ServerMessageOf } from "./wire/mod.ts";
import type { Conversation } from "./conversation.ts";
import { ABORTED, delay, eitherSignal } from "../../time/mod.ts";
import { waitToBeAdmitted, watchLobby } from "./lobby.ts";
import { SignalingError } from "../port.ts";

/** Who wants to join what. */
export interface JoinRequest {
  /** 1 to 128 bytes. */
  readonly roomId: string;
  /** 1 to 64 bytes. */
  readonly participantName: string;
  /** For a room that has one. */
  readonly password?: string | undefined;
}

/** How to join. */
export interface JoinOptions {
  /** Random numbers from 0 to below 1, for the spread of the retries. */
  readonly random: () => number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** For each attempt's reply, in ms. @default {10_000} */
  readonly timeoutMs?: number | undefined;
  /** For being let in from a lobby, in ms. @default {60_000} */
  readonly lobbyTimeoutMs?: number | undefined;
  /** Told when the server makes us wait in a lobby. */
  readonly onLobby?:
    | ((lobby: ServerMessageOf<"lobbyWaiting">) => void)
    | undefined;
}

/** Attempts before a room race counts as a failure. */
const MAX_ATTEMPTS = 6;
const FIRST_BACKOFF_MS = 40;

/**
 * Joins, and resolves with the room as it is. Latency counts from the first
 * attempt. Subscribe to the conversation before: events come even earlier than
 * the `roomJoined`.
 *
 * @throws {SignalingError} when the server refuses, is silent, or a lobby does not let us in.
 */
export async function joinRoom(
  conversation: Conversation,
  request: JoinRequest,
  options: JoinOptions,
): Promise<ServerMessageOf<"roomJoined">> {
  const { signal, lobbyTimeoutMs = 60_000, onLobby } = options;
  const watch = watchLobby(conversation);
  try {
    const reply = await askUntilRaceIsOver(conversation, request, options);
    if (reply.type === "roomJoined") return reply;
    onLobby?.(reply);
    return await waitToBeAdmitted(conversation, watch, lobbyTimeoutMs, signal);
  } finally {
    watch.stop();
  }
}

/**
 * How long to wait before trying again, in ms: doubling from 40, each between
 * half and all of that, so that clients that collided once do not collide again.
 */
export function backoffMs(attempt: number, random: () => number): number {
  return FIRST_BACKOFF_MS * 2 ** attempt * (1 + random()) / 2;
}

async function askUntilRaceIsOver(
  conversation: Conversation,
  request: JoinRequest,
  { random, signal, timeoutMs }: JoinOptions,
): Promise<ServerMessageOf<"roomJoined" | "lobbyWaiting">> {
  const { clock } = conversation;
  const dueAtMs = clock.nowMs();
  const { roomId, participantName, password } = request;
  const message = {
    type: "joinRoom",
    roomId,
    participantName,
    password,
  } as const;
  for (let attempt = 0;; attempt++) {
    try {
      const options = { signal, timeoutMs, dueAtMs };
      return await conversation.request("join_room", message, options);
    } catch (error) {
      if (attempt + 1 === MAX_ATTEMPTS || !isWorthARetry(error)) throw error;
    }
    await pause(conversation, backoffMs(attempt, random), signal);
  }
}

function isWorthARetry(error: unknown): boolean {
  return error instanceof SignalingError && error.kind === "server" &&
    isRoomRace(error.detail);
}

/** Waits, but not beyond the end of the conversation; the next request says what ended it. */
async function pause(
  conversation: Conversation,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const gone = new AbortController();
  conversation.closed.then(() => gone.abort(ABORTED));
  using stop = eitherSignal(gone.signal, signal);
  await delay(conversation.clock, ms, stop.signal).catch(() => {});
}
