/**
 * One connection as the rooms see it: who speaks, where it is, and how to
 * answer. It knows no socket.
 *
 * @module
 */

import type { ServerMessage } from "../../protocol/mod.ts";
import type { Participant, Room } from "./room.ts";

/** Where a session is. */
export type Place =
  | { readonly kind: "outside" }
  | {
    readonly kind: "lobby" | "room";
    readonly room: Room;
    readonly participant: Participant;
  };

/** Nowhere. */
export const OUTSIDE: Place = { kind: "outside" };

/** Who a connection is. */
export interface Identity {
  readonly id: string;
  /** Whether a valid token said so. */
  readonly authenticated: boolean;
}

/** One connection. */
export class Session {
  readonly authenticated: boolean;
  readonly send: (message: ServerMessage) => void;
  participantId: string;
  /** What a later `reconnect` has to show. */
  reconnectToken: string;
  place: Place = OUTSIDE;

  constructor(
    identity: Identity,
    reconnectToken: string,
    send: (message: ServerMessage) => void,
  ) {
    this.participantId = identity.id;
    this.authenticated = identity.authenticated;
    this.reconnectToken = reconnectToken;
    this.send = send;
  }
}
