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
  takeIvAsParameter,
} from "./libcrypto.ts";
import type { NativeMemory } from "../lane/native_memory.ts";
import type { SessionKeys } from "./srtp_keys.ts";
import {
  gcmRtcpAad,
  GcmSalt,
  RTCP_AAD_BYTES,
  RTCP_HEADER_BYTES,
  type SrtpStream,
  writeRtcpIndex,
} from "./srtp_stream.ts";

const TAG_BYTES = 16;

/** AEAD_AES_128_GCM, 16-byte tag; SRTCP's index stands behind the tag. */
export class OpensslGcm implements SrtpStream {
  readonly tagBytes = TAG_BYTES;
  readonly indexIsLast = true;
  readonly #evp: LibcryptoSymbols;
  readonly #rtp: Deno.PointerValue;
  readonly #rtcp: Deno.PointerValue;
  readonly #isSealing: boolean;
  readonly #rtpSalt: GcmSalt;
  readonly #rtcpSalt: GcmSalt;
  readonly #iv: NativeMemory;
  readonly #tag: NativeMemory;
  readonly #aad: NativeMemory;
  readonly #written: Deno.PointerValue;
  readonly #beginning: Deno.PointerValue;
  readonly #tagging: Deno.PointerValue;
  #open = true;

  constructor(library: Libcrypto, keys: SessionKeys, sealing: boolean) {
    const { evp, aes128Gcm, scratch } = library;
    const { gcmSealing, gcmOpening } = scratch;
    this.#iv = scratch.gcmIv;
    this.#tag = scratch.tag;
    this.#aad = scratch.rtcpAad;
    this.#written = scratch.written.pointer;
    this.#beginning = (sealing ? gcmSealing : gcmOpening).pointer;
    this.#tagging = scratch.gcmTag.pointer;
    this.#evp = evp;
    this.#isSealing = sealing;
    this.#rtpSalt = new GcmSalt(keys.rtpSalt);
    this.#rtcpSalt = new GcmSalt(keys.rtcpSalt);
    const direction = sealing ? SEAL : OPEN;
    this.#rtp = cipherContext(evp, aes128Gcm, keys.rtpKey, direction);
    this.#rtcp = cipherContext(evp, aes128Gcm, keys.rtcpKey, direction);
    if (sealing) return;
    takeIvAsParameter(evp, this.#rtp);
    takeIvAsParameter(evp, this.#rtcp);
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
    return this.#sealed(this.#rtp, buffer.view, offset + length);
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
    this.#cryptRtp(buffer, offset, header, length, ssrc, rollover, sequence);
    return this.#isAuthentic(this.#rtp);
  }

  sealRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    this.#cryptRtcp(buffer, offset, length, ssrc, index);
    const tag = this.#sealed(this.#rtcp, buffer.view, offset + length);
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
    this.#cryptRtcp(buffer, offset, length, ssrc, index);
    return this.#isAuthentic(this.#rtcp);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#evp.EVP_CIPHER_CTX_free(this.#rtp);
    this.#evp.EVP_CIPHER_CTX_free(this.#rtcp);
  }

  /** Encrypts or decrypts in place; the tag is still to be got or checked. */
  #cryptRtp(
    buffer: BufferPointers,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): void {
    this.#rtpSalt.writeRtpIv(this.#iv.view, ssrc, rollover, sequence);
    const evp = this.#evp;
    const context = this.#rtp;
    const written = this.#written;
    const body = buffer.at(offset + header);
    this.#begin(context, buffer.view, offset + length);
    evp.updateAad(context, null, written, buffer.at(offset), header);
    evp.update(context, body, written, body, length - header);
  }

  /** The same for RTCP. */
  #cryptRtcp(
    buffer: BufferPointers,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): void {
    this.#rtcpSalt.writeRtcpIv(this.#iv.view, ssrc, index);
    gcmRtcpAad(this.#aad.bytes, buffer.bytes, offset, index);
    const evp = this.#evp;
    const context = this.#rtcp;
    const written = this.#written;
    const body = buffer.at(offset + RTCP_HEADER_BYTES);
    const bytes = length - RTCP_HEADER_BYTES;
    this.#begin(context, buffer.view, offset + length);
    evp.updateAad(context, null, written, this.#aad.pointer, RTCP_AAD_BYTES);
    evp.update(context, body, written, body, bytes);
  }

  /**
   * Sets the IV, and when opening the tag that stands at `at`: as parameters
   * in one call, at half of what a new beginning (`EVP_CipherInit_ex`) costs.
   */
  #begin(context: Deno.PointerValue, view: DataView, at: number): void {
    if (!this.#isSealing) copyTag(view, at, this.#tag.view, 0);
    this.#evp.EVP_CIPHER_CTX_set_params(context, this.#beginning);
  }

  /** Writes the tag of what was encrypted; returns its length. */
  #sealed(context: Deno.PointerValue, view: DataView, at: number): number {
    const tag = this.#tag;
    this.#evp.final(context, tag.pointer, this.#written);
    this.#evp.EVP_CIPHER_CTX_get_params(context, this.#tagging);
    copyTag(tag.view, 0, view, at);
    return TAG_BYTES;
  }

  /** Whether the tag of what was decrypted is the one that it came with. */
  #isAuthentic(context: Deno.PointerValue): boolean {
    return this.#evp.final(context, this.#tag.pointer, this.#written) === 1;
  }
}

function copyTag(from: DataView, at: number, to: DataView, toAt: number): void {
  for (let i = 0; i < TAG_BYTES; i += 4) {
    to.setInt32(toAt + i, from.getInt32(at + i));
  }
}
