/**
 * One direction of an SRTP association in libcrypto: sealing when it is
 * ours, opening when it is the peer's. Two profiles:
 *
 * - {@linkcode GcmStream}: AEAD_AES_128_GCM (RFC 7714 sections 8 and 9)
 * - {@linkcode CmStream}: AES_CM_128_HMAC_SHA1_80 (RFC 3711 section 4)
 *
 * @module
 */

import type { BufferViews } from "./buffer_views.ts";
import type { Libcrypto, LibcryptoSymbols } from "./libcrypto.ts";
import type { SessionKeys } from "./srtp_keys.ts";

/** What the two profiles do differently. Lengths are in bytes, packets in place. */
export interface SrtpStream {
  readonly tagBytes: number;
  /** Encrypts the payload behind `header` bytes and appends the tag; returns the tag's length. */
  sealRtp(
    views: BufferViews,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): number;
  /** Checks and decrypts; `length` is without the tag. */
  openRtp(
    views: BufferViews,
    offset: number,
    header: number,
    length: number,
    ssrc: number,
    rollover: number,
    sequence: number,
  ): boolean;
  /** Encrypts behind the first 8 bytes, appends index and tag; returns the tag's length. */
  sealRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): number;
  /** Checks and decrypts; `length` is without index and tag. */
  openRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean;
  close(): void;
}

const GET_TAG = 0x10;
const SET_TAG = 0x11;
const RTCP_HEADER = 8;
const SEAL = 1;
const OPEN = 0;

/** AEAD_AES_128_GCM, 16-byte tag; SRTCP's index stands behind the tag. */
export class GcmStream implements SrtpStream {
  readonly tagBytes = 16;
  readonly #evp: LibcryptoSymbols;
  readonly #rtp: Deno.PointerValue;
  readonly #rtcp: Deno.PointerValue;
  readonly #direction: number;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcpSalt: Uint8Array;
  readonly #iv = scratch(12);
  readonly #tag = scratch(16);
  readonly #aad = scratch(12);
  readonly #written = scratch(16);
  #open = true;

  constructor(library: Libcrypto, keys: SessionKeys, sealing: boolean) {
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
    this.#rtpIv(ssrc, rollover, sequence);
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
    this.#rtpIv(ssrc, rollover, sequence);
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
    this.#rtcpIvAndAad(views.bytes, offset, ssrc, index);
    const evp = this.#evp;
    const body = views.at(offset + RTCP_HEADER);
    evp.setIv(this.#rtcp, null, null, null, this.#iv, SEAL);
    evp.updateAad(this.#rtcp, null, this.#written, this.#aad, 12);
    evp.update(this.#rtcp, body, this.#written, body, length - RTCP_HEADER);
    const tag = this.#sealed(this.#rtcp, views.bytes, offset + length);
    writeInt32(views.bytes, offset + length + tag, index | 0x80000000);
    return tag;
  }

  openRtcp(
    views: BufferViews,
    offset: number,
    length: number,
    ssrc: number,
    index: number,
  ): boolean {
    this.#rtcpIvAndAad(views.bytes, offset, ssrc, index);
    const evp = this.#evp;
    const body = views.at(offset + RTCP_HEADER);
    evp.setIv(this.#rtcp, null, null, null, this.#iv, OPEN);
    this.#expectTag(this.#rtcp, views.bytes, offset + length);
    evp.updateAad(this.#rtcp, null, this.#written, this.#aad, 12);
    evp.update(this.#rtcp, body, this.#written, body, length - RTCP_HEADER);
    return evp.final(this.#rtcp, this.#tag, this.#written) === 1;
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#evp.EVP_CIPHER_CTX_free(this.#rtp);
    this.#evp.EVP_CIPHER_CTX_free(this.#rtcp);
  }

  /** RFC 7714 section 8.1. */
  #rtpIv(ssrc: number, rollover: number, sequence: number): void {
    const iv = this.#iv;
    iv[0] = iv[1] = 0;
    writeInt32(iv, 2, ssrc);
    writeInt32(iv, 6, rollover);
    iv[10] = sequence >> 8;
    iv[11] = sequence;
    xor(iv, this.#rtpSalt, 12);
  }

  /** RFC 7714 sections 9.1 and 9.2. */
  #rtcpIvAndAad(
    bytes: Uint8Array,
    offset: number,
    ssrc: number,
    index: number,
  ): void {
    const iv = this.#iv;
    iv[0] =
      iv[1] =
      iv[6] =
      iv[7] =
        0;
    writeInt32(iv, 2, ssrc);
    writeInt32(iv, 8, index);
    xor(iv, this.#rtcpSalt, 12);
    for (let i = 0; i < RTCP_HEADER; i++) this.#aad[i] = bytes[offset + i];
    writeInt32(this.#aad, RTCP_HEADER, index | 0x80000000);
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

/** AES_CM_128_HMAC_SHA1_80, 10-byte tag; SRTCP's index stands before the tag. */
export class CmStream implements SrtpStream {
  readonly tagBytes = 10;
  readonly #evp: LibcryptoSymbols;
  readonly #rtp: Deno.PointerValue;
  readonly #rtcp: Deno.PointerValue;
  readonly #rtpMac: Deno.PointerValue;
  readonly #rtcpMac: Deno.PointerValue;
  readonly #rtpSalt: Uint8Array;
  readonly #rtcpSalt: Uint8Array;
  readonly #iv = scratch(16);
  readonly #rollover = scratch(4);
  readonly #mac = scratch(20);
  readonly #written = scratch(16);
  #open = true;

  constructor(library: Libcrypto, keys: SessionKeys, _sealing: boolean) {
    const { evp, aes128Ctr, sha1 } = library;
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
    writeInt32(views.bytes, offset + length, index | 0x80000000);
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
    iv.fill(0);
    writeInt32(iv, 4, ssrc);
    writeInt32(iv, 8, rollover);
    iv[12] = sequence >> 8;
    iv[13] = sequence;
    xor(iv, this.#rtpSalt, 14);
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
    iv.fill(0);
    writeInt32(iv, 4, ssrc);
    writeInt32(iv, 10, index);
    xor(iv, this.#rtcpSalt, 14);
    const body = views.at(offset + RTCP_HEADER);
    const bytes = length - RTCP_HEADER;
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

function cipherContext(
  evp: LibcryptoSymbols,
  algorithm: Deno.PointerValue,
  key: Uint8Array,
  direction: number,
): Deno.PointerValue {
  const context = evp.EVP_CIPHER_CTX_new();
  const ok = evp.setKey(
    context,
    algorithm,
    null,
    new Uint8Array(key),
    null,
    direction,
  );
  if (context === null || ok !== 1) {
    throw new Error("Cannot create an SRTP context: libcrypto refused it.");
  }
  return context;
}

function macContext(
  evp: LibcryptoSymbols,
  digest: Deno.PointerValue,
  key: Uint8Array,
): Deno.PointerValue {
  const context = evp.HMAC_CTX_new();
  const ok = evp.setMacKey(
    context,
    new Uint8Array(key),
    key.length,
    digest,
    null,
  );
  if (context === null || ok !== 1) {
    throw new Error("Cannot create an SRTP context: libcrypto refused it.");
  }
  return context;
}

/** A buffer that the engine never moves: V8 keeps only tiny ones on its own heap. */
function scratch(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(256), 0, length);
}

function writeInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function xor(target: Uint8Array, source: Uint8Array, length: number): void {
  for (let i = 0; i < length; i++) target[i] ^= source[i];
}
