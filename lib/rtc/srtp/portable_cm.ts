/**
 * AES_CM_128_HMAC_SHA1_80 by `node:crypto` (RFC 3711 section 4).
 *
 * @module
 */

import type { BufferPointers } from "./buffer_pointers.ts";
import { createCipheriv, createHmac } from "../deps.ts";
import type { SessionKeys } from "./srtp_keys.ts";
import {
  cmRtcpIv,
  cmRtpIv,
  RTCP_HEADER_BYTES,
  type SrtpStream,
  writeRtcpIndex,
} from "./srtp_stream.ts";
import { writeInt32 } from "../../network_order.ts";

const INDEX_BYTES = 4;

/** AES_CM_128_HMAC_SHA1_80, 10-byte tag; SRTCP's index stands before the tag. */
export class PortableCm implements SrtpStream {
  readonly tagBytes = 10;
  readonly indexIsLast = false;
  readonly #keys: SessionKeys;
  readonly #iv = new Uint8Array(16);
  readonly #rollover = new Uint8Array(4);

  constructor(keys: SessionKeys) {
    this.#keys = keys;
  }

  sealRtp(
    buffer: BufferPointers,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): number {
    const { bytes } = buffer;
    const end = offset + length;
    this.#cryptRtp(bytes, offset + header, end, ssrc, rollover, sequence);
    bytes.set(this.#rtpTag(bytes.subarray(offset, end), rollover), end);
    return this.tagBytes;
  }

  openRtp(
    buffer: BufferPointers,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): boolean {
    const { bytes } = buffer;
    const end = offset + length;
    const tag = this.#rtpTag(bytes.subarray(offset, end), rollover);
    if (!equal(bytes, end, tag)) return false;
    this.#cryptRtp(bytes, offset + header, end, ssrc, rollover, sequence);
    return true;
  }

  sealRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    const { bytes } = buffer;
    this.#cryptRtcp(bytes, offset, offset + length, ssrc, index);
    writeRtcpIndex(bytes, offset + length, index);
    const end = offset + length + INDEX_BYTES;
    bytes.set(this.#rtcpTag(bytes.subarray(offset, end)), end);
    return this.tagBytes;
  }

  openRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean {
    const { bytes } = buffer;
    const end = offset + length + INDEX_BYTES;
    const tag = this.#rtcpTag(bytes.subarray(offset, end));
    if (!equal(bytes, end, tag)) return false;
    this.#cryptRtcp(bytes, offset, offset + length, ssrc, index);
    return true;
  }

  close(): void {}

  #cryptRtp(
    bytes: Uint8Array,
    start: number,
    end: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): void {
    cmRtpIv(this.#iv, this.#keys.rtpSalt, ssrc, rollover, sequence);
    this.#crypt(bytes, this.#keys.rtpKey, start, end);
  }

  #cryptRtcp(
    bytes: Uint8Array,
    offset: number,
    end: number,
    ssrc: number,
    index: number,
  ): void {
    cmRtcpIv(this.#iv, this.#keys.rtcpSalt, ssrc, index);
    this.#crypt(bytes, this.#keys.rtcpKey, offset + RTCP_HEADER_BYTES, end);
  }

  /** Counter mode encrypts and decrypts by the same operation. */
  #crypt(bytes: Uint8Array, key: Uint8Array, start: number, end: number): void {
    const stream = createCipheriv("aes-128-ctr", key, this.#iv);
    bytes.set(stream.update(bytes.subarray(start, end)), start);
    // Adds nothing in counter mode, but the runtime keeps the cipher until then.
    stream.final();
  }

  #rtpTag(packet: Uint8Array, rollover: number): Uint8Array {
    writeInt32(this.#rollover, 0, rollover);
    return createHmac("sha1", this.#keys.rtpAuthKey)
      .update(packet).update(this.#rollover).digest()
      .subarray(0, this.tagBytes);
  }

  #rtcpTag(packet: Uint8Array): Uint8Array {
    return createHmac("sha1", this.#keys.rtcpAuthKey)
      .update(packet).digest().subarray(0, this.tagBytes);
  }
}

function equal(bytes: Uint8Array, at: number, tag: Uint8Array): boolean {
  let difference = 0;
  for (let i = 0; i < tag.length; i++) difference |= bytes[at + i] ^ tag[i];
  return difference === 0;
}
