/**
 * A server in the manner of the tutorials that most mediasoup applications
 * began as: socket.io, an event a request, consumers on the client's demand,
 * and lists of producers that name no kind and repeat one's own.
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
/** What nearly half of all mediasoup servers speak. */
import { Server, type Socket } from "npm:socket.io@4.8.3";
import type {
  Engine,
  EngineConsumer,
  EngineKind,
  EngineProducer,
  EngineRouter,
  EngineTransport,
} from "../../../lib/sfu/engine.ts";
import { startMediasoupEngine } from "../../../lib/sfu/mediasoup/engine.ts";
import { startWeriftEngine } from "../../../lib/sfu/werift/engine.ts";

export interface TutorialOptions {
  readonly engine: EngineKind;
  /** Whether each consumer has a transport of its own, which ends with it. */
  readonly transportPerConsumer?: boolean;
}

// deno-lint-ignore no-explicit-any -- as a tutorial does
type Data = any;

interface Peer {
  readonly socket: Socket;
  readonly transports: Map<string, EngineTransport>;
  readonly producers: Map<string, EngineProducer>;
  readonly consumers: Map<string, Consumed>;
}

interface Consumed {
  readonly consumer: EngineConsumer;
  readonly producerId: string;
  readonly transport: EngineTransport;
}

interface Room {
  readonly id: string;
  readonly router: EngineRouter;
  readonly peers: Map<string, Peer>;
}

/** A running one. */
export class TutorialServer implements AsyncDisposable {
  /** What it has made, over all rooms and times. */
  transportsMade = 0;
  readonly #rooms = new Map<string, Promise<Room>>();
  readonly #http = createServer();
  readonly #io = new Server(this.#http);
  readonly #engine: Engine;
  readonly #isPerConsumer: boolean;

  private constructor(engine: Engine, isPerConsumer: boolean) {
    this.#engine = engine;
    this.#isPerConsumer = isPerConsumer;
    this.#io.on("connection", (socket) => this.#serve(socket));
  }

  static async start(
    { engine, transportPerConsumer = false }: TutorialOptions,
  ): Promise<TutorialServer> {
    const options = { announceIp: "127.0.0.1", onFailure: () => {} };
    const server = new TutorialServer(
      engine === "werift"
        ? await startWeriftEngine(options)
        : await startMediasoupEngine({ ...options, workers: 1 }),
      transportPerConsumer,
    );
    await new Promise<void>((listening) =>
      server.#http.listen(0, "127.0.0.1", listening)
    );
    return server;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Rooms with somebody in them. */
  get rooms(): number {
    return this.#rooms.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#io.close();
    await this.#engine[Symbol.asyncDispose]();
  }

  #serve(socket: Socket): void {
    const peer: Peer = {
      socket,
      transports: new Map(),
      producers: new Map(),
      consumers: new Map(),
    };
    let room: Room | undefined;
    const on = (
      event: string,
      answer: (data: Data, room: Room) => unknown,
    ): void => {
      socket.on(event, async (...values) => {
        const [data, callback = () => {}] = typeof values.at(-1) === "function"
          ? values.length === 1 ? [{}, values[0]] : values
          : values;
        try {
          if (room === undefined) throw new Error("not in a room");
          callback(await answer(data, room));
        } catch (error) {
          callback({ error: (error as Error).message });
        }
      });
    };

    socket.on("createRoom", async ({ room_id }, callback) => {
      if (this.#rooms.has(room_id)) return callback("already exists");
      this.#rooms.set(room_id, this.#open(room_id));
      await this.#rooms.get(room_id);
      callback(room_id);
    });
    socket.on("join", async ({ room_id }, callback) => {
      room = await this.#rooms.get(room_id);
      if (room === undefined) {
        return callback({ error: "Room does not exist" });
      }
      room.peers.set(socket.id, peer);
      callback({ id: room_id });
    });
    on("getProducers", (_data, { peers }) => {
      socket.emit("newProducers", listOf(peers));
    });
    on(
      "getRouterRtpCapabilities",
      (_data, { router }) => router.rtpCapabilities,
    );
    on("createWebRtcTransport", async (_data, { router }) => {
      const transport = await router.createTransport();
      this.transportsMade++;
      peer.transports.set(transport.id, transport);
      const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
      return { id, iceParameters, iceCandidates, dtlsParameters };
    });
    on("connectTransport", async ({ transport_id, dtlsParameters }) => {
      await found(peer.transports, transport_id).connect(dtlsParameters);
      return "success";
    });
    on("produce", async (data, { peers }) => {
      const { producerTransportId, kind, rtpParameters } = data;
      const transport = found(peer.transports, producerTransportId);
      const producer = await transport.produce(kind, rtpParameters);
      peer.producers.set(producer.id, producer);
      for (const { socket } of peers.values()) {
        socket.emit("newProducers", listOf(peers));
      }
      return { producer_id: producer.id };
    });
    on("consume", async (data) => {
      const { consumerTransportId, producerId, rtpCapabilities } = data;
      const transport = found(peer.transports, consumerTransportId);
      const isTaken = [...peer.consumers.values()]
        .some((one) => one.transport === transport);
      if (this.#isPerConsumer && isTaken) throw new Error("transport in use");
      const consumer = await transport.consume({
        producerId,
        rtpCapabilities,
        paused: this.#isPerConsumer,
      });
      const { id, kind, rtpParameters } = consumer;
      peer.consumers.set(id, { consumer, producerId, transport });
      return { id, producerId, kind, rtpParameters, type: "simple" };
    });
    on(
      "resume",
      ({ consumer_id }) => found(peer.consumers, consumer_id).consumer.resume(),
    );
    on("producerClosed", ({ producer_id }, { peers }) => {
      this.#close(peers, peer, producer_id);
    });
    on("exitRoom", (_data, here) => {
      this.#leave(here, peer);
      room = undefined;
      return "successfully exited room";
    });
    socket.on("disconnect", () => room && this.#leave(room, peer));
  }

  async #open(id: string): Promise<Room> {
    const router = await this.#engine.createRouter({
      activeSpeaker: () => {},
      audioLevels: () => {},
    });
    return { id, router, peers: new Map() };
  }

  #close(
    peers: ReadonlyMap<string, Peer>,
    owner: Peer,
    producerId: string,
  ): void {
    owner.producers.get(producerId)?.close();
    owner.producers.delete(producerId);
    for (const { socket, consumers } of peers.values()) {
      for (const [id, { transport, ...one }] of consumers) {
        if (one.producerId !== producerId) continue;
        consumers.delete(id);
        if (this.#isPerConsumer) transport.close();
        socket.emit("consumerClosed", { consumer_id: id });
      }
    }
  }

  #leave({ id, peers, router }: Room, peer: Peer): void {
    peers.delete(peer.socket.id);
    for (const id of [...peer.producers.keys()]) this.#close(peers, peer, id);
    for (const transport of peer.transports.values()) transport.close();
    if (peers.size > 0) return;
    this.#rooms.delete(id);
    router.close();
  }
}

function listOf(peers: ReadonlyMap<string, Peer>): object[] {
  return [...peers].flatMap(([producer_socket_id, { producers }]) =>
    [...producers.keys()].map((producer_id) => ({
      producer_id,
      producer_socket_id,
    }))
  );
}

function found<Thing>(things: ReadonlyMap<string, Thing>, id: string): Thing {
  const thing = things.get(id);
  if (thing === undefined) throw new Error(`there is no ${id}`);
  return thing;
}
