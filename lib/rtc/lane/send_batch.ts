/**
 * The structures of `sendmsg` with UDP_SEGMENT, and of `sendmmsg` where the
 * kernel or the device cannot cut one buffer into datagrams by itself.
 *
 * @module
 */

import { CMSG, IOVEC_BYTES, MSGHDR, SOL_UDP, UDP_SEGMENT } from "./libc.ts";
import { NativeMemory } from "./native_memory.ts";

/** The kernel cuts a buffer into at most this many datagrams (UDP_MAX_SEGMENTS). */
const MAX_SEGMENTS = 64;
/** The largest UDP payload over IPv4. */
const MAX_BYTES = 65507;
const CONTROL_BYTES = 24;

/** Headers for a burst out of one buffer. */
export class SendBatch {
  /** Whether UDP_SEGMENT is used; set to false once the kernel refused it. */
  segmented = true;
  readonly #address: number;
  readonly #headers = new NativeMemory(MAX_SEGMENTS * MSGHDR.bytes);
  readonly #vectors = new NativeMemory(MAX_SEGMENTS * IOVEC_BYTES);
  readonly #header = new NativeMemory(MSGHDR.bytes);
  readonly #vector = new NativeMemory(IOVEC_BYTES);
  readonly #control = new NativeMemory(CONTROL_BYTES);

  /** `address` is that of the buffer that offsets refer to. */
  constructor(address: number) {
    this.#address = address;
    for (let i = 0; i < MAX_SEGMENTS; i++) {
      const header = i * MSGHDR.bytes;
      const vector = this.#vectors.address + i * IOVEC_BYTES;
      this.#headers.setWord(header + MSGHDR.iov, vector);
      this.#headers.setWord(header + MSGHDR.iovlen, 1);
    }
    this.#header.setWord(MSGHDR.iov, this.#vector.address);
    this.#header.setWord(MSGHDR.iovlen, 1);
    this.#header.setWord(MSGHDR.control, this.#control.address);
    this.#header.setWord(MSGHDR.controllen, CONTROL_BYTES);
    // CMSG_LEN of a 16-bit segment size.
    this.#control.setWord(CMSG.length, CMSG.data + 2);
    this.#control.view.setInt32(CMSG.level, SOL_UDP, true);
    this.#control.view.setInt32(CMSG.type, UDP_SEGMENT, true);
  }

  /** How many bytes one call may carry in datagrams of `segment` bytes. */
  mostBytes(segment: number): number {
    return segment * Math.min(MAX_SEGMENTS, Math.floor(MAX_BYTES / segment));
  }

  /** The header for one `sendmsg` that the kernel cuts. */
  segments(
    offset: number,
    length: number,
    segment: number,
  ): Uint8Array<ArrayBuffer> {
    this.#vector.setWord(0, this.#address + offset);
    this.#vector.setWord(8, length);
    this.#control.view.setUint16(CMSG.data, segment, true);
    return this.#header.bytes;
  }

  /** The headers for one `sendmmsg` of `count` datagrams. */
  messages(
    offset: number,
    length: number,
    segment: number,
    count: number,
  ): Uint8Array<ArrayBuffer> {
    for (let i = 0; i < count; i++) {
      const at = i * IOVEC_BYTES;
      this.#vectors.setWord(at, this.#address + offset + i * segment);
      this.#vectors.setWord(at + 8, Math.min(segment, length - i * segment));
    }
    return this.#headers.bytes;
  }
}
