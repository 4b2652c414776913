/**
 * The rooms of mediasoup-demo: whoever connects is in one, whoever joins gets
 * a consumer of every track by itself, and whose connection ends is gone.
 *
 * @module
 */

import type { ProtooWire } from "./conversation.ts";
import { type ProtooDialect, type Spelling, SPELLINGS } from "./dialect.ts";
import {
  type ProtooHouse,
  type ProtooParts,
  ProtooPeer,
  type ProtooRoom,
} from "./peer.ts";

/** What the socket of a peer tells. */
export interface ProtooConnection {
  /** Resolves once what a text frame asks for is done. */
  readonly receive: (text: string) => Promise<void>;
  readonly end: () => void;
}

/** Nobody has use for more, and one query could ask for any number. */
const MAX_REPLICAS = 100;

/** All rooms of a server. */
export class ProtooRooms implements ProtooHouse {
  readonly parts: ProtooParts;
  readonly spelling: Spelling;
  transports = 0;
  readonly #rooms = new Map<string, Promise<ProtooRoom>>();
  readonly #closing = new Set<Promise<void>>();
  #participants = 0;

  constructor(parts: ProtooParts, dialect: ProtooDialect) {
    this.parts = parts;
    this.spelling = SPELLINGS[dialect];
  }

  /** People that are connected, and the rooms that they are in. */
  get counts(): { readonly participants: number; readonly rooms: number } {
    return { participants: this.#participants, rooms: this.#rooms.size };
  }

  /** Somebody has connected with this query, which has a `roomId` and a `peerId`. */
  enter(query: URLSearchParams, wire: ProtooWire): ProtooConnection {
    const entering = this.#enter(query, wire).catch(() => {
      wire.close(4000, "no room");
      return undefined;
    });
    this.#participants++;
    return {
      receive: (text) => entering.then((peer) => peer?.receive(text)),
      end: () => {
        this.#participants--;
        const closing = entering.then((peer) => peer?.close())
          .finally(() => this.#closing.delete(closing));
        this.#closing.add(closing);
      },
    };
  }

  /** Resolves when everybody whose connection has ended is gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#closing);
  }

  /** Nobody may be in it any more: then it goes. */
  leave(room: ProtooRoom): void {
    if (room.peers.size > 0) return;
    this.#rooms.delete(room.id);
    room.router.close();
  }

  async #enter(
    query: URLSearchParams,
    wire: ProtooWire,
  ): Promise<ProtooPeer> {
    const roomId = query.get("roomId")!;
    const peerId = query.get("peerId")!;
    let opening = this.#rooms.get(roomId);
    if (opening === undefined) {
      this.#rooms.set(roomId, opening = this.#open(roomId, query));
      opening.catch(() => this.#rooms.delete(roomId));
    }
    const room = await opening;
    // The last one may have left while this one waited.
    if (this.#rooms.get(roomId) !== opening) {
      return await this.#enter(query, wire);
    }
    const peer = new ProtooPeer(this, room, peerId, wire);
    room.peers.get(peerId)?.replace();
    room.peers.set(peerId, peer);
    peer.greet();
    return peer;
  }

  /** What is asked for beside the room counts for whoever opens it. */
  async #open(id: string, query: URLSearchParams): Promise<ProtooRoom> {
    const router = await this.parts.engine.createRouter({
      activeSpeaker: () => {},
      audioLevels: () => {},
    });
    const replicas = parseInt(query.get("consumerReplicas") ?? "0") || 0;
    const consumersEach = 1 + Math.min(Math.max(replicas, 0), MAX_REPLICAS);
    return { id, router, consumersEach, peers: new Map() };
  }
}
