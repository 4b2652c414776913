/** Waiting in a lobby, until a moderator lets us in or does not. */

import type { ServerMessageOf } from "./wire/mod.ts";
import type { Conversation } from "./conversation.ts";
import { SignalingError, type SignalingErrorKind } from "../port.ts";

/** A watch over a conversation, for the end of waiting in a lobby. */
export interface LobbyWatch {
  /** The `roomJoined` after the admission, or the denial. */
  readonly outcome: Promise<ServerMessageOf<"roomJoined" | "lobbyDenied">>;
  /** Ends the watch; idempotent. */
  stop(): void;
}

/**
 * Starts to watch. To be called before the join is sent: a moderator may be
 * quicker than the code that reads `lobbyWaiting`.
 */
export function watchLobby(conversation: Conversation): LobbyWatch {
  const { promise, resolve } = Promise.withResolvers<
    ServerMessageOf<"roomJoined" | "lobbyDenied">
  >();
  const stop = conversation.subscribe((event) => {
    if (event.type === "roomJoined" || event.type === "lobbyDenied") {
      resolve(event);
    }
  });
  return { outcome: promise, stop };
}

/** Resolves when we are let in; rejects with a {@linkcode SignalingError} when we are not. */
export async function waitToBeAdmitted(
  conversation: Conversation,
  watch: LobbyWatch,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<ServerMessageOf<"roomJoined">> {
  const { promise, resolve, reject } = Promise.withResolvers<
    ServerMessageOf<"roomJoined">
  >();
  const fail = (kind: SignalingErrorKind, detail: string) =>
    reject(new SignalingError(kind, "join_room", detail));

  watch.outcome.then((event) => {
    if (event.type === "roomJoined") resolve(event);
    else fail("notAdmitted", event.reason ?? "not let in from the lobby");
  });
  conversation.closed.then(() =>
    fail("closed", "connection closed in the lobby")
  );
  const cancelTimer = conversation.clock.setTimer(
    timeoutMs,
    () => fail("timeout", `not let in from the lobby within ${timeoutMs} ms`),
  );
  const onAbort = () => fail("aborted", "interrupted");
  if (signal?.aborted) onAbort();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await promise;
  } finally {
    cancelTimer();
    signal?.removeEventListener("abort", onAbort);
  }
}
