/**
 * AES_CM_128_HMAC_SHA1_80 by libcrypto (RFC 3711 section 4).
 *
 * @module
 */

import type { BufferPointers } from "./buffer_pointers.ts";
import {
  cipherContext,
  type Libcrypto,
  type LibcryptoSymbols,
  macContext,
  SEAL,
} from "./libcrypto.ts";
import type { NativeMemory } from "../lane/native_memory.ts";
import type { SessionKeys } from "./srtp_keys.ts";
import {
  cmRtcpIv,
  cmRtpIv,
  RTCP_HEADER_BYTES,
  type SrtpStream,
  writeRtcpIndex,
} from "./srtp_stream.ts";
import { writeInt32 } from "../../network_order.ts";

/** AES_CM_128_HMAC_SHA1_80, 10-byte tag; SRTCP's index stands before the tag. */
export class OpensslCm implements SrtpStream {
  readonly tagBytes = 10;
  readonly indexIsLast = false;
  readonly #evp: LibcryptoSymbols;
  readonly #rtp: Deno.PointerValue;
  readonly #rtcp: Deno.PointerValue;
  readonly #rtpMac: Deno.PointerValue;
  readonly #rtcpMac: Deno.PointerValue;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcpSalt: Uint8Array;
  readonly #iv: NativeMemory;
  readonly #rollover: NativeMemory;
  readonly #mac: NativeMemory;
  readonly #written: Deno.PointerValue;
  #open = true;

  constructor(library: Libcrypto, keys: SessionKeys) {
    const { evp, aes128Ctr, sha1 } = library;
    const { ctrIv, tag, rollover, written } = library.scratch;
    this.#iv = ctrIv;
    this.#rollover = rollover;
    this.#mac = tag;
    this.#written = written.pointer;
    this.#evp = evp;
    this.#rtpSalt = keys.rtpSalt;
    this.#rtcpSalt = keys.rtcpSalt;
    // Counter mode encrypts and decrypts by the same operation.
    this.#rtp = cipherContext(evp, aes128Ctr, keys.rtpKey, SEAL);
    this.#rtcp = cipherContext(evp, aes128Ctr, keys.rtcpKey, SEAL);
    this.#rtpMac = macContext(evp, sha1, keys.rtpAuthKey);
    this.#rtcpMac = macContext(evp, sha1, keys.rtcpAuthKey);
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
    this.#cryptRtp(buffer, offset, header, length, ssrc, rollover, sequence);
    this.#macRtp(buffer, offset, length, rollover);
    return this.#writeTag(buffer.bytes, offset + length);
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
    this.#macRtp(buffer, offset, length, rollover);
    if (!this.#tagMatches(buffer.bytes, offset + length)) return false;
    this.#cryptRtp(buffer, offset, header, length, ssrc, rollover, sequence);
    return true;
  }

  sealRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    this.#cryptRtcp(buffer, offset, length, ssrc, index);
    writeRtcpIndex(buffer.bytes, offset + length, index);
    this.#macRtcp(buffer, offset, length + 4);
    return this.#writeTag(buffer.bytes, offset + length + 4);
  }

  openRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean {
    this.#macRtcp(buffer, offset, length + 4);
    if (!this.#tagMatches(buffer.bytes, offset + length + 4)) return false;
    this.#cryptRtcp(buffer, offset, length, ssrc, index);
    return true;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#evp.EVP_CIPHER_CTX_free(this.#rtp);
    this.#evp.EVP_CIPHER_CTX_free(this.#rtcp);
    this.#evp.HMAC_CTX_free(this.#rtpMac);
    this.#evp.HMAC_CTX_free(this.#rtcpMac);
  }

  #cryptRtp(
    buffer: BufferPointers,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): void {
    const iv = this.#iv;
    cmRtpIv(iv.bytes, this.#rtpSalt, ssrc, rollover, sequence);
    const body = buffer.at(offset + header);
    this.#evp.setIv(this.#rtp, null, null, null, iv.pointer, SEAL);
    this.#evp.update(this.#rtp, body, this.#written, body, length - header);
  }

  #cryptRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): void {
    const iv = this.#iv;
    cmRtcpIv(iv.bytes, this.#rtcpSalt, ssrc, index);
    const body = buffer.at(offset + RTCP_HEADER_BYTES);
    const bytes = length - RTCP_HEADER_BYTES;
    this.#evp.setIv(this.#rtcp, null, null, null, iv.pointer, SEAL);
    this.#evp.update(this.#rtcp, body, this.#written, body, bytes);
  }

  #macRtp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    rollover: number,
  ): void {
    writeInt32(this.#rollover.bytes, 0, rollover);
    this.#evp.restartMac(this.#rtpMac, null, 0, null, null);
    this.#evp.HMAC_Update(this.#rtpMac, buffer.at(offset), length);
    this.#evp.HMAC_Update(this.#rtpMac, this.#rollover.pointer, 4);
    this.#evp.HMAC_Final(this.#rtpMac, this.#mac.pointer, this.#written);
  }

  #macRtcp(buffer: BufferPointers, offset: number, length: number): void {
    this.#evp.restartMac(this.#rtcpMac, null, 0, null, null);
    this.#evp.HMAC_Update(this.#rtcpMac, buffer.at(offset), length);
    this.#evp.HMAC_Final(this.#rtcpMac, this.#mac.pointer, this.#written);
  }

  #writeTag(bytes: Uint8Array, at: number): number {
    const mac = this.#mac.bytes;
    for (let i = 0; i < 10; i++) bytes[at + i] = mac[i];
    return 10;
  }

  #tagMatches(bytes: Uint8Array, at: number): boolean {
    let difference = 0;
    const mac = this.#mac.bytes;
    for (let i = 0; i < 10; i++) difference |= bytes[at + i] ^ mac[i];
    return difference === 0;
  }
}
