/**
 * Which participants of the rooms are clients of this run, and what they send
 * now. Only that is expected to flow: what others send is theirs, and who is
 * gone sends nothing, however long the server keeps its tracks on offer.
 *
 * Every node has such a book. Its own clients write to it as they join, send
 * and leave; what they write is passed on to the books of the other nodes.
 *
 * @module
 */

import type { MediaKind } from "../ortc/mod.ts";

/** A track that a client of this run sends. */
export interface OwnTrack {
  readonly producerId: string;
  readonly kind: MediaKind;
  /** RTP packets a second, on average; 0 while it is paused. */
  readonly packetsPerSecond: number;
  /** It sends nothing for so long at most, in milliseconds, and is not paused. @default {0} */
  readonly longestGapMs?: number | undefined;
}

/** A client of this run, as it is known in its room. Plain data, so that it can be passed on to other nodes. */
export interface OwnPublisher {
  readonly roomId: string;
  readonly participantId: string;
  /** It is on another machine. @default {false} */
  readonly isElsewhere?: boolean | undefined;
  /** What it sends; `null` once it is gone. */
  readonly tracks: readonly OwnTrack[] | null;
}

/** Whose a track is. */
export type Origin =
  /** A client's that is there, and sends so much of it; `undefined` while it has not said so, for others hear of a track before its owner does. */
  | {
    readonly of: "own";
    readonly packetsPerSecond: number | undefined;
    readonly longestGapMs?: number | undefined;
    /** That client is on another machine. @default {false} */
    readonly isElsewhere?: boolean | undefined;
  }
  /** A client's that is gone. */
  | { readonly of: "former" }
  /** Somebody else's. */
  | { readonly of: "other" };

/** What several clients send of one kind. */
export interface SentTracks {
  /** Those that are not paused. */
  readonly tracks: number;
  /** Of all of them, on average. */
  readonly packetsPerSecond: number;
}

/** Told of each participant of whom something else is known now. */
type Listener = (participantId: string) => void;

interface Room {
  /** The tracks of those that are there, by participant and producer. */
  readonly living: Map<string, ReadonlyMap<string, OwnTrack>>;
  /** Those of them that are on another machine. */
  readonly elsewhere: Set<string>;
  /** Those that are gone, the latest last. */
  readonly former: Set<string>;
  readonly listeners: Set<Listener>;
  /** What all of them send now; `undefined` until somebody asks. */
  sent: Readonly<Record<MediaKind, SentTracks>> | undefined;
}

/** A server forgets the lost within half a minute: so many a room are still on offer at most. */
const FORMER_KEPT = 1000;

/** The book of one node. */
export class OwnPublishers {
  /** Passes on what this node's own clients are and send. */
  onOwn: (publisher: OwnPublisher) => void = () => {};
  readonly #rooms = new Map<string, Room>();

  /** A client of this node says what it is and sends. */
  tell(publisher: OwnPublisher): void {
    this.learn(publisher);
    this.onOwn(publisher);
  }

  /** Takes in what a client says, of whichever node. */
  learn(publisher: OwnPublisher): void {
    const { roomId, participantId, tracks, isElsewhere } = publisher;
    const room = this.#room(roomId);
    const { living, elsewhere, former, listeners } = room;
    room.sent = undefined;
    former.delete(participantId);
    if (isElsewhere && tracks !== null) elsewhere.add(participantId);
    else elsewhere.delete(participantId);
    if (tracks === null) {
      living.delete(participantId);
      former.add(participantId);
      const [oldest] = former;
      if (former.size > FORMER_KEPT) former.delete(oldest);
    } else {
      living.set(
        participantId,
        new Map(tracks.map((track) => [track.producerId, track])),
      );
    }
    for (const listener of listeners) listener(participantId);
    this.#forgetIfEmpty(roomId);
  }

  /** Whose a track is; of a participant without a name, by the track alone. */
  originOf(roomId: string, participantId: string, producerId: string): Origin {
    const room = this.#rooms.get(roomId);
    const owner = participantId === ""
      ? room?.living.entries().find(([, tracks]) => tracks.has(producerId))?.[0]
      : participantId;
    const tracks = owner === undefined ? undefined : room?.living.get(owner);
    if (tracks !== undefined) {
      const { packetsPerSecond, longestGapMs } = tracks.get(producerId) ?? {};
      return {
        of: "own",
        packetsPerSecond,
        ...(longestGapMs !== undefined && { longestGapMs }),
        ...(room?.elsewhere.has(owner!) && { isElsewhere: true }),
      };
    }
    return { of: room?.former.has(participantId) ? "former" : "other" };
  }

  /** What clients of this run but for this one send in a room now, of one kind. */
  sentBeside(
    roomId: string,
    participantId: string,
    kind: MediaKind,
  ): SentTracks {
    const room = this.#rooms.get(roomId);
    if (room === undefined) return { tracks: 0, packetsPerSecond: 0 };
    room.sent ??= {
      audio: sentOf(room.living.values(), "audio"),
      video: sentOf(room.living.values(), "video"),
    };
    const own = room.living.get(participantId);
    if (own === undefined) return room.sent[kind];
    const { tracks, packetsPerSecond } = sentOf([own], kind);
    return {
      tracks: room.sent[kind].tracks - tracks,
      packetsPerSecond: room.sent[kind].packetsPerSecond - packetsPerSecond,
    };
  }

  /** Calls back with each participant of a room of whom something else is known; returns the way to stop. */
  subscribe(roomId: string, listener: Listener): () => void {
    const room = this.#room(roomId);
    room.listeners.add(listener);
    return () => {
      room.listeners.delete(listener);
      this.#forgetIfEmpty(roomId);
    };
  }

  /** Where nobody is or listens, nobody will ask who was there. */
  #forgetIfEmpty(roomId: string): void {
    const { listeners, living } = this.#room(roomId);
    if (listeners.size + living.size === 0) this.#rooms.delete(roomId);
  }

  #room(roomId: string): Room {
    let room = this.#rooms.get(roomId);
    if (room === undefined) {
      room = {
        ...{ living: new Map(), elsewhere: new Set() },
        ...{ former: new Set(), listeners: new Set(), sent: undefined },
      };
      this.#rooms.set(roomId, room);
    }
    return room;
  }
}

function sentOf(
  clients: Iterable<ReadonlyMap<string, OwnTrack>>,
  wanted: MediaKind,
): SentTracks {
  const sent = { tracks: 0, packetsPerSecond: 0 };
  for (const tracks of clients) {
    for (const { kind, packetsPerSecond } of tracks.values()) {
      if (kind !== wanted || packetsPerSecond === 0) continue;
      sent.tracks++;
      sent.packetsPerSecond += packetsPerSecond;
    }
  }
  return sent;
}
