/**
 * AEAD_AES_128_GCM by `node:crypto` (RFC 7714 sections 8 and 9).
 *
 * @module
 */

import type { BufferPointers } from "./buffer_pointers.ts";
import { createCipheriv, createDecipheriv } from "../deps.ts";
import type { SessionKeys } from "./srtp_keys.ts";
import {
  gcmRtcpAad,
  GcmSalt,
  RTCP_AAD_BYTES,
  RTCP_HEADER_BYTES,
  type SrtpStream,
  writeRtcpIndex,
} from "./srtp_stream.ts";

const ALGORITHM = "aes-128-gcm";

/** AEAD_AES_128_GCM, 16-byte tag; SRTCP's index stands behind the tag. */
export class PortableGcm implements SrtpStream {
  readonly tagBytes = 16;
  readonly indexIsLast = true;
  readonly #keys: SessionKeys;
  readonly #rtpSalt: GcmSalt;
  readonly #rtcpSalt: GcmSalt;
  readonly #iv = new Uint8Array(12);
  readonly #ivView = new DataView(this.#iv.buffer);
  readonly #aad = new Uint8Array(RTCP_AAD_BYTES);

  constructor(keys: SessionKeys) {
    this.#keys = keys;
    this.#rtpSalt = new GcmSalt(keys.rtpSalt);
    this.#rtcpSalt = new GcmSalt(keys.rtcpSalt);
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
    const { rtpKey } = this.#keys;
    const { bytes } = buffer;
    this.#rtpSalt.writeRtpIv(this.#ivView, ssrc, rollover, sequence);
    const aad = bytes.subarray(offset, offset + header);
    return this.#seal(bytes, rtpKey, aad, offset + header, offset + length);
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
    const { rtpKey } = this.#keys;
    const { bytes } = buffer;
    this.#rtpSalt.writeRtpIv(this.#ivView, ssrc, rollover, sequence);
    const aad = bytes.subarray(offset, offset + header);
    return this.#open(bytes, rtpKey, aad, offset + header, offset + length);
  }

  sealRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    const { rtcpKey } = this.#keys;
    const { bytes } = buffer;
    this.#rtcpSalt.writeRtcpIv(this.#ivView, ssrc, index);
    gcmRtcpAad(this.#aad, bytes, offset, index);
    const start = offset + RTCP_HEADER_BYTES;
    const tag = this.#seal(bytes, rtcpKey, this.#aad, start, offset + length);
    writeRtcpIndex(bytes, offset + length + tag, index);
    return tag;
  }

  openRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean {
    const { rtcpKey } = this.#keys;
    const { bytes } = buffer;
    this.#rtcpSalt.writeRtcpIv(this.#ivView, ssrc, index);
    gcmRtcpAad(this.#aad, bytes, offset, index);
    const start = offset + RTCP_HEADER_BYTES;
    return this.#open(bytes, rtcpKey, this.#aad, start, offset + length);
  }

  close(): void {}

  #seal(
    bytes: Uint8Array,
    key: Uint8Array,
    aad: Uint8Array,
    start: number,
    end: number,
  ): number {
    const cipher = createCipheriv(ALGORITHM, key, this.#iv);
    cipher.setAAD(aad);
    bytes.set(cipher.update(bytes.subarray(start, end)), start);
    cipher.final();
    bytes.set(cipher.getAuthTag(), end);
    return this.tagBytes;
  }

  #open(
    bytes: Uint8Array,
    key: Uint8Array,
    aad: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const decipher = createDecipheriv(ALGORITHM, key, this.#iv);
    decipher.setAAD(aad);
    decipher.setAuthTag(bytes.subarray(end, end + this.tagBytes));
    const text = decipher.update(bytes.subarray(start, end));
    try {
      decipher.final();
    } catch {
      return false;
    }
    bytes.set(text, start);
    return true;
  }
}
