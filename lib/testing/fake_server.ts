/**
 * A whole server without a network: the embedded server's own rooms, over an
 * engine in memory and a clock that is moved by hand.
 */

import type { ClientTransport } from "../client/mod.ts";
import type { Network } from "../impairment/mod.ts";
import {
  type RemoteTransport,
  TransportError,
  type TransportHandlers,
} from "../rtc/mod.ts";
import {
  Connection,
  dispatch,
  Hub,
  type Participant,
  type Room,
  ServerMetrics,
  StreamBook,
} from "../sfu/signaling/mod.ts";
import type { OpenSession } from "../signaling/port.ts";
import { simplestChat } from "../signaling/simplestchat/mod.ts";
import {
  type ClientMessage,
  MAX_CONSUMERS_PER_JOIN,
  RECONNECT_GRACE_MS,
  type ServerMessage,
} from "../signaling/simplestchat/wire/mod.ts";
import { type Channel, ChannelError } from "../signaling/websocket/mod.ts";
import type { Clock } from "../time/mod.ts";
import { FakeChannel } from "./fake_channel.ts";
import { FakeEngine, type FakeProducer } from "./fake_engine.ts";
import { FakeTransport } from "./fake_transport.ts";

/** What a fake server does differently from a healthy one. */
export interface FakeServerOptions {
  /**
   * Answers a message instead of the server, which then does nothing;
   * `undefined` leaves it to the server. Also the place to watch what is said.
   *
   * @internal
   */
  readonly intercept?: (
    message: ClientMessage,
    participant: FakeParticipant | undefined,
  ) => readonly ServerMessage[] | undefined;
  /** Replaces the handshake of a transport. @default {up at once} */
  readonly handshake?: (direction: "send" | "recv") => Promise<void>;
  /** Whether `reconnect` works with the advertised token. @default {false} */
  readonly honoursTokens?: boolean;
  /** Whether a packet is thrown away instead of forwarded. @default {none} */
  readonly drops?: (packet: Uint8Array) => boolean;
  /** How late it does what it is asked, in milliseconds, while media goes on. @default {0} */
  readonly lateMs?: number;
  /** Consumers that one stay may make. @default {16} */
  readonly maxConsumers?: number;
}

const WALL_START_MS = 1_800_000_000_000;
const URL = "ws://fake.invalid/ws";
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * A server for tests of many clients, with the embedded server's rules and
 * order of replies and events.
 *
 * @example
 * ```ts
 * import { FakeClock, FakeServer } from "./mod.ts";
 *
 * const clock = new FakeClock();
 * const server = new FakeServer(clock, {
 *   intercept: ({ type }) =>
 *     type === "produce" ? [{ type: "error", message: "no" }] : undefined,
 * });
 * const channel = server.openChannel();
 * channel.send('{"type":"joinRoom","roomId":"r","participantName":"A"}');
 * ```
 */
export class FakeServer {
  /** Set it to have new channels refused. */
  isDown = false;
  readonly #clock: Clock;
  readonly #options: FakeServerOptions;
  readonly #engine: FakeEngine;
  readonly #hub: Hub;
  readonly #channels = new Set<FakeChannel>();
  /** By whom they are spoken on; those that are closed, too, for the ghosts whose last ones they were. */
  readonly #channelOf = new WeakMap<Participant["session"], FakeChannel>();
  readonly #known = new WeakMap<Participant, FakeParticipant>();
  #lastId = 0;

  /** Ghosts vanish by `clock`. */
  constructor(clock: Clock, options: FakeServerOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    const newId = () => this.#newId();
    this.#engine = new FakeEngine({
      now: () => ({ nowMs: clock.nowMs(), wallMs: this.wallNowMs() }),
      newId,
      drops: options.drops ?? (() => false),
    });
    this.#hub = new Hub({
      engine: this.#engine,
      clock,
      metrics: new ServerMetrics(),
      streams: new StreamBook(0),
      newId,
      maxConsumersPerJoin: options.maxConsumers ?? MAX_CONSUMERS_PER_JOIN,
      maxTransportsPerJoin: NO_LIMIT,
      maxTransports: NO_LIMIT,
      freshReconnectToken: options.honoursTokens ?? false,
      graceMs: RECONNECT_GRACE_MS,
      roomPasswords: {},
    });
  }

  /** Everyone in any room, ghosts included. */
  get participants(): ReadonlySet<FakeParticipant> {
    const all = new Set<FakeParticipant>();
    for (const room of this.#hub.rooms.values()) {
      for (const one of room.participants.values()) {
        all.add(this.#of(room, one));
      }
    }
    return all;
  }

  /** Channels that are open. */
  get openChannels(): number {
    return this.#channels.size;
  }

  /** Milliseconds since 1970, by the clock and a fixed beginning. */
  wallNowMs(): number {
    return WALL_START_MS + this.#clock.nowMs();
  }

  /** The latest participant of this name. Throws a `TypeError` when there is none. */
  participant(name: string): FakeParticipant {
    const found = [...this.participants].findLast((one) => one.name === name);
    if (found !== undefined) return found;
    throw new TypeError(`Cannot find ${name}: not in any room`);
  }

  /**
   * How clients talk to it.
   *
   * @internal
   */
  sessions(random: () => number): OpenSession {
    return simplestChat({ url: URL }, {
      random,
      clock: this.#clock,
      // As with a real one, an error comes as a rejection.
      openChannel: (_url, { signal } = {}) =>
        new Promise((resolve) => {
          signal?.throwIfAborted();
          resolve(this.openChannel());
        }),
    });
  }

  /** Opens a channel as a client does. Throws a `ChannelError` while the server is down. */
  openChannel(): Channel {
    if (this.isDown) throw new ChannelError(URL, { kind: "refused" });
    const channel: FakeChannel = new FakeChannel((message) => {
      const { lateMs = 0 } = this.#options;
      const receive = () => connection.receive(JSON.stringify(message));
      if (lateMs === 0) receive();
      else this.#clock.setTimer(lateMs, receive);
      return [];
    });
    const connection: Connection = new Connection(
      this.#hub,
      {
        send(text, done) {
          channel.deliverText(text);
          done();
        },
        terminate: () => channel.drop(),
        pause() {},
        resume() {},
      },
      { id: this.#newId(), authenticated: false },
      NO_LIMIT,
      (hub, session, message) => {
        const { place } = session;
        const me = place.kind === "room"
          ? this.#of(place.room, place.participant)
          : undefined;
        const instead = this.#options.intercept?.(message, me);
        if (instead === undefined) return dispatch(hub, session, message);
        for (const one of instead) session.send(one);
        return Promise.resolve();
      },
    );
    this.#channels.add(channel);
    this.#channelOf.set(connection.session, channel);
    channel.closed.then(() => {
      this.#channels.delete(channel);
      connection.end();
    });
    return channel;
  }

  /**
   * Makes the client's end of a transport that the server has announced;
   * `network` lies between the two. Throws a `TransportError` for one that it
   * has not.
   *
   * @internal
   */
  createTransport(
    remote: RemoteTransport,
    handlers: TransportHandlers,
    network?: Network,
  ): ClientTransport {
    const id = remote.iceParameters.usernameFragment;
    const end = this.#engine.transports.get(id);
    if (end === undefined) {
      throw new TransportError("iceTimeout", `nobody answers to ${id}`);
    }
    const { handshake } = this.#options;
    return end.client = new FakeTransport(handlers, {
      onRtp: (packet) => this.#engine.forward(packet),
      handshake: () => handshake?.(end.direction) ?? Promise.resolve(),
    }, network && { network, clock: this.#clock });
  }

  /** Cuts every channel without a word, as a crash does. */
  dropChannels(): void {
    for (const channel of [...this.#channels]) channel.drop();
  }

  /** Puts someone out of the room, as a moderator does. */
  kick({ room, inner }: FakeParticipant, reason: string): void {
    const participantId = inner.id;
    room.broadcast({ type: "participantKicked", participantId, reason });
    this.#hub.remove(room, inner);
  }

  #of(room: Room, participant: Participant): FakeParticipant {
    let known = this.#known.get(participant);
    if (known === undefined) {
      known = new FakeParticipant(
        room,
        participant,
        () => this.#channelOf.get(participant.session)!,
        (id) => this.#engine.transports.get(id)?.client,
      );
      this.#known.set(participant, known);
    }
    return known;
  }

  /** A UUID: the embedded server asks for no other. */
  #newId(): string {
    return `00000000-0000-4000-8000-${
      String(++this.#lastId).padStart(12, "0")
    }`;
  }
}

/** One participant of a fake server; its channel may be gone already. */
export class FakeParticipant {
  /**
   * Where it is.
   *
   * @internal
   */
  readonly room: Room;
  /**
   * What the server knows of it.
   *
   * @internal
   */
  readonly inner: Participant;
  readonly #channel: () => FakeChannel;
  readonly #clientOf: (transportId: string) => FakeTransport | undefined;

  /**
   * One of this room; `channel` is the one that it has or had last, `clientOf` the client's end of a transport.
   *
   * @internal
   */
  constructor(
    room: Room,
    inner: Participant,
    channel: () => FakeChannel,
    clientOf: (transportId: string) => FakeTransport | undefined,
  ) {
    this.room = room;
    this.inner = inner;
    this.#channel = channel;
    this.#clientOf = clientOf;
  }

  /** Its id on the server. */
  get id(): string {
    return this.inner.id;
  }

  /** As it called itself. */
  get name(): string {
    return this.inner.name;
  }

  /** The id of its room. */
  get roomId(): string {
    return this.room.id;
  }

  /**
   * The client's channel, or the last one that it had; deliver events on it, or drop it.
   *
   * @internal
   */
  get channel(): FakeChannel {
    return this.#channel();
  }

  /**
   * What it sends.
   *
   * @internal
   */
  get producers(): FakeProducer[] {
    return this.room.producersOf(this.inner).map(({ producer }) =>
      producer as FakeProducer
    );
  }

  /**
   * The clients' ends of its transports by direction, once they are made.
   *
   * @internal
   */
  get transports(): { send?: FakeTransport; recv?: FakeTransport } {
    const { send, receive } = this.inner.media;
    const ends = {
      send: send && this.#clientOf(send.id),
      recv: receive && this.#clientOf(receive.id),
    };
    return {
      ...(ends.send !== undefined && { send: ends.send }),
      ...(ends.recv !== undefined && { recv: ends.recv }),
    };
  }

  /** Consumers made in this stay, closed ones too. */
  get consumersMade(): number {
    return this.inner.media.consumers.size;
  }
}
