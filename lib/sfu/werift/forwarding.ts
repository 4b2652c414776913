/**
 * One producer and its consumers: the forwarder itself. It knows packets and
 * counts them; it does not know sockets, and time is an argument.
 *
 * @module
 */

import { RtpReader } from "../../media/mod.ts";
import type { StreamCounts } from "../engine.ts";
import { type OutgoingIdentity, OutgoingPacket } from "./outgoing_packet.ts";
import type { ProducerPlan } from "./parameters.ts";
import { ReceivedSequence, SentSequence } from "./sequence.ts";

/** The least time between two requests for a key frame, in milliseconds. */
const KEY_FRAME_REQUEST_MS = 500;

/** Where a consumer's packets go. */
export interface PacketSink {
  readonly connected: boolean;
  /** Sends a packet, which it may encrypt in place; says whether it left. */
  sendRtp(bytes: Uint8Array, offset: number, length: number): boolean;
}

/** Packets are built here, with room for the largest datagram and its tag. */
const out = new Uint8Array(8192);
const packet = new OutgoingPacket();
const reader = new RtpReader();

/** What one producer sends, to whoever consumes it. */
export class ForwardedProducer {
  readonly plan: ProducerPlan;
  readonly consumers = new Set<ForwardedConsumer>();
  readonly #askKeyFrame: () => void;
  readonly #sequence = new ReceivedSequence();
  paused = false;
  #packets = 0;
  #bytes = 0;
  #askedMs = -Infinity;

  /** `askKeyFrame` sends a request to the producer's client. */
  constructor(plan: ProducerPlan, askKeyFrame: () => void) {
    this.plan = plan;
    this.#askKeyFrame = askKeyFrame;
  }

  /** Takes a packet that came at `nowMs`. */
  receive(
    bytes: Uint8Array,
    offset: number,
    length: number,
    nowMs: number,
  ): void {
    if (!reader.read(bytes, offset, length)) return;
    const { plan } = this;
    if (reader.payloadType !== plan.payloadType) return;
    this.#packets++;
    this.#bytes += length;
    this.#sequence.add(reader.sequence);
    if (this.paused || this.consumers.size === 0) return;
    const startsKeyFrame = plan.isKeyFrameStart?.(
      bytes,
      reader.payloadOffset,
      reader.payloadLength,
    ) ?? true;
    packet.prepare(reader, plan.routerIds);
    let waiting = false;
    for (const consumer of this.consumers) {
      const sent = consumer.forward(reader.sequence, startsKeyFrame);
      if (!sent && consumer.needsKeyFrame) waiting = true;
    }
    if (waiting) this.requestKeyFrame(nowMs);
  }

  /** Asks for a key frame, unless it did so a moment ago. */
  requestKeyFrame(nowMs: number): void {
    if (!this.plan.takesPli || this.paused) return;
    if (nowMs - this.#askedMs < KEY_FRAME_REQUEST_MS) return;
    this.#askedMs = nowMs;
    this.#askKeyFrame();
  }

  /** What it sent so far. */
  counts(): StreamCounts {
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost: this.#sequence.lost,
      retransmitted: 0,
      nacked: 0,
    };
  }
}

/** What one consumer gets. */
export class ForwardedConsumer {
  readonly producer: ForwardedProducer;
  readonly identity: OutgoingIdentity;
  /** As its receiver last reported. */
  lost = 0;
  readonly #sink: PacketSink;
  readonly #sequence: SentSequence;
  #paused: boolean;
  #gated = true;
  #packets = 0;
  #bytes = 0;

  constructor(
    producer: ForwardedProducer,
    identity: OutgoingIdentity,
    sink: PacketSink,
    options: { readonly paused: boolean; readonly firstSequence: number },
  ) {
    this.producer = producer;
    this.identity = identity;
    this.#sink = sink;
    this.#paused = options.paused;
    this.#sequence = new SentSequence(options.firstSequence);
  }

  /** Whether it could forward, had it only a key frame to begin with. */
  get needsKeyFrame(): boolean {
    return this.#gated && !this.#paused && this.#sink.connected;
  }

  pause(): void {
    this.#paused = true;
  }

  /** Goes on with the next key frame. */
  resume(nowMs: number): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.begin(nowMs);
  }

  /** Waits for a key frame, and asks for one if packets could leave. */
  begin(nowMs: number): void {
    this.#gated = true;
    if (this.needsKeyFrame) this.producer.requestKeyFrame(nowMs);
  }

  /** Sends the prepared packet; says whether it left. */
  forward(sequence: number, startsKeyFrame: boolean): boolean {
    if (this.#paused || !this.#sink.connected) return false;
    if (this.#gated) {
      if (!startsKeyFrame) return false;
      this.#gated = false;
      this.#sequence.restart();
    }
    const number = this.#sequence.map(sequence);
    if (number < 0) return false;
    const length = packet.write(out, this.identity, number);
    if (!this.#sink.sendRtp(out, 0, length)) return false;
    this.#packets++;
    this.#bytes += length;
    return true;
  }

  /** What it got so far. */
  counts(): StreamCounts {
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost: this.lost,
      retransmitted: 0,
      nacked: 0,
    };
  }
}
