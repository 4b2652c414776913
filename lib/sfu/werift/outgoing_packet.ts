/**
 * A received packet on its way to its consumers: the same payload and, but
 * for the MID, the same header extensions (RFC 8285), under another SSRC,
 * sequence number and payload type. It is prepared once and written once a
 * consumer; neither allocates.
 *
 * @module
 */

import { type RtpReader, writeInt16, writeInt32 } from "../../media/mod.ts";

const FIXED_BYTES = 12;
const EXTENSION_BIT = 0x10;
const CSRC_BITS = 0x0f;
const MARKER_BIT = 0x80;
const ONE_BYTE_PROFILE = 0xbede;
/** Of one extension in the one-byte form (RFC 8285 section 4.2). */
const MAX_EXTENSION_BYTES = 16;
/** The router's id of the MID extension. */
const MID_ID = 1;

/** What makes a consumer's packet its own. */
export interface OutgoingIdentity {
  readonly ssrc: number;
  readonly payloadType: number;
  /** ASCII, 1 to 16 bytes. */
  readonly mid: Uint8Array;
}

/** Copies one packet after another. */
export class OutgoingPacket {
  readonly #extensions = new Uint8Array(1024);
  #extensionBytes = 0;
  #source: RtpReader | undefined;

  /**
   * Takes the packet that `reader` points at. `routerIds` has the outgoing
   * id of each incoming extension id; 0 drops it.
   */
  prepare(reader: RtpReader, routerIds: Uint8Array): void {
    this.#source = reader;
    let at = 0;
    for (let id = 1; id < 15; id++) {
      const from = reader.extensionOffset[id];
      const routerId = routerIds[id];
      if (from === 0 || routerId === 0) continue;
      const length = reader.extensionLength[id];
      // Written in the one-byte form, whoever wrote it in the longer one.
      if (length === 0 || length > MAX_EXTENSION_BYTES) continue;
      this.#extensions[at++] = (routerId << 4) | (length - 1);
      for (let i = 0; i < length; i++) {
        this.#extensions[at++] = reader.bytes[from + i];
      }
    }
    this.#extensionBytes = at;
  }

  /** Writes the prepared packet at the start of `target`; returns its length. */
  write(
    target: Uint8Array,
    { ssrc, payloadType, mid }: OutgoingIdentity,
    sequence: number,
  ): number {
    const source = this.#source!;
    const { bytes, offset, payloadOffset } = source;
    const end = offset + source.length;
    target[0] = (bytes[offset] & ~CSRC_BITS) | EXTENSION_BIT;
    target[1] = (bytes[offset + 1] & MARKER_BIT) | payloadType;
    writeInt16(target, 2, sequence);
    writeInt32(target, 4, source.timestamp);
    writeInt32(target, 8, ssrc);

    const words = (this.#extensionBytes + 1 + mid.length + 3) >> 2;
    writeInt16(target, FIXED_BYTES, ONE_BYTE_PROFILE);
    writeInt16(target, FIXED_BYTES + 2, words);
    let at = FIXED_BYTES + 4;
    for (let i = 0; i < this.#extensionBytes; i++) {
      target[at++] = this.#extensions[i];
    }
    target[at++] = (MID_ID << 4) | (mid.length - 1);
    for (let i = 0; i < mid.length; i++) target[at++] = mid[i];
    const payloadAt = FIXED_BYTES + 4 + (words << 2);
    target.fill(0, at, payloadAt);

    // With its padding, which the header's first byte still announces.
    target.set(bytes.subarray(payloadOffset, end), payloadAt);
    return payloadAt + end - payloadOffset;
  }
}
