/**
 * AEAD_AES_128_GCM by libcrypto (RFC 7714 sections 8 and 9).
 *
 * @module
 */

import type { BufferPointers } from "./buffer_pointers.ts";
import {
  cipherContext,
  type Libcrypto,
  type LibcryptoSymbols,
  OPEN,
  SEAL,
} from "./libcrypto.ts";
import type { NativeMemory } from "./native_memory.ts";
import type { SessionKeys } from "./srtp_keys.ts";
import {
  gcmRtcpAad,
  gcmRtcpIv,
  gcmRtpIv,
  RTCP_AAD_BYTES,
  RTCP_HEADER_BYTES,
  type SrtpStream,
  writeRtcpIndex,
} from "./srtp_stream.ts";

const GET_TAG = 0x10;
const SET_TAG = 0x11;

/** AEAD_AES_128_GCM, 16-byte tag; SRTCP's index stands behind the tag. */
export class OpensslGcm implements SrtpStream {
  readonly tagBytes = 16;
  readonly indexIsLast = true;
  readonly #evp: LibcryptoSymbols;
  readonly #rtp: Deno.PointerValue;
  readonly #rtcp: Deno.PointerValue;
  readonly #direction: number;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcpSalt: Uint8Array;
  readonly #iv: NativeMemory;
  readonly #tag: NativeMemory;
  readonly #aad: NativeMemory;
  readonly #written: Deno.PointerValue;
  #open = true;

  constructor(library: Libcrypto, keys: SessionKeys, sealing: boolean) {
    const { gcmIv, tag, rtcpAad, written } = library.scratch;
    this.#iv = gcmIv;
    this.#tag = tag;
    this.#aad = rtcpAad;
    this.#written = written.pointer;
    this.#evp = library.evp;
    this.#direction = sealing ? SEAL : OPEN;
    this.#rtpSalt = keys.rtpSalt;
    this.#rtcpSalt = keys.rtcpSalt;
    this.#rtp = cipherContext(
      library.evp,
      library.aes128Gcm,
      keys.rtpKey,
      this.#direction,
    );
    this.#rtcp = cipherContext(
      library.evp,
      library.aes128Gcm,
      keys.rtcpKey,
      this.#direction,
    );
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
    gcmRtpIv(this.#iv.bytes, this.#rtpSalt, ssrc, rollover, sequence);
    const evp = this.#evp;
    const body = buffer.at(offset + header);
    evp.setIv(this.#rtp, null, null, null, this.#iv.pointer, SEAL);
    evp.updateAad(this.#rtp, null, this.#written, buffer.at(offset), header);
    evp.update(this.#rtp, body, this.#written, body, length - header);
    return this.#sealed(this.#rtp, buffer.bytes, offset + length);
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
    gcmRtpIv(this.#iv.bytes, this.#rtpSalt, ssrc, rollover, sequence);
    const evp = this.#evp;
    const body = buffer.at(offset + header);
    evp.setIv(this.#rtp, null, null, null, this.#iv.pointer, OPEN);
    this.#expectTag(this.#rtp, buffer.bytes, offset + length);
    evp.updateAad(this.#rtp, null, this.#written, buffer.at(offset), header);
    evp.update(this.#rtp, body, this.#written, body, length - header);
    return evp.final(this.#rtp, this.#tag.pointer, this.#written) === 1;
  }

  sealRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    gcmRtcpIv(this.#iv.bytes, this.#rtcpSalt, ssrc, index);
    gcmRtcpAad(this.#aad.bytes, buffer.bytes, offset, index);
    const evp = this.#evp;
    const body = buffer.at(offset + RTCP_HEADER_BYTES);
    evp.setIv(this.#rtcp, null, null, null, this.#iv.pointer, SEAL);
    evp.updateAad(
      this.#rtcp,
      null,
      this.#written,
      this.#aad.pointer,
      RTCP_AAD_BYTES,
    );
    evp.update(
      this.#rtcp,
      body,
      this.#written,
      body,
      length - RTCP_HEADER_BYTES,
    );
    const tag = this.#sealed(this.#rtcp, buffer.bytes, offset + length);
    writeRtcpIndex(buffer.bytes, offset + length + tag, index);
    return tag;
  }

  openRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean {
    gcmRtcpIv(this.#iv.bytes, this.#rtcpSalt, ssrc, index);
    gcmRtcpAad(this.#aad.bytes, buffer.bytes, offset, index);
    const evp = this.#evp;
    const body = buffer.at(offset + RTCP_HEADER_BYTES);
    evp.setIv(this.#rtcp, null, null, null, this.#iv.pointer, OPEN);
    this.#expectTag(this.#rtcp, buffer.bytes, offset + length);
    evp.updateAad(
      this.#rtcp,
      null,
      this.#written,
      this.#aad.pointer,
      RTCP_AAD_BYTES,
    );
    evp.update(
      this.#rtcp,
      body,
      this.#written,
      body,
      length - RTCP_HEADER_BYTES,
    );
    return evp.final(this.#rtcp, this.#tag.pointer, this.#written) === 1;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#evp.EVP_CIPHER_CTX_free(this.#rtp);
    this.#evp.EVP_CIPHER_CTX_free(this.#rtcp);
  }

  #sealed(context: Deno.PointerValue, bytes: Uint8Array, at: number): number {
    this.#evp.final(context, this.#tag.pointer, this.#written);
    this.#evp.EVP_CIPHER_CTX_ctrl(context, GET_TAG, 16, this.#tag.pointer);
    const tag = this.#tag.bytes;
    for (let i = 0; i < 16; i++) bytes[at + i] = tag[i];
    return 16;
  }

  #expectTag(context: Deno.PointerValue, bytes: Uint8Array, at: number): void {
    const tag = this.#tag.bytes;
    for (let i = 0; i < 16; i++) tag[i] = bytes[at + i];
    this.#evp.EVP_CIPHER_CTX_ctrl(context, SET_TAG, 16, this.#tag.pointer);
  }
}
