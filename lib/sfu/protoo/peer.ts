/**
 * One peer of a room: its requests, its transports, what it sends and gets.
 *
 * @module
 */

import {
  type RtpCapabilities,
  strictDtlsParametersSchema,
  strictRtpCapabilitiesSchema,
  strictRtpParametersSchema,
} from "../../ortc/mod.ts";
import { formatCounted } from "../../text/mod.ts";
import type {
  EngineConsumer,
  EngineProducer,
  EngineRouter,
  EngineTransport,
} from "../engine.ts";
import type { HubParts } from "../signaling/hub.ts";
import { ProtooConversation, type ProtooWire } from "./conversation.ts";
import { described, type Spelling } from "./dialect.ts";

// deno-lint-ignore no-explicit-any -- what a client says is looked at where it goes
type Data = any;

/** A track that somebody sends. */
export interface ProtooTrack {
  readonly owner: ProtooPeer;
  readonly producer: EngineProducer;
  /** Who has one, by the consumer's id. */
  readonly consumers: Map<string, ProtooPeer>;
  isPaused: boolean;
}

/** A room. */
export interface ProtooRoom {
  readonly id: string;
  readonly router: EngineRouter;
  /** How many consumers of each track everybody is sent. */
  readonly consumersEach: number;
  /** By their ids, joined or not. */
  readonly peers: Map<string, ProtooPeer>;
}

/** What rooms are made of. */
export type ProtooParts = Pick<
  HubParts,
  "engine" | "streams" | "metrics" | "maxTransportsPerJoin" | "maxTransports"
>;

/** Where rooms are. */
export interface ProtooHouse {
  readonly parts: ProtooParts;
  readonly spelling: Spelling;
  /** Transports of everybody, also those under way. */
  transports: number;
  /** Nobody may be in a room any more: then it goes. */
  leave(room: ProtooRoom): void;
}

/** A peer. */
export class ProtooPeer {
  readonly id: string;
  readonly tracks = new Map<string, ProtooTrack>();
  readonly #rooms: ProtooHouse;
  readonly #room: ProtooRoom;
  readonly #wire: ProtooWire;
  readonly #conversation: ProtooConversation;
  readonly #transports = new Map<string, EngineTransport>();
  /** How many transports it has, also those under way. */
  #transportCount = 0;
  readonly #consumers = new Map<string, EngineConsumer>();
  #receiving: EngineTransport | undefined;
  #rtpCapabilities: RtpCapabilities | undefined;
  #profile:
    | { readonly displayName: unknown; readonly device: unknown }
    | undefined;
  #isGone = false;

  constructor(
    rooms: ProtooHouse,
    room: ProtooRoom,
    id: string,
    wire: ProtooWire,
  ) {
    this.#rooms = rooms;
    this.#room = room;
    this.id = id;
    this.#wire = wire;
    this.#conversation = new ProtooConversation(
      wire,
      (method, data) => this.#handle(method, data),
    );
  }

  /** Whether it has joined. */
  get isJoined(): boolean {
    return this.#profile !== undefined;
  }

  /** How the others are told of it. */
  get card(): object {
    const { id } = this.#rooms.spelling;
    return { ...id("peerId", this.id), ...this.#profile };
  }

  /** Says which server this is, before anything is asked. */
  greet(): void {
    const version = "embedded";
    this.#conversation.notify(this.#rooms.spelling.greeting, { version });
  }

  /** Takes a text frame; resolves once what it asks for is done. */
  receive(text: string): Promise<void> {
    this.#rooms.parts.metrics.count("messages_received_total");
    return this.#conversation.receive(text);
  }

  /** Somebody has come with its id. */
  replace(): void {
    this.#wire.close(4000, "closed by protoo-server");
    this.#forget();
  }

  /** Its connection has ended. */
  async close(): Promise<void> {
    this.#forget();
    this.#conversation.end();
    const { streams } = this.#rooms.parts;
    const carried = [...this.tracks.values()].flatMap(
      ({ producer, consumers }) => [
        producer.id,
        ...consumers.keys(),
      ],
    );
    await streams.settle([...carried, ...this.#consumers.keys()]);
    for (const track of this.tracks.values()) this.#end(track);
    for (const transport of this.#transports.values()) transport.close();
    this.#countTransports(-this.#transports.size);
    this.#transports.clear();
    this.#rooms.leave(this.#room);
  }

  /** Takes the consumers of somebody's track, each as soon as it says that it wants it. */
  take(track: ProtooTrack): void {
    for (let i = 0; i < this.#room.consumersEach; i++) this.#takeOne(track);
  }

  async #takeOne(track: ProtooTrack): Promise<void> {
    const [transport, rtpCapabilities] = [
      this.#receiving,
      this.#rtpCapabilities,
    ];
    if (transport === undefined || rtpCapabilities === undefined) return;
    const { owner, producer } = track;
    const { kind, id: producerId } = producer;
    const consumer = await transport.consume({
      producerId,
      rtpCapabilities,
      paused: true,
    }).catch(() => undefined);
    // One that it cannot decode, and one that has gone meanwhile, it never hears of.
    if (consumer === undefined || this.#isGone) return;
    if (!owner.tracks.has(producerId)) return;
    track.consumers.set(consumer.id, this);
    this.#consumers.set(consumer.id, consumer);
    this.#rooms.parts.streams.open(
      {
        id: consumer.id,
        roomId: this.#room.id,
        participantId: this.id,
        kind,
        producerId,
      },
      () => consumer.counts(),
    );
    const { spelling } = this.#rooms;
    consumer.watchLayers((layers) =>
      this.#conversation.notify("consumerLayersChanged", {
        consumerId: consumer.id,
        ...spelling.layers(layers),
      })
    );
    const isWanted = await this.#conversation.ask("newConsumer", {
      peerId: owner.id,
      transportId: transport.id,
      ...spelling.id("consumerId", consumer.id),
      producerId,
      kind,
      rtpParameters: consumer.rtpParameters,
      type: consumer.layered ? "simulcast" : "simple",
      producerPaused: track.isPaused,
      appData: { peerId: owner.id },
    });
    // It may have ended while the answer was under way.
    if (isWanted) await consumer.resume().catch(() => {});
  }

  /** Tells of one of its consumers. */
  tellConsumer(method: string, consumerId: string): void {
    this.#conversation.notify(method, { consumerId });
  }

  /** Forgets a consumer that has ended. */
  drop(consumerId: string): void {
    this.#consumers.delete(consumerId);
    this.tellConsumer("consumerClosed", consumerId);
  }

  async #handle(method: string, data: Data): Promise<unknown> {
    const { spelling } = this.#rooms;
    switch (method) {
      case "getRouterRtpCapabilities":
        return spelling.value(
          "routerRtpCapabilities",
          this.#room.router.rtpCapabilities,
        );
      case "createWebRtcTransport":
        return await this.#createTransport(data);
      case "connectWebRtcTransport":
        return await this.#transport(data.transportId).connect(
          strictDtlsParametersSchema.parse(data.dtlsParameters),
        );
      case "restartIce":
        return spelling.value(
          "iceParameters",
          await this.#transport(data.transportId).restartIce(),
        );
      case "join":
        return this.#join(data);
      case "produce":
        return await this.#produce(data);
      case "closeProducer":
        return await this.#closeTrack(this.#track(data.producerId));
      case "pauseProducer":
      case "resumeProducer":
        return await this.#setPaused(
          this.#track(data.producerId),
          method === "pauseProducer",
        );
      case "pauseConsumer":
        return await this.#consumer(data.consumerId).pause();
      case "resumeConsumer":
        return await this.#consumer(data.consumerId).resume();
      case "setConsumerPreferredLayers": {
        const { consumerId, spatialLayer, temporalLayer } = data;
        const layers = { spatialLayer, temporalLayer };
        return await this.#consumer(consumerId).setPreferredLayers(layers);
      }
    }
    throw new Error(`unknown request.method "${method}"`);
  }

  async #createTransport(data: Data): Promise<unknown> {
    this.#refuseTooMany();
    this.#countTransports(1);
    const transport = await this.#room.router.createTransport()
      .catch((error) => {
        this.#countTransports(-1);
        throw error;
      });
    if (this.#isGone) {
      transport.close();
      this.#countTransports(-1);
    } else this.#transports.set(transport.id, transport);
    const receives = data.consuming === true ||
      data.appData?.direction === "consumer";
    if (receives) this.#receiving = transport;
    return {
      ...this.#rooms.spelling.id("transportId", transport.id),
      ...described(transport, data.forceTcp === true),
    };
  }

  /** One peer alone could use up the sockets of this process. */
  #refuseTooMany(): void {
    const { parts, transports } = this.#rooms;
    const { maxTransportsPerJoin, maxTransports, metrics } = parts;
    const isOver = this.#transportCount >= maxTransportsPerJoin;
    if (!isOver && transports < maxTransports) return;
    metrics.count("transports_refused_total");
    throw new Error(
      isOver
        ? `no more than ${
          formatCounted(maxTransportsPerJoin, "transport")
        } each`
        : `no more than ${formatCounted(maxTransports, "transport")} in all`,
    );
  }

  #countTransports(change: number): void {
    this.#transportCount += change;
    this.#rooms.transports += change;
  }

  #join({ displayName, device, rtpCapabilities }: Data): unknown {
    if (this.isJoined) throw new Error("Peer already joined");
    this.#rtpCapabilities = rtpCapabilities === undefined
      ? undefined
      : strictRtpCapabilitiesSchema.parse(rtpCapabilities);
    this.#profile = { displayName, device };
    const others = this.#others();
    for (const other of others) {
      other.#conversation.notify(
        "newPeer",
        this.#rooms.spelling.newPeer(this.card),
      );
      for (const track of other.tracks.values()) this.take(track);
    }
    return { peers: others.map(({ card }) => card) };
  }

  async #produce({ transportId, kind, rtpParameters }: Data): Promise<unknown> {
    if (!this.isJoined) throw new Error("Peer not yet joined");
    const transport = this.#transport(transportId);
    const parameters = strictRtpParametersSchema.parse(rtpParameters);
    const producer = await transport.produce(kind, parameters);
    const { id } = producer;
    const track: ProtooTrack = {
      owner: this,
      producer,
      consumers: new Map(),
      isPaused: false,
    };
    if (this.#isGone) producer.close();
    else {
      this.tracks.set(id, track);
      this.#rooms.parts.metrics.count("producers_created_total");
      this.#rooms.parts.streams.open(
        { id, roomId: this.#room.id, participantId: this.id, kind },
        () => producer.counts(),
      );
      for (const other of this.#others()) other.take(track);
    }
    return this.#rooms.spelling.id("producerId", id);
  }

  async #closeTrack(track: ProtooTrack): Promise<void> {
    const { producer, consumers } = track;
    await this.#rooms.parts.streams.settle([
      producer.id,
      ...consumers.keys(),
    ]);
    this.#end(track);
  }

  #end({ producer, consumers }: ProtooTrack): void {
    this.tracks.delete(producer.id);
    for (const [id, peer] of consumers) peer.drop(id);
    producer.close();
  }

  async #setPaused(track: ProtooTrack, isPaused: boolean): Promise<void> {
    const { producer, consumers } = track;
    track.isPaused = isPaused;
    await (isPaused ? producer.pause() : producer.resume());
    for (const [id, peer] of consumers) {
      peer.tellConsumer(isPaused ? "consumerPaused" : "consumerResumed", id);
    }
  }

  /** The others hear that it is gone, once. */
  #forget(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#room.peers.delete(this.id);
    if (!this.isJoined) return;
    for (const other of this.#others()) {
      other.#conversation.notify("peerClosed", { peerId: this.id });
    }
  }

  #others(): ProtooPeer[] {
    return [...this.#room.peers.values()]
      .filter((peer) => peer !== this && peer.isJoined);
  }

  #transport(id: string): EngineTransport {
    return found(this.#transports.get(id), "transport", id);
  }

  #track(id: string): ProtooTrack {
    return found(this.tracks.get(id), "producer", id);
  }

  #consumer(id: string): EngineConsumer {
    return found(this.#consumers.get(id), "consumer", id);
  }
}

function found<Thing>(thing: Thing | undefined, what: string, id: string) {
  if (thing !== undefined) return thing;
  throw new Error(`${what} with id "${id}" not found`);
}
