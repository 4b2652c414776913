/** The media of a fake server: packets of a producer, to each of its consumers. */

import type { MediaKind, RtpParameters } from "../protocol/mod.ts";
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
}

interface Row {
  readonly ssrc: number;
  readonly transport: () => FakeTransport | undefined;
}

const SSRC_AT = 8;
const FIRST_SSRC = 100_000_000;

/** Forwards packets, with the SSRC of each consumer and nothing else changed. */
export class FakeForwarder {
  readonly #now: () => FakeArrival;
  readonly #drops: (packet: Uint8Array) => boolean;
  readonly #producers = new Map<string, FakeProducer>();
  readonly #bySsrc = new Map<number, FakeProducer>();
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
    this.#bySsrc.set(rtpParameters.encodings[0].ssrc!, producer);
    this.#rows.set(id, []);
    return producer;
  }

  /** Opens a consumer on the transport of the moment; `undefined` without such a producer. */
  addConsumer(
    producerId: string,
    transport: () => FakeTransport | undefined,
  ): FakeConsumer | undefined {
    const producer = this.#producers.get(producerId);
    if (producer === undefined) return undefined;
    const ssrc = ++this.#lastSsrc;
    this.#rows.get(producerId)!.push({ ssrc, transport });
    const { kind, isPaused, rtpParameters } = producer;
    return {
      kind,
      isPaused,
      rtpParameters: { ...rtpParameters, encodings: [{ ssrc }] },
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
    this.#bySsrc.delete(producer.rtpParameters.encodings[0].ssrc!);
    this.#rows.delete(producerId);
  }

  /** Takes a packet from a client, in place. */
  forward(packet: Uint8Array): void {
    const view = new DataView(packet.buffer, packet.byteOffset);
    const ssrc = view.getUint32(SSRC_AT);
    const producer = this.#bySsrc.get(ssrc);
    if (producer === undefined) return;
    producer.packets++;
    if (producer.isPaused) return;
    for (const row of this.#rows.get(producer.id)!) {
      if (this.#drops(packet)) continue;
      view.setUint32(SSRC_AT, row.ssrc);
      row.transport()?.deliverRtp(packet, this.#now());
    }
    view.setUint32(SSRC_AT, ssrc);
  }
}
