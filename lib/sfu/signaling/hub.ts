/**
 * All rooms of one server: they appear with the first who asks and vanish
 * with the last who leaves.
 *
 * @module
 */

import type { AudioLevel, Engine } from "../engine.ts";
import { SignalingError } from "./errors.ts";
import type { StreamBook } from "./stream_stats.ts";
import type { ServerMetrics } from "./metrics.ts";
import { type Participant, Room, type RoomProducer } from "./room.ts";
import type { Clock } from "../../time/mod.ts";
import { defaultSettings } from "./settings.ts";
import { messageOf } from "../../text/mod.ts";

/** What the rooms are made of: rules, and the world's doors. */
export interface HubParts {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly metrics: ServerMetrics;
  readonly streams: StreamBook;
  /** Makes ids and tokens. */
  readonly newId: () => string;
  readonly maxConsumersPerJoin: number;
  readonly maxTransportsPerJoin: number;
  readonly maxTransports: number;
  /** Whether a `roomJoined` carries the token that a `reconnect` needs. */
  readonly freshReconnectToken: boolean;
  /** How long a participant outlives its socket, in milliseconds. */
  readonly graceMs: number;
  /** Passwords by room id, for rooms that are locked from the start. */
  readonly roomPasswords: Readonly<Record<string, string>>;
}

/** Someone whose socket is gone, and who may come back. */
export interface Ghost {
  readonly room: Room;
  readonly participant: Participant;
  readonly reconnectToken: string;
  readonly restart: () => void;
  readonly cancel: () => void;
}

/** The rooms of one server. */
export class Hub {
  readonly parts: HubParts;
  readonly rooms = new Map<string, Room>();
  /** By participant id. */
  readonly ghosts = new Map<string, Ghost>();
  /** Transports of everybody in rooms. */
  transports = 0;
  /** Set at the end: whoever loses its socket then leaves no ghost. */
  closed = false;
  readonly #opening = new Map<string, Promise<Room>>();

  constructor(parts: HubParts) {
    this.parts = parts;
  }

  /** People in rooms, ghosts included, lobbies not. */
  get participants(): number {
    let count = 0;
    for (const room of this.rooms.values()) count += room.participants.size;
    return count;
  }

  /**
   * The room `id`, created if need be.
   *
   * @throws {SignalingError} When the engine cannot give it a router.
   */
  async obtain(id: string): Promise<Room> {
    const room = this.rooms.get(id);
    if (room !== undefined) return room;
    let opening = this.#opening.get(id);
    if (opening === undefined) {
      opening = this.#open(id);
      this.#opening.set(id, opening);
    }
    return await opening;
  }

  /** Closes `room` if nobody is left in it. */
  dropIfEmpty(room: Room): void {
    if (!room.empty || room.closed) return;
    room.closed = true;
    this.rooms.delete(room.id);
    room.router.close();
  }

  /**
   * Takes `participant` out of `room`, tells the others and closes its media.
   * For somebody who has been taken out before, it only closes media.
   */
  async remove(room: Room, participant: Participant): Promise<void> {
    const { id, media } = participant;
    if (room.has(participant)) {
      room.participants.delete(id);
      room.broadcast({ type: "participantLeft", participantId: id });
    }
    media.stopWatching();
    const producers = room.producersOf(participant);
    await this.#settle(producers, media.consumers.keys());
    for (const { producer } of producers) room.producers.delete(producer.id);
    for (const consumer of media.consumers.values()) {
      consumer.of.consumers.delete(consumer);
    }
    // Each leads to those whom it heard, and on to those whom they heard.
    media.consumers.clear();
    for (const transport of media.transports) transport.close();
    this.transports -= media.transports.length;
    media.transports.length = 0;
    this.dropIfEmpty(room);
  }

  /** Takes somebody out of the lobby. */
  removeFromLobby(room: Room, participant: Participant): void {
    if (room.lobby.get(participant.id) === participant) {
      room.lobby.delete(participant.id);
    }
    this.dropIfEmpty(room);
  }

  /** Closes one producer with all its consumers, and tells nobody. */
  async closeProducer(room: Room, entry: RoomProducer): Promise<void> {
    room.producers.delete(entry.producer.id);
    await this.#settle([entry], []);
    entry.producer.close();
  }

  /** Ends every room and every grace period. */
  close(): void {
    this.closed = true;
    for (const ghost of this.ghosts.values()) ghost.cancel();
    this.ghosts.clear();
    for (const room of this.rooms.values()) {
      for (const { media } of room.participants.values()) media.stopWatching();
      room.closed = true;
      room.router.close();
    }
    this.rooms.clear();
  }

  async #settle(
    producers: readonly RoomProducer[],
    consumerIds: Iterable<string>,
  ): Promise<void> {
    const ids = new Set(consumerIds);
    for (const { producer, consumers } of producers) {
      ids.add(producer.id);
      for (const { consumer } of consumers) ids.add(consumer.id);
    }
    await this.parts.streams.settle(ids);
  }

  async #open(id: string): Promise<Room> {
    const { engine, metrics, roomPasswords } = this.parts;
    try {
      const router = await engine.createRouter({
        activeSpeaker: (producerId) => this.#speaks(id, producerId),
        audioLevels: (levels) => this.#sounds(id, levels),
      });
      const room = new Room(id, router);
      if (Object.hasOwn(roomPasswords, id)) {
        room.password = roomPasswords[id];
        room.settings = {
          ...defaultSettings(id, null),
          passwordProtected: true,
        };
      }
      this.rooms.set(id, room);
      metrics.count("rooms_created_total");
      return room;
    } catch (error) {
      throw new SignalingError(messageOf(error));
    } finally {
      this.#opening.delete(id);
    }
  }

  #speaks(roomId: string, producerId: string): void {
    const room = this.rooms.get(roomId);
    const participantId = room?.producers.get(producerId)?.owner.id;
    if (room === undefined || participantId === undefined) return;
    room.broadcast({ type: "activeSpeaker", participantId });
  }

  #sounds(roomId: string, audible: readonly AudioLevel[]): void {
    const room = this.rooms.get(roomId);
    const levels = audible.flatMap(({ producerId, volume }) => {
      const participantId = room?.producers.get(producerId)?.owner.id;
      return participantId === undefined ? [] : [{ participantId, volume }];
    });
    if (levels.length > 0) room?.broadcast({ type: "audioLevels", levels });
  }
}
