/**
 * One room: who is in it, what they send, and the rules. It is plain state
 * that changes between two awaits, so that whoever reads it sees it whole.
 *
 * @module
 */

import type { MediaKind } from "../../ortc/mod.ts";
import type {
  ParticipantInfo,
  RoomSettings,
  ServerMessage,
} from "../../signaling/simplestchat/wire/mod.ts";
import type {
  EngineConsumer,
  EngineProducer,
  EngineRouter,
  EngineTransport,
} from "../engine.ts";
import { isAtLeast, type Role, type Standing } from "./roles.ts";

/** One track that comes in. */
export interface RoomProducer {
  readonly producer: EngineProducer;
  readonly owner: Participant;
  readonly kind: MediaKind;
  readonly source: string | null;
  readonly consumers: Set<RoomConsumer>;
  paused: boolean;
}

/** One track that goes out. */
export interface RoomConsumer {
  readonly consumer: EngineConsumer;
  readonly of: RoomProducer;
}

/** The transports and consumers of one join. */
export interface ParticipantMedia {
  send: EngineTransport | undefined;
  receive: EngineTransport | undefined;
  /** Every transport of this join: a second one of a direction replaces the first, which lives on. */
  readonly transports: EngineTransport[];
  /** Never shrinks while the join lasts: the cap counts closed consumers too. */
  readonly consumers: Map<string, RoomConsumer>;
  /** Ends the reports about the receive transport's bandwidth. */
  stopWatching: () => void;
}

/** Someone in the room, or in its lobby. */
export interface Participant {
  readonly id: string;
  readonly name: string;
  readonly authenticated: boolean;
  role: Role;
  /** The connection that speaks for it; another one after a reconnect. */
  session: Session;
  readonly media: ParticipantMedia;
}

/** A participant without media. */
export function newParticipant(
  session: Session,
  name: string,
  role: Role,
): Participant {
  return {
    id: session.participantId,
    name,
    authenticated: session.authenticated,
    role,
    session,
    media: {
      send: undefined,
      receive: undefined,
      transports: [],
      consumers: new Map(),
      stopWatching: () => {},
    },
  };
}

/** The state of one room. */
export class Room {
  readonly id: string;
  readonly router: EngineRouter;
  readonly participants = new Map<string, Participant>();
  readonly lobby = new Map<string, Participant>();
  readonly producers = new Map<string, RoomProducer>();
  readonly banned = new Set<string>();
  readonly camBanned = new Set<string>();
  readonly textMuted = new Set<string>();
  settings: RoomSettings | undefined;
  password: string | undefined;
  /** Set when its last participant left; nobody may enter any more. */
  closed = false;

  constructor(id: string, router: EngineRouter) {
    this.id = id;
    this.router = router;
  }

  /** Whether nobody is in it and nobody waits. */
  get empty(): boolean {
    return this.participants.size === 0 && this.lobby.size === 0;
  }

  /** Tells everybody but `except`. */
  broadcast(message: ServerMessage, except?: Participant): void {
    for (const participant of this.participants.values()) {
      if (participant !== except) participant.session.send(message);
    }
  }

  /** Tells those who can let people in. */
  tellModerators(message: ServerMessage): void {
    for (const participant of this.participants.values()) {
      if (isAtLeast(participant.role, "moderator")) {
        participant.session.send(message);
      }
    }
  }

  /** Whether this very participant, not only one of the same id, is in the room. */
  has(participant: Participant): boolean {
    return this.participants.get(participant.id) === participant;
  }

  /** The producers of `owner`, in the order of their creation. */
  producersOf(owner: Participant): RoomProducer[] {
    return [...this.producers.values()].filter((p) => p.owner === owner);
  }

  /** Everybody but `joiner`, as `roomJoined` lists them. */
  listFor(joiner: Participant): ParticipantInfo[] {
    const infos = new Map<
      Participant,
      ParticipantInfo["producers"][number][]
    >();
    for (const participant of this.participants.values()) {
      if (participant !== joiner) infos.set(participant, []);
    }
    for (const { producer, owner, kind, source } of this.producers.values()) {
      infos.get(owner)?.push({ id: producer.id, kind, source });
    }
    return [...infos].map(([{ id, name, role }, producers]) => ({
      id,
      name,
      producers,
      role,
    }));
  }

  /** What decides about the rights of `participant`. */
  standingOf({ id, role }: Participant): Standing {
    return {
      role,
      camBanned: this.camBanned.has(id),
      textMuted: this.textMuted.has(id),
      settings: this.settings,
    };
  }
}

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
