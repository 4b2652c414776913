/**
 * An engine in memory for the embedded server's rooms: packets of a producer,
 * to each of its consumers, with the consumer's SSRC and, where it chooses
 * among layers, its own sequence numbers.
 */

import type {
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from "../ortc/mod.ts";
import type {
  ConsumeOptions,
  Engine,
  EngineConsumer,
  EngineProducer,
  EngineRouter,
  EngineTransport,
  Layers,
  StreamCounts,
} from "../sfu/signaling/mod.ts";
import { FAKE_CAPABILITIES } from "./fake_capabilities.ts";
import { FakeLayerChoice } from "./fake_layers.ts";
import type { FakeArrival, FakeTransport } from "./fake_transport.ts";

/** What an engine in memory needs of the world. */
export interface FakeEngineDoors {
  readonly now: () => FakeArrival;
  /** Makes UUIDs, which the server's ids are. */
  readonly newId: () => string;
  /** Decides which packets never arrive; asked of each receiver with the packet as it was sent. */
  readonly drops: (packet: Uint8Array) => boolean;
}

const SEQUENCE_AT = 2;
const SSRC_AT = 8;
const FIRST_SSRC = 100_000_000;

/** Forwards what clients of a fake server send. */
export class FakeEngine implements Engine {
  readonly kind = "werift";
  readonly workerPids: readonly number[] = [];
  /** The server's ends of transports, by id. */
  readonly transports = new Map<string, FakeServerTransport>();
  readonly producers = new Map<string, FakeProducer>();
  readonly doors: FakeEngineDoors;
  readonly #streams = new Map<number, [FakeProducer, layer: number]>();
  #lastSsrc = FIRST_SSRC;

  constructor(doors: FakeEngineDoors) {
    this.doors = doors;
  }

  createRouter(): Promise<EngineRouter> {
    const rtpCapabilities: RtpCapabilities = FAKE_CAPABILITIES;
    return Promise.resolve({
      rtpCapabilities,
      createTransport: () => Promise.resolve(new FakeServerTransport(this)),
      observeAudio: () => Promise.resolve(),
      close() {},
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** An SSRC that no consumer has. */
  newSsrc(): number {
    return ++this.#lastSsrc;
  }

  /** Takes in a producer. */
  add(producer: FakeProducer): void {
    this.producers.set(producer.id, producer);
    for (
      const [layer, { ssrc }] of producer.rtpParameters.encodings.entries()
    ) {
      this.#streams.set(ssrc!, [producer, layer]);
    }
  }

  /** Forgets a producer and its consumers. */
  remove(producer: FakeProducer): void {
    this.producers.delete(producer.id);
    for (const { ssrc } of producer.rtpParameters.encodings) {
      const [owner] = this.#streams.get(ssrc!) ?? [];
      if (owner === producer) this.#streams.delete(ssrc!);
    }
  }

  /** Takes a packet from a client, in place. */
  forward(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset);
    const ssrc = view.getUint32(SSRC_AT);
    const stream = this.#streams.get(ssrc);
    if (stream === undefined) return;
    const [producer, layer] = stream;
    producer.packets++;
    producer.bytes += packet.length;
    if (producer.isPaused) return;
    const sequence = view.getUint16(SEQUENCE_AT);
    for (const consumer of producer.consumers) {
      if (consumer.isPaused) continue;
      view.setUint16(SEQUENCE_AT, sequence);
      view.setUint32(SSRC_AT, ssrc);
      const number = consumer.choice?.take(packet, layer) ?? sequence;
      if (number < 0 || this.doors.drops(packet)) continue;
      view.setUint16(SEQUENCE_AT, number);
      view.setUint32(SSRC_AT, consumer.ssrc);
      consumer.packets++;
      consumer.transport.client?.deliverRtp(packet, this.doors.now());
    }
    view.setUint16(SEQUENCE_AT, sequence);
    view.setUint32(SSRC_AT, ssrc);
  }
}

/** The server's end of a transport. */
class FakeServerTransport implements EngineTransport {
  readonly id: string;
  readonly iceParameters: IceParameters;
  readonly iceCandidates = [];
  readonly dtlsParameters = { role: "auto", fingerprints: [] } as const;
  /** The client's end, once it is made. */
  client: FakeTransport | undefined;
  /** Only what a client receives is watched. */
  direction: "send" | "recv" = "send";
  readonly #engine: FakeEngine;
  readonly #producers = new Set<FakeProducer>();
  readonly #consumers = new Set<FakeConsumer>();

  constructor(engine: FakeEngine) {
    this.#engine = engine;
    this.id = engine.doors.newId();
    this.iceParameters = { usernameFragment: this.id, password: "secret" };
    engine.transports.set(this.id, this);
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  restartIce(): Promise<IceParameters> {
    const usernameFragment = this.#engine.doors.newId();
    return Promise.resolve({ usernameFragment, password: "another secret" });
  }

  produce(kind: MediaKind, parameters: RtpParameters): Promise<EngineProducer> {
    const producer = new FakeProducer(this.#engine, kind, parameters);
    this.#producers.add(producer);
    return Promise.resolve(producer);
  }

  consume({ producerId, paused }: ConsumeOptions): Promise<EngineConsumer> {
    const producer = this.#engine.producers.get(producerId);
    if (producer === undefined) {
      const message = `Producer with id "${producerId}" not found`;
      return Promise.reject(new Error(message));
    }
    const consumer = new FakeConsumer(this.#engine, producer, this, paused);
    this.#consumers.add(consumer);
    return Promise.resolve(consumer);
  }

  watchBandwidth(): Promise<void> {
    this.direction = "recv";
    return Promise.resolve();
  }

  close(): void {
    for (const producer of this.#producers) producer.close();
    for (const consumer of this.#consumers) consumer.close();
    this.#engine.transports.delete(this.id);
  }
}

/**
 * A track that a client sends to a fake server.
 *
 * @internal
 */
export class FakeProducer implements EngineProducer {
  /** Its id on the server. */
  readonly id: string;
  /** What it carries. */
  readonly kind: MediaKind;
  /** How its packets are marked. */
  readonly rtpParameters: RtpParameters;
  /** Who receives it. */
  readonly consumers = new Set<FakeConsumer>();
  /** Whether its packets go to nobody. */
  isPaused = false;
  /** Packets that came from the client. */
  packets = 0;
  /** All of those, header included. */
  bytes = 0;
  readonly #engine: FakeEngine;

  /** A new one, which its engine knows from now on. */
  constructor(
    engine: FakeEngine,
    kind: MediaKind,
    rtpParameters: RtpParameters,
  ) {
    this.id = engine.doors.newId();
    this.kind = kind;
    this.rtpParameters = rtpParameters;
    this.#engine = engine;
    engine.add(this);
  }

  /** Its packets go to nobody from now on. */
  pause(): Promise<void> {
    this.isPaused = true;
    return Promise.resolve();
  }

  /** They do again. */
  resume(): Promise<void> {
    this.isPaused = false;
    return Promise.resolve();
  }

  /** What came so far. */
  counts(): Promise<StreamCounts> {
    return Promise.resolve(countsOf(this.packets, this.bytes));
  }

  /** It ends, and so do its consumers. */
  close(): void {
    this.#engine.remove(this);
    this.consumers.clear();
  }
}

/** A track that a fake server sends to a client. */
class FakeConsumer implements EngineConsumer {
  readonly id: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
  readonly ssrc: number;
  readonly layered: boolean;
  readonly transport: FakeServerTransport;
  /** `undefined` where there is only one layer. */
  readonly choice: FakeLayerChoice | undefined;
  isPaused: boolean;
  packets = 0;
  readonly #producer: FakeProducer;
  #onLayers: (layers: Layers) => void = () => {};

  constructor(
    engine: FakeEngine,
    producer: FakeProducer,
    transport: FakeServerTransport,
    isPaused: boolean,
  ) {
    const { kind, rtpParameters } = producer;
    const { length } = rtpParameters.encodings;
    const ssrc = engine.newSsrc();
    this.id = engine.doors.newId();
    this.kind = kind;
    this.ssrc = ssrc;
    this.rtpParameters = {
      ...rtpParameters,
      encodings: [{ ssrc, scalabilityMode: `L${length}T1` }],
    };
    this.layered = length > 1;
    this.choice = this.layered
      ? new FakeLayerChoice(
        length - 1,
        (spatialLayer) => this.#onLayers({ spatialLayer, temporalLayer: 0 }),
      )
      : undefined;
    this.transport = transport;
    this.isPaused = isPaused;
    this.#producer = producer;
    producer.consumers.add(this);
  }

  pause(): Promise<void> {
    this.isPaused = true;
    return Promise.resolve();
  }

  resume(): Promise<void> {
    this.isPaused = false;
    return Promise.resolve();
  }

  setPreferredLayers({ spatialLayer }: Layers): Promise<void> {
    const { length } = this.#producer.rtpParameters.encodings;
    this.choice?.prefer(Math.min(spatialLayer, length - 1));
    return Promise.resolve();
  }

  watchLayers(listener: (layers: Layers | undefined) => void): void {
    this.#onLayers = listener;
  }

  counts(): Promise<StreamCounts> {
    return Promise.resolve(countsOf(this.packets, 0));
  }

  /** Ends with its transport. */
  close(): void {
    this.#producer.consumers.delete(this);
  }
}

function countsOf(packets: number, bytes: number): StreamCounts {
  return { packets, bytes, lost: 0, retransmitted: 0, nacked: 0 };
}
