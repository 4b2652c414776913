/**
 * One direction of an SRTP association, as a port: sealing when it is ours,
 * opening when it is the peer's. libcrypto and `node:crypto` implement it for
 * two profiles each; what the RFCs say of vectors and associated data is here:
 *
 * - AEAD_AES_128_GCM: RFC 7714 sections 8 and 9
 * - AES_CM_128_HMAC_SHA1_80: RFC 3711 section 4
 *
 * @module
 */

import { int32At, writeInt32 } from "../../network_order.ts";
import type { BufferPointers } from "./buffer_pointers.ts";

/** Bytes at the start of an RTCP packet that stay in the clear. */
export const RTCP_HEADER_BYTES = 8;
/** Bytes of GCM's associated data for RTCP: the header and the index. */
export const RTCP_AAD_BYTES = 12;

/** What the two profiles do differently. Lengths are in bytes, packets in place. */
export interface SrtpStream {
  readonly tagBytes: number;
  /** Whether SRTCP's index stands behind the tag (GCM) or before it. */
  readonly indexIsLast: boolean;
  /** Encrypts the payload behind `header` bytes and appends the tag; returns the tag's length. */
  sealRtp(
    buffer: BufferPointers,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): number;
  /** Checks and decrypts; `length` is without the tag. */
  openRtp(
    buffer: BufferPointers,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): boolean;
  /** Encrypts behind the first 8 bytes, appends index and tag; returns the tag's length. */
  sealRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number;
  /** Checks and decrypts; `length` is without index and tag. */
  openRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean;
  /** Frees native contexts; idempotent. */
  close(): void;
}

/** The vectors of AEAD_AES_128_GCM. A salt in words is one object, which is all of it that a packet has to fetch. */
export class GcmSalt {
  readonly #first: number;
  readonly #second: number;
  readonly #third: number;

  /** Of the salt's bytes the first 12 count. */
  constructor(salt: Uint8Array) {
    this.#first = int32At(salt, 0);
    this.#second = int32At(salt, 4);
    this.#third = int32At(salt, 8);
  }

  /** RFC 7714 section 8.1: the 12-byte vector of an RTP packet. */
  writeRtpIv(
    iv: DataView,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): void {
    iv.setInt32(0, this.#first ^ (ssrc >>> 16));
    iv.setInt32(4, this.#second ^ ((ssrc << 16) | (rollover >>> 16)));
    iv.setInt32(8, this.#third ^ ((rollover << 16) | sequence));
  }

  /** RFC 7714 section 9.1: the 12-byte vector of an RTCP packet. */
  writeRtcpIv(iv: DataView, ssrc: number, index: number): void {
    iv.setInt32(0, this.#first ^ (ssrc >>> 16));
    iv.setInt32(4, this.#second ^ (ssrc << 16));
    iv.setInt32(8, this.#third ^ index);
  }
}

/** RFC 7714 section 9.2: what GCM authenticates of the RTCP packet at `offset` besides its text. */
export function gcmRtcpAad(
  aad: Uint8Array,
  bytes: Uint8Array,
  offset: number,
  index: number,
): void {
  for (let i = 0; i < RTCP_HEADER_BYTES; i++) aad[i] = bytes[offset + i];
  writeRtcpIndex(aad, RTCP_HEADER_BYTES, index);
}

/** RFC 3711 section 4.1.1: the first counter block of an RTP packet. */
export function cmRtpIv(
  iv: Uint8Array,
  salt: Uint8Array,
  ssrc: number,
  rollover: number,
  sequence: number,
): void {
  iv.fill(0);
  writeInt32(iv, 4, ssrc);
  writeInt32(iv, 8, rollover);
  iv[12] = sequence >> 8;
  iv[13] = sequence;
  xor(iv, salt, 14);
}

/** RFC 3711 section 4.1.1: the first counter block of an RTCP packet. */
export function cmRtcpIv(
  iv: Uint8Array,
  salt: Uint8Array,
  ssrc: number,
  index: number,
): void {
  iv.fill(0);
  writeInt32(iv, 4, ssrc);
  writeInt32(iv, 10, index);
  xor(iv, salt, 14);
}

/** Writes an SRTCP index with its E flag: the packet is encrypted. */
export function writeRtcpIndex(
  bytes: Uint8Array,
  at: number,
  index: number,
): void {
  writeInt32(bytes, at, index | 0x80000000);
}

function xor(target: Uint8Array, source: Uint8Array, length: number): void {
  for (let i = 0; i < length; i++) target[i] ^= source[i];
}
