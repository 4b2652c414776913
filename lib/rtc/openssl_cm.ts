/**
 * AES_CM_128_HMAC_SHA1_80 by libcrypto (RFC 3711 section 4).
 *
 * @module
 */

import type { BufferViews } from "./buffer_views.ts";
import {
  cipherContext,
  type Libcrypto,
  type LibcryptoSymbols,
  macContext,
  SEAL,
} from "./libcrypto.ts";
import type { SessionKeys } from "./srtp_keys.ts";
import {
  cmRtcpIv,
  cmRtpIv,
  RTCP_HEADER_BYTES,
  type SrtpStream,
  writeInt32,
  writeRtcpIndex,
} from "./srtp_stream.ts";

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
  readonly #iv: Uint8Array<ArrayBuffer>;
  readonly #rollover: Uint8Array<ArrayBuffer>;
  readonly #mac: Uint8Array<ArrayBuffer>;
  readonly #written: Uint8Array<ArrayBuffer>;
  #open = true;

  constructor(library: Libcrypto, keys: SessionKeys) {
    const { evp, aes128Ctr, sha1 } = library;
    const { ctrIv, tag, rollover, written } = library.scratch;
    this.#iv = ctrIv;
    this.#rollover = rollover;
    this.#mac = tag;
    this.#written = written;
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
    views: BufferViews,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): number {
    this.#cryptRtp(views, offset, header, length, ssrc, rollover, sequence);
    this.#macRtp(views, offset, length, rollover);
    return this.#writeTag(views.bytes, offset + length);
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
    this.#macRtp(views, offset, length, rollover);
    if (!this.#tagMatches(views.bytes, offset + length)) return false;
    this.#cryptRtp(views, offset, header, length, ssrc, rollover, sequence);
    return true;
  }

  sealRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number {
    this.#cryptRtcp(views, offset, length, ssrc, index);
    writeRtcpIndex(views.bytes, offset + length, index);
    this.#macRtcp(views, offset, length + 4);
    return this.#writeTag(views.bytes, offset + length + 4);
  }

  openRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean {
    this.#macRtcp(views, offset, length + 4);
    if (!this.#tagMatches(views.bytes, offset + length + 4)) return false;
    this.#cryptRtcp(views, offset, length, ssrc, index);
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
    views: BufferViews,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): void {
    const iv = this.#iv;
    cmRtpIv(iv, this.#rtpSalt, ssrc, rollover, sequence);
    const body = views.at(offset + header);
    this.#evp.setIv(this.#rtp, null, null, null, iv, SEAL);
    this.#evp.update(this.#rtp, body, this.#written, body, length - header);
  }

  #cryptRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): void {
    const iv = this.#iv;
    cmRtcpIv(iv, this.#rtcpSalt, ssrc, index);
    const body = views.at(offset + RTCP_HEADER_BYTES);
    const bytes = length - RTCP_HEADER_BYTES;
    this.#evp.setIv(this.#rtcp, null, null, null, iv, SEAL);
    this.#evp.update(this.#rtcp, body, this.#written, body, bytes);
  }

  #macRtp(
    views: BufferViews,
    offset: number,
    length: number,
    rollover: number,
  ): void {
    writeInt32(this.#rollover, 0, rollover);
    this.#evp.restartMac(this.#rtpMac, null, 0, null, null);
    this.#evp.HMAC_Update(this.#rtpMac, views.at(offset), length);
    this.#evp.HMAC_Update(this.#rtpMac, this.#rollover, 4);
    this.#evp.HMAC_Final(this.#rtpMac, this.#mac, this.#written);
  }

  #macRtcp(views: BufferViews, offset: number, length: number): void {
    this.#evp.restartMac(this.#rtcpMac, null, 0, null, null);
    this.#evp.HMAC_Update(this.#rtcpMac, views.at(offset), length);
    this.#evp.HMAC_Final(this.#rtcpMac, this.#mac, this.#written);
  }

  #writeTag(bytes: Uint8Array, at: number): number {
    for (let i = 0; i < 10; i++) bytes[at + i] = this.#mac[i];
    return 10;
  }

  #tagMatches(bytes: Uint8Array, at: number): boolean {
    let difference = 0;
    for (let i = 0; i < 10; i++) difference |= bytes[at + i] ^ this.#mac[i];
    return difference === 0;
  }
}
