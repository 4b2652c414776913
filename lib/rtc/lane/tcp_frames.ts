/**
 * Packets in a stream: each has its length in front of it, in two bytes
 * (RFC 4571 section 2), as ICE over TCP has it (RFC 6544 section 3).
 *
 * @module
 */

/** Bytes in front of each packet. */
export const FRAME_HEADER_BYTES = 2;
/** The longest packet that the two bytes can tell. */
export const MAX_FRAME_BYTES = 0xffff;

/** Writes a frame around `packet` at `offset` of `out`; returns where the next one goes. */
export function writeFrame(
  out: Uint8Array,
  offset: number,
  packet: Uint8Array,
): number {
  out[offset] = packet.length >> 8;
  out[offset + 1] = packet.length & 0xff;
  out.set(packet, offset + FRAME_HEADER_BYTES);
  return offset + FRAME_HEADER_BYTES + packet.length;
}

/** Takes a packet in place: `length` bytes of `bytes` from `offset`. */
export type FrameHandler = (
  bytes: Uint8Array,
  offset: number,
  length: number,
) => void;

/** Cuts a stream into its packets, however reads have cut it. */
export class FrameReader {
  /** Room for what was read: more than two of the longest frames. */
  readonly #bytes = new Uint8Array(3 * MAX_FRAME_BYTES);
  #begin = 0;
  #end = 0;

  /** Where to read to; never empty. */
  get room(): Uint8Array {
    return this.#bytes.subarray(this.#end);
  }

  /** `count` bytes were read into {@linkcode FrameReader.room}; hands over the packets that are whole, but not empty ones. */
  advance(count: number, onFrame: FrameHandler): void {
    this.#end += count;
    const bytes = this.#bytes;
    while (this.#end - this.#begin >= FRAME_HEADER_BYTES) {
      const at = this.#begin;
      const length = bytes[at] << 8 | bytes[at + 1];
      const next = at + FRAME_HEADER_BYTES + length;
      if (next > this.#end) break;
      this.#begin = next;
      if (length > 0) onFrame(bytes, at + FRAME_HEADER_BYTES, length);
    }
    if (this.#begin === this.#end) {
      this.#begin = this.#end = 0;
    } else if (this.#end > bytes.length - MAX_FRAME_BYTES) {
      bytes.copyWithin(0, this.#begin, this.#end);
      this.#end -= this.#begin;
      this.#begin = 0;
    }
  }
}
