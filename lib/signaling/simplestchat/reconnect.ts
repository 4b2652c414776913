/**
 * Coming back after the channel was lost. The server keeps a participant for
 * 30 s, and a `reconnect` with its token takes it over: identity, room,
 * transports. But the token that the server announces is usually stale already,
 * and every attempt with a wrong one prolongs the ghost; so it is shown once,
 * to the first server that listens, and after that there is a join like any
 * other.
 */

import type { ServerMessageOf } from "./wire/mod.ts";
import type { Conversation } from "./conversation.ts";
import { type JoinOptions, type JoinRequest, joinRoom } from "./join.ts";

/** Who comes back. */
export interface Returning extends JoinRequest {
  /** The id from `roomJoined`. */
  readonly participantId: string;
  /** The token from `roomJoined`; without one it is a join at once. */
  readonly reconnectToken?: string | undefined;
}

/** How we came back. */
export type Reunion =
  /** As the same participant, with the server's end of the transports still there. */
  | { readonly kind: "reconnected"; readonly conversation: Conversation }
  /** As a new participant; everything has to be set up again. */
  | {
    readonly kind: "rejoined";
    readonly conversation: Conversation;
    readonly joined: ServerMessageOf<"roomJoined">;
  };

/**
 * Opens a new conversation with `open` and comes back on it. When that fails
 * the new conversation is ended before the error is passed on. Events need a
 * listener from the start: let `open` subscribe it.
 *
 * @throws {ChannelError} from `open`.
 * @throws {SignalingError} when neither way leads back.
 */
export async function reconnectOrRejoin(
  open: () => Promise<Conversation>,
  returning: Returning,
  options: JoinOptions,
): Promise<Reunion> {
  const { participantId, roomId, reconnectToken } = returning;
  const { signal, timeoutMs } = options;
  const conversation = await open();
  try {
    if (reconnectToken !== undefined) {
      const message = {
        type: "reconnect",
        participantId,
        roomId,
        reconnectToken,
      } as const;
      const { success } = await conversation.request("reconnect", message, {
        signal,
        timeoutMs,
      });
      if (success) return { kind: "reconnected", conversation };
    }
    const joined = await joinRoom(conversation, returning, options);
    return { kind: "rejoined", conversation, joined };
  } catch (error) {
    await conversation.leave();
    throw error;
  }
}
