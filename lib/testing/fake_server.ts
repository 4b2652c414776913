/** A whole server without a network: rooms, signaling, and media if asked. */

import type { ClientTransport } from "../client/mod.ts";
import type { Network } from "../impairment/mod.ts";
import {
  type ClientMessage,
  type ClientMessageOf,
  MAX_CONSUMERS_PER_JOIN,
  RECONNECT_GRACE_MS,
  type ServerMessage,
} from "../signaling/simplestchat/wire/mod.ts";
import {
  type RemoteTransport,
  TransportError,
  type TransportHandlers,
} from "../rtc/mod.ts";
import type { OpenSession } from "../signaling/port.ts";
import { simplestChat } from "../signaling/simplestchat/mod.ts";
import { type Channel, ChannelError } from "../signaling/websocket/mod.ts";
import type { Clock } from "../time/mod.ts";
import { FAKE_CAPABILITIES } from "./fake_capabilities.ts";
import { FakeChannel } from "./fake_channel.ts";
import {
  type FakeConsumer,
  FakeForwarder,
  type FakeProducer,
} from "./fake_forwarder.ts";
import { FakeTransport } from "./fake_transport.ts";

/** One participant of a fake server; its channel may be gone already. */
export interface FakeParticipant {
  readonly id: string;
  readonly name: string;
  readonly roomId: string;
  /** The client's channel; deliver events on it, or drop it. */
  channel: FakeChannel;
  readonly producers: FakeProducer[];
  /** Transports by direction, once the client has made them. */
  readonly transports: { send?: FakeTransport; recv?: FakeTransport };
  /** Consumers made in this stay, closed ones too. */
  consumersMade: number;
}

/** What a fake server does differently from a healthy SimplestChat. */
export interface FakeServerOptions {
  /**
   * Answers a message instead of the server, which then does nothing;
   * `undefined` leaves it to the server. Also the place to watch what is said.
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
  /** Consumers that one stay may make. @default {16} */
  readonly maxConsumers?: number;
}

const WALL_START_MS = 1_800_000_000_000;
const CHANNEL_URL = "ws://fake.invalid/ws";

/**
 * A server for tests of many clients: it keeps SimplestChat's order of
 * replies and events, remembers who lost the channel for 30 s, and forwards
 * RTP between the clients' transports.
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
  /** Everyone in any room, ghosts included. */
  readonly participants = new Set<FakeParticipant>();
  readonly #clock: Clock;
  readonly #options: FakeServerOptions;
  readonly #forwarder: FakeForwarder;
  readonly #here = new Map<FakeChannel, FakeParticipant>();
  readonly #ghosts = new Map<FakeParticipant, () => void>();
  readonly #channels = new Set<FakeChannel>();
  readonly #consumers = new Map<string, [FakeParticipant, FakeConsumer]>();
  readonly #owners = new Map<string, [FakeParticipant, "send" | "recv"]>();
  #lastId = 0;

  /** Ghosts vanish by `clock`. */
  constructor(clock: Clock, options: FakeServerOptions = {}) {
    this.#clock = clock;
    this.#options = options;
    this.#forwarder = new FakeForwarder(
      () => ({ nowMs: clock.nowMs(), wallMs: this.wallNowMs() }),
      options.drops ?? (() => false),
    );
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

  /** How clients talk to it. */
  sessions(random: () => number): OpenSession {
    return simplestChat({ url: CHANNEL_URL }, {
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
    if (this.isDown) throw new ChannelError(CHANNEL_URL, { kind: "refused" });
    const channel: FakeChannel = new FakeChannel((message) => {
      const participant = this.#here.get(channel);
      return this.#options.intercept?.(message, participant) ??
        this.#answer(channel, participant, message);
    });
    this.#channels.add(channel);
    channel.closed.then(() => this.#abandon(channel));
    return channel;
  }

  /**
   * Makes the client's end of a transport that the server has announced;
   * `network` lies between the two. Throws a `TransportError` for one that it
   * has not.
   */
  createTransport(
    remote: RemoteTransport,
    handlers: TransportHandlers,
    network?: Network,
  ): ClientTransport {
    const id = remote.iceParameters.usernameFragment;
    const found = this.#owners.get(id);
    if (found === undefined) {
      throw new TransportError("iceTimeout", `nobody answers to ${id}`);
    }
    const [owner, direction] = found;
    const { handshake } = this.#options;
    const transport = new FakeTransport(handlers, {
      onRtp: (packet) => this.#forwarder.forward(packet),
      handshake: () => handshake?.(direction) ?? Promise.resolve(),
    }, network && { network, clock: this.#clock });
    owner.transports[direction] = transport;
    return transport;
  }

  /** Cuts every channel without a word, as a crash does. */
  dropChannels(): void {
    for (const channel of [...this.#channels]) channel.drop();
  }

  /** Puts someone out of the room, as a moderator does. */
  kick(participant: FakeParticipant, reason: string): void {
    const { id } = participant;
    const message = { type: "participantKicked", participantId: id } as const;
    participant.channel.deliver({ ...message, reason });
    this.#broadcast(participant, { ...message, reason });
    this.#remove(participant);
  }

  #answer(
    channel: FakeChannel,
    me: FakeParticipant | undefined,
    message: ClientMessage,
  ): readonly ServerMessage[] {
    if (message.type === "joinRoom") return this.#join(channel, message);
    if (message.type === "reconnect") return this.#reconnect(channel, message);
    if (me === undefined) return error("Not in a room");
    switch (message.type) {
      case "leaveRoom":
        this.#remove(me);
        return [];
      case "getRouterRtpCapabilities":
        return [{
          type: "routerRtpCapabilities",
          rtpCapabilities: FAKE_CAPABILITIES,
        }];
      case "createSendTransport":
        return [this.#announceTransport(me, "send")];
      case "createRecvTransport":
        return [this.#announceTransport(me, "recv")];
      case "connectTransport":
        return [{
          type: "transportConnected",
          transportId: message.transportId,
        }];
      case "restartIce":
        return this.#owners.get(message.transportId)?.[0] !== me
          ? error(
            `Transport error: Transport not found: ${message.transportId}`,
          )
          : [{
            type: "iceRestarted",
            transportId: message.transportId,
            iceParameters: {
              usernameFragment: this.#newId("ufrag"),
              password: "another secret",
            },
          }];
      case "produce":
        return [this.#produce(me, message)];
      case "consume":
        return this.#consume(me, message.producerId);
      case "resumeConsumer":
        return [{ type: "consumerResumed", consumerId: message.consumerId }];
      case "pauseConsumer":
        return [{ type: "consumerPaused", consumerId: message.consumerId }];
      case "setConsumerPreferredLayers":
        this.#consumers.get(message.consumerId)?.[1]
          .prefer(message.spatialLayer);
        return [];
      case "pauseProducer":
        return [this.#setPaused(me, message.producerId, true)];
      case "resumeProducer":
        return [this.#setPaused(me, message.producerId, false)];
      case "closeProducer":
        this.#closeProducer(me, message.producerId);
        return [];
      default:
        return error(`a fake server does not know ${message.type}`);
    }
  }

  #join(
    channel: FakeChannel,
    { roomId, participantName: name }: ClientMessageOf<"joinRoom">,
  ): readonly ServerMessage[] {
    const before = this.#here.get(channel);
    if (before !== undefined) this.#remove(before);
    const others = [...this.participants].filter((one) =>
      one.roomId === roomId
    );
    const me: FakeParticipant = {
      id: this.#newId("participant"),
      name,
      roomId,
      channel,
      producers: [],
      transports: {},
      consumersMade: 0,
    };
    this.participants.add(me);
    this.#here.set(channel, me);
    this.#broadcast(me, {
      type: "participantJoined",
      participantId: me.id,
      participantName: name,
      role: "guest",
      authenticated: false,
    });
    return [{
      type: "roomJoined",
      participantId: me.id,
      participants: others.map((one) => ({
        id: one.id,
        name: one.name,
        producers: one.producers.map(({ id, kind }) => ({
          id,
          kind,
          source: null,
        })),
      })),
      reconnectToken: `token of ${me.id}`,
      yourRole: "guest",
    }];
  }

  #reconnect(
    channel: FakeChannel,
    message: ClientMessageOf<"reconnect">,
  ): readonly ServerMessage[] {
    const { participantId, reconnectToken } = message;
    const ghost = [...this.#ghosts.keys()].find(({ id }) =>
      id === participantId
    );
    const success = ghost !== undefined &&
      this.#options.honoursTokens === true &&
      reconnectToken === `token of ${participantId}`;
    if (success) {
      this.#ghosts.get(ghost)!();
      this.#ghosts.delete(ghost);
      ghost.channel = channel;
      this.#here.set(channel, ghost);
    }
    return [{ type: "reconnectResult", success, participantId }];
  }

  #announceTransport(
    me: FakeParticipant,
    direction: "send" | "recv",
  ): ServerMessage {
    const transportId = this.#newId("transport");
    this.#owners.set(transportId, [me, direction]);
    return {
      type: "transportCreated",
      transportId,
      iceParameters: { usernameFragment: transportId, password: "secret" },
      iceCandidates: [],
      dtlsParameters: { role: "auto", fingerprints: [] },
    };
  }

  #produce(
    me: FakeParticipant,
    { kind, rtpParameters }: ClientMessageOf<"produce">,
  ): ServerMessage {
    const id = this.#newId("producer");
    const producer = this.#forwarder.addProducer(id, kind, rtpParameters);
    me.producers.push(producer);
    this.#broadcast(me, {
      type: "newProducer",
      participantId: me.id,
      producerId: id,
      kind,
      source: null,
    });
    return { type: "producerCreated", producerId: id };
  }

  #consume(
    me: FakeParticipant,
    producerId: string,
  ): readonly ServerMessage[] {
    const most = this.#options.maxConsumers ?? MAX_CONSUMERS_PER_JOIN;
    if (me.consumersMade >= most) {
      return error(
        `Consumer limit reached (${most}). Cannot create more consumers.`,
      );
    }
    const consumerId = this.#newId("consumer");
    const consumer = this.#forwarder.addConsumer(
      producerId,
      () => me.transports.recv,
      (spatialLayer) =>
        me.channel.deliver({
          type: "consumerLayersChanged",
          consumerId,
          spatialLayer,
          temporalLayer: 0,
        }),
    );
    if (consumer === undefined) {
      return error(
        `Consumer error: Failed to create consumer: Producer with id "${producerId}" not found`,
      );
    }
    me.consumersMade++;
    this.#consumers.set(consumerId, [me, consumer]);
    const { kind, rtpParameters, isPaused } = consumer;
    return [
      { type: "consumerCreated", consumerId, producerId, kind, rtpParameters },
      ...(isPaused ? [{ type: "producerPaused", producerId } as const] : []),
    ];
  }

  #setPaused(
    me: FakeParticipant,
    producerId: string,
    isPaused: boolean,
  ): ServerMessage {
    this.#forwarder.setPaused(producerId, isPaused);
    const type = isPaused ? "producerPaused" : "producerResumed";
    this.#broadcast(me, { type, producerId });
    return { type, producerId };
  }

  #closeProducer(me: FakeParticipant, producerId: string): void {
    const index = me.producers.findIndex(({ id }) => id === producerId);
    if (index < 0) return;
    me.producers.splice(index, 1);
    this.#forwarder.removeProducer(producerId);
    this.#broadcast(me, { type: "producerClosed", producerId });
  }

  #abandon(channel: FakeChannel): void {
    this.#channels.delete(channel);
    const me = this.#here.get(channel);
    if (me === undefined) return;
    this.#here.delete(channel);
    const vanish = () => this.#remove(me);
    this.#ghosts.set(me, this.#clock.setTimer(RECONNECT_GRACE_MS, vanish));
  }

  /** The rest of the room hears only that someone left, not of each track. */
  #remove(me: FakeParticipant): void {
    this.#ghosts.get(me)?.();
    this.#ghosts.delete(me);
    this.#here.delete(me.channel);
    if (!this.participants.delete(me)) return;
    for (const { id } of me.producers) this.#forwarder.removeProducer(id);
    for (const [id, [owner]] of this.#owners) {
      if (owner === me) this.#owners.delete(id);
    }
    for (const [id, [owner]] of this.#consumers) {
      if (owner === me) this.#consumers.delete(id);
    }
    this.#broadcast(me, { type: "participantLeft", participantId: me.id });
  }

  #broadcast(from: FakeParticipant, message: ServerMessage): void {
    for (const one of this.participants) {
      if (one === from || one.roomId !== from.roomId) continue;
      one.channel.deliver(message);
    }
  }

  #newId(of: string): string {
    return `${of}-${++this.#lastId}`;
  }
}

function error(text: string): readonly ServerMessage[] {
  return [{ type: "error", message: `Error: ${text}` }];
}
