/**
 * AEAD_AES_128_GCM by libcrypto (RFC 7714 sections 8 and 9).
 *
 * @module
 */

import type { BufferViews } from "./buffer_views.ts";
import {
  cipherContext,
  type Libcrypto,
  type LibcryptoSymbols,
  OPEN,
  SEAL,
} from "./libcrypto.ts";
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
  readonly #iv: Uint8Array<ArrayBuffer>;
  readonly #tag: Uint8Array<ArrayBuffer>;
  readonly #aad: Uint8Array<ArrayBuffer>;
  readonly #written: Uint8Array<ArrayBuffer>;
  #open = true;

  constructor(library: Libcrypto, keys: SessionKeys, sealing: boolean) {
    const { gcmIv, tag, rtcpAad, written } = library.scratch;
    this.#iv = gcmIv;
    this.#tag = tag;
    this.#aad = rtcpAad;
    this.#written = written;
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
    views: BufferViews,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): number {
    gcmRtpIv(this.#iv, this.#rtpSalt, ssrc, rollover, sequence);
    const evp = this.#evp;
    const body = views.at(offset + header);
    evp.setIv(this.#rtp, null, null, null, this.#iv, SEAL);
    evp.updateAad(this.#rtp, null, this.#written, views.at(offset), header);
    evp.update(this.#rtp, body, this.#written, body, length - header);
    return this.#sealed(this.#rtp, views.bytes, offset + length);
  }

  openRtp(
    views: BufferViews,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): boolean {
    gcmRtpIv(this.#iv, this.#rtpSalt, ssrc, rollover, sequence);
    const evp = this.#evp;
    const body = views.at(offset + header);
    evp.setIv(this.#rtp, null, null, null, this.#iv, OPEN);
    this.#expectTag(this.#rtp, views.bytes, offset + length);
    evp.updateAad(this.#rtp, null, this.#written, views.at(offset), header);
    evp.update(this.#rtp, body, this.#written, body, length - header);
    return evp.final(this.#rtp, this.#tag, this.#written) === 1;
  }

  sealRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    gcmRtcpIv(this.#iv, this.#rtcpSalt, ssrc, index);
    gcmRtcpAad(this.#aad, views.bytes, offset, index);
    const evp = this.#evp;
    const body = views.at(offset + RTCP_HEADER_BYTES);
    evp.setIv(this.#rtcp, null, null, null, this.#iv, SEAL);
    evp.updateAad(this.#rtcp, null, this.#written, this.#aad, RTCP_AAD_BYTES);
    evp.update(
      this.#rtcp,
      body,
      this.#written,
      body,
      length - RTCP_HEADER_BYTES,
    );
    const tag = this.#sealed(this.#rtcp, views.bytes, offset + length);
    writeRtcpIndex(views.bytes, offset + length + tag, index);
    return tag;
  }

  openRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean {
    gcmRtcpIv(this.#iv, this.#rtcpSalt, ssrc, index);
    gcmRtcpAad(this.#aad, views.bytes, offset, index);
    const evp = this.#evp;
    const body = views.at(offset + RTCP_HEADER_BYTES);
    evp.setIv(this.#rtcp, null, null, null, this.#iv, OPEN);
    this.#expectTag(this.#rtcp, views.bytes, offset + length);
    evp.updateAad(this.#rtcp, null, this.#written, this.#aad, RTCP_AAD_BYTES);
    evp.update(
      this.#rtcp,
      body,
      this.#written,
      body,
      length - RTCP_HEADER_BYTES,
    );
    return evp.final(this.#rtcp, this.#tag, this.#written) === 1;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#evp.EVP_CIPHER_CTX_free(this.#rtp);
    this.#evp.EVP_CIPHER_CTX_free(this.#rtcp);
  }

  #sealed(context: Deno.PointerValue, bytes: Uint8Array, at: number): number {
    this.#evp.final(context, this.#tag, this.#written);
    this.#evp.EVP_CIPHER_CTX_ctrl(context, GET_TAG, 16, this.#tag);
    for (let i = 0; i < 16; i++) bytes[at + i] = this.#tag[i];
    return 16;
  }

  #expectTag(context: Deno.PointerValue, bytes: Uint8Array, at: number): void {
    for (let i = 0; i < 16; i++) this.#tag[i] = bytes[at + i];
    this.#evp.EVP_CIPHER_CTX_ctrl(context, SET_TAG, 16, this.#tag);
  }
}
