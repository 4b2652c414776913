/** The media of a fake server: packets of a producer, to each of its consumers. */

import type { MediaKind, RtpParameters } from "../ortc/mod.ts";
import { FakeLayerChoice } from "./fake_layers.ts";
import type { FakeArrival, FakeTransport } from "./fake_transport.ts";

/** A track that a client sends to a fake server. */
export interface FakeProducer {
  readonly id: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
  isPaused: boolean;
  /** Packets that came from the client. */
  packets: number;
}

/** What a consumer of a fake server is told. */
export interface FakeConsumer {
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
  readonly isPaused: boolean;
  /** Asks for a layer; does nothing where there is only one. */
  readonly prefer: (layer: number) => void;
}

/** A stream that comes in. */
interface Stream {
  readonly producer: FakeProducer;
  readonly layer: number;
}

interface Row {
  readonly ssrc: number;
  /** `undefined` where there is only one layer. */
  readonly layers: FakeLayerChoice | undefined;
  readonly transport: () => FakeTransport | undefined;
}

const SEQUENCE_AT = 2;
const SSRC_AT = 8;
const FIRST_SSRC = 100_000_000;

/** Forwards packets, with the SSRC of each consumer and, where it chooses among layers, the sequence number changed. */
export class FakeForwarder {
  readonly #now: () => FakeArrival;
  readonly #drops: (packet: Uint8Array) => boolean;
  readonly #producers = new Map<string, FakeProducer>();
  readonly #bySsrc = new Map<number, Stream>();
  readonly #rows = new Map<string, Row[]>();
  #lastSsrc = FIRST_SSRC;

  /** `drops` decides which packets never arrive. */
  constructor(
    now: () => FakeArrival,
    drops: (packet: Uint8Array) => boolean,
  ) {
    this.#now = now;
    this.#drops = drops;
  }

  /** Takes what a client has announced with `produce`. */
  addProducer(
    id: string,
    kind: MediaKind,
    rtpParameters: RtpParameters,
  ): FakeProducer {
    const producer = { id, kind, rtpParameters, isPaused: false, packets: 0 };
    this.#producers.set(id, producer);
    for (const [layer, { ssrc }] of rtpParameters.encodings.entries()) {
      this.#bySsrc.set(ssrc!, { producer, layer });
    }
    this.#rows.set(id, []);
    return producer;
  }

  /**
   * Opens a consumer on the transport of the moment; `undefined` without such
   * a producer. `onLayer` is told which layer it gets, whenever that changes.
   */
  addConsumer(
    producerId: string,
    transport: () => FakeTransport | undefined,
    onLayer: (layer: number) => void = () => {},
  ): FakeConsumer | undefined {
    const producer = this.#producers.get(producerId);
    if (producer === undefined) return undefined;
    const ssrc = ++this.#lastSsrc;
    const { kind, isPaused, rtpParameters } = producer;
    const { length } = rtpParameters.encodings;
    const layers = length > 1
      ? new FakeLayerChoice(length - 1, onLayer)
      : undefined;
    this.#rows.get(producerId)!.push({ ssrc, layers, transport });
    return {
      kind,
      isPaused,
      rtpParameters: {
        ...rtpParameters,
        encodings: [{ ssrc, scalabilityMode: `L${length}T1` }],
      },
      prefer: (layer) => layers?.prefer(Math.min(layer, length - 1)),
    };
  }

  /** Stops or goes on forwarding a producer. */
  setPaused(producerId: string, isPaused: boolean): void {
    const producer = this.#producers.get(producerId);
    if (producer !== undefined) producer.isPaused = isPaused;
  }

  /** Closes a producer and its consumers. */
  removeProducer(producerId: string): void {
    const producer = this.#producers.get(producerId);
    if (producer === undefined) return;
    this.#producers.delete(producerId);
    for (const { ssrc } of producer.rtpParameters.encodings) {
      this.#bySsrc.delete(ssrc!);
    }
    this.#rows.delete(producerId);
  }

  /** Takes a packet from a client, in place. */
  forward(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset);
    const ssrc = view.getUint32(SSRC_AT);
    const stream = this.#bySsrc.get(ssrc);
    if (stream === undefined) return;
    const { producer, layer } = stream;
    producer.packets++;
    if (producer.isPaused) return;
    const sequence = view.getUint16(SEQUENCE_AT);
    for (const row of this.#rows.get(producer.id)!) {
      view.setUint16(SEQUENCE_AT, sequence);
      const number = row.layers?.take(packet, layer) ?? sequence;
      if (number < 0 || this.#drops(packet)) continue;
      view.setUint16(SEQUENCE_AT, number);
      view.setUint32(SSRC_AT, row.ssrc);
      row.transport()?.deliverRtp(packet, this.#now());
    }
    view.setUint16(SEQUENCE_AT, sequence);
    view.setUint32(SSRC_AT, ssrc);
  }
}
