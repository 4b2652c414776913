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
  readonly receive: (text: string) => void;
  readonly end: () => void;
}

/** All rooms of a server. */
export class ProtooRooms implements ProtooHouse {
  readonly parts: ProtooParts;
  readonly spelling: Spelling;
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

  /** Somebody has connected. */
  enter(roomId: string, peerId: string, wire: ProtooWire): ProtooConnection {
    const entering = this.#enter(roomId, peerId, wire).catch(() => {
      wire.close(4000, "no room");
      return undefined;
    });
    this.#participants++;
    return {
      receive: (text) => {
        entering.then((peer) => peer?.receive(text));
      },
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
    roomId: string,
    peerId: string,
    wire: ProtooWire,
  ): Promise<ProtooPeer> {
    let opening = this.#rooms.get(roomId);
    if (opening === undefined) {
      this.#rooms.set(roomId, opening = this.#open(roomId));
      opening.catch(() => this.#rooms.delete(roomId));
    }
    const room = await opening;
    // The last one may have left while this one waited.
    if (this.#rooms.get(roomId) !== opening) {
      return await this.#enter(roomId, peerId, wire);
    }
    const peer = new ProtooPeer(this, room, peerId, wire);
    room.peers.get(peerId)?.replace();
    room.peers.set(peerId, peer);
    peer.greet();
    return peer;
  }

  async #open(id: string): Promise<ProtooRoom> {
    const router = await this.parts.engine.createRouter({
      activeSpeaker: () => {},
      audioLevels: () => {},
    });
    return { id, router, peers: new Map() };
  }
}
