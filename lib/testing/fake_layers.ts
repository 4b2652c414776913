/** Which of a producer's layers a fake consumer gets, and how it goes from one to another. */

import { isVp8KeyFrameStart, RtpReader } from "../media/mod.ts";

const SEQUENCE_AT = 2;
const reader = new RtpReader();

/** One consumer's choice among layers, numbered on where another begins. */
export class FakeLayerChoice {
  /** Told whenever another layer begins. */
  readonly #onChange: (layer: number) => void;
  #wanted: number;
  #current = -1;
  /** From the sequence numbers of the layer to those that go out. */
  #offset = 0;
  #last = 0;

  /** It begins with the layer `wanted`. */
  constructor(wanted: number, onChange: (layer: number) => void) {
    this.#wanted = wanted;
    this.#onChange = onChange;
  }

  /** Goes over to this layer with its next key frame. */
  prefer(layer: number): void {
    this.#wanted = layer;
  }

  /** The number under which a packet of this layer goes out; -1 for one that does not. */
  take(packet: Uint8Array, layer: number): number {
    const sequence = (packet[SEQUENCE_AT] << 8) | packet[SEQUENCE_AT + 1];
    if (layer === this.#wanted && layer !== this.#current) {
      const isFirst = this.#current < 0;
      if (!isFirst && !startsKeyFrame(packet)) return -1;
      this.#offset = isFirst ? 0 : this.#last + 1 - sequence;
      this.#current = layer;
      this.#onChange(layer);
    }
    if (layer !== this.#current) return -1;
    return this.#last = (sequence + this.#offset) & 0xffff;
  }
}

function startsKeyFrame(packet: Uint8Array): boolean {
  return reader.read(packet, 0, packet.length) &&
    isVp8KeyFrameStart(packet, reader.payloadOffset, reader.payloadLength);
}
