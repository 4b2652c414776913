/**
 * An RTP packet in place: one object that is pointed at packet after packet
 * and reads their fields without allocating (RFC 3550 section 5.1, header
 * extensions of RFC 8285).
 *
 * @module
 */

import { int32At } from "../../network_order.ts";

export { int32At, writeInt16, writeInt32 } from "../../network_order.ts";

const FIXED_BYTES = 12;
const ONE_BYTE_PROFILE = 0xbede;
/** The low four bits are the application's own. */
const TWO_BYTE_PROFILE = 0x1000;
/** Ids have up to eight bits, as two-byte headers carry them. */
const IDS = 256;

/** A reader of RTP packets. Its fields are those of the last packet that it read. */
export class RtpReader {
  /** The buffer that holds the packet. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the packet begins. */
  offset = 0;
  /** Its length in bytes. */
  length = 0;
  marker = false;
  payloadType = 0;
  /** 16 bits. */
  sequence = 0;
  /** RTP timestamp as a signed 32-bit number: only differences matter. */
  timestamp = 0;
  /** As a signed 32-bit number, which the engine keeps without a box. */
  ssrc = 0;
  payloadOffset = 0;
  /** Without padding. */
  payloadLength = 0;
  /** Where the value of extension `id`, 1 to 255, begins; 0 when the packet has none. */
  readonly extensionOffset = new Int32Array(IDS);
  /** Bytes of the value of extension `id`. */
  readonly extensionLength = new Int32Array(IDS);
  /** The ids of the packet's extensions, to forget them by: cheaper than all of them. */
  readonly #ids = new Int32Array(IDS);
  #found = 0;

  /** Reads the packet at `offset`; `false` when it is none. */
  read(bytes: Uint8Array, offset: number, length: number): boolean {
    if (length < FIXED_BYTES || (bytes[offset] & 0xc0) !== 0x80) return false;
    const first = bytes[offset];
    const second = bytes[offset + 1];
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
    this.marker = (second & 0x80) !== 0;
    this.payloadType = second & 0x7f;
    this.sequence = (bytes[offset + 2] << 8) | bytes[offset + 3];
    this.timestamp = int32At(bytes, offset + 4);
    this.ssrc = int32At(bytes, offset + 8);
    let at = offset + FIXED_BYTES + ((first & 0x0f) << 2);
    const end = offset + length;
    for (let i = 0; i < this.#found; i++) {
      this.extensionOffset[this.#ids[i]] = 0;
    }
    this.#found = 0;
    if ((first & 0x10) !== 0) {
      if (at + 4 > end) return false;
      const profile = (bytes[at] << 8) | bytes[at + 1];
      const size = ((bytes[at + 2] << 8) | bytes[at + 3]) << 2;
      at += 4;
      if (at + size > end) return false;
      if (profile === ONE_BYTE_PROFILE) this.#readExtensions(at, at + size);
      else if ((profile & 0xfff0) === TWO_BYTE_PROFILE) {
        this.#readLongExtensions(at, at + size);
      }
      at += size;
    }
    const isPadded = (first & 0x20) !== 0;
    // Padding has at least the byte that says how much there is (RFC 3550 section 5.1).
    if (isPadded && at === end) return false;
    const padding = isPadded ? bytes[end - 1] : 0;
    this.payloadOffset = at;
    this.payloadLength = end - at - padding;
    return this.payloadLength >= 0;
  }

  /** The value of extension `id` as ASCII text; `undefined` when the packet has none. */
  textOf(id: number): string | undefined {
    const at = this.extensionOffset[id];
    if (at === 0) return undefined;
    const value = this.bytes.subarray(at, at + this.extensionLength[id]);
    return String.fromCharCode(...value);
  }

  #readExtensions(start: number, end: number): void {
    const bytes = this.bytes;
    let at = start;
    while (at < end) {
      const head = bytes[at++];
      if (head === 0) continue;
      const id = head >> 4;
      const length = (head & 0x0f) + 1;
      // RFC 8285 section 4.2: a padding id with a length, and id 15, end the reading.
      if (id === 0 || id === 15 || at + length > end) return;
      this.#note(id, at, length);
      at += length;
    }
  }

  /** RFC 8285 section 4.3: an id, a length that may be 0, and so many bytes. */
  #readLongExtensions(start: number, end: number): void {
    const bytes = this.bytes;
    let at = start;
    while (at < end) {
      const id = bytes[at++];
      if (id === 0) continue;
      if (at >= end) return;
      const length = bytes[at++];
      if (at + length > end) return;
      this.#note(id, at, length);
      at += length;
    }
  }

  #note(id: number, at: number, length: number): void {
    if (this.extensionOffset[id] === 0) this.#ids[this.#found++] = id;
    this.extensionOffset[id] = at;
    this.extensionLength[id] = length;
  }
}
