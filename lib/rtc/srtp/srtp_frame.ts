/**
 * The frame of SRTP, the same for every profile and library: packet indices,
 * replay protection and trailers (RFC 3711 section 3). Encrypting and
 * authenticating is left to two {@linkcode SrtpStream}s.
 *
 * @module
 */

import { BufferPointers } from "./buffer_pointers.ts";
import { ReceiveIndex, SendIndex } from "./packet_index.ts";
import { rtpHeaderBytes } from "./rtp_layout.ts";
import {
  SRTP_BAD_AUTH,
  SRTP_MALFORMED,
  SRTP_REPLAYED,
  type SrtpCipher,
} from "./srtp_cipher.ts";
import { RTCP_HEADER_BYTES, type SrtpStream } from "./srtp_stream.ts";
import { int32At } from "../../network_order.ts";

const RTCP_INDEX_BYTES = 4;

/** An {@linkcode SrtpCipher} over one stream a direction. */
export class FramedCipher implements SrtpCipher {
  readonly #local: SrtpStream;
  readonly #remote: SrtpStream;
  readonly #sendIndex = new Map<number, SendIndex>();
  readonly #receiveIndex = new Map<number, ReceiveIndex>();
  // The packets of a frame go and come in a row: looking one up is looking for
  // its state in cold memory.
  #sentSsrc = 0;
  #sentIndex: SendIndex | undefined;
  #lastSsrc = 0;
  #lastIndex: ReceiveIndex | undefined;
  readonly #receiveRtcpIndex = new Map<number, ReceiveIndex>();
  #rtcpIndex = 0;
  #buffer = new BufferPointers(new Uint8Array(0));

  constructor(
    readonly kind: SrtpCipher["kind"],
    local: SrtpStream,
    remote: SrtpStream,
  ) {
    this.#local = local;
    this.#remote = remote;
  }

  protectRtp(bytes: Uint8Array, offset: number, length: number): number {
    const header = rtpHeaderBytes(bytes, offset, length);
    if (header < 0) return SRTP_MALFORMED;
    const ssrc = int32At(bytes, offset + 8);
    let index = this.#sentIndex;
    if (index === undefined || ssrc !== this.#sentSsrc) {
      index = this.#indexOf(ssrc);
    }
    const sequence = (bytes[offset + 2] << 8) | bytes[offset + 3];
    const rollover = index.rolloverOf(sequence);
    const buffer = this.#bufferOf(bytes);
    return length +
      this.#local.sealRtp(
        buffer,
        offset,
        header,
        length,
        ssrc,
        rollover,
        sequence,
      );
  }

  unprotectRtp(bytes: Uint8Array, offset: number, length: number): number {
    const plain = length - this.#remote.tagBytes;
    const header = rtpHeaderBytes(bytes, offset, plain);
    if (header < 0) return SRTP_MALFORMED;
    const ssrc = int32At(bytes, offset + 8);
    const last = this.#lastIndex;
    let seen = last !== undefined && ssrc === this.#lastSsrc
      ? last
      : this.#receiveIndex.get(ssrc);
    const sequence = (bytes[offset + 2] << 8) | bytes[offset + 3];
    const index = seen === undefined ? sequence : seen.estimate(sequence);
    if (seen !== undefined && seen.isReplay(index)) return SRTP_REPLAYED;
    const rollover = Math.floor(index / 0x10000);
    const buffer = this.#bufferOf(bytes);
    if (
      !this.#remote.openRtp(
        buffer,
        offset,
        header,
        plain,
        ssrc,
        rollover,
        sequence,
      )
    ) {
      return SRTP_BAD_AUTH;
    }
    if (seen === undefined) {
      this.#receiveIndex.set(ssrc, seen = new ReceiveIndex());
    }
    if (seen !== last) {
      this.#lastSsrc = ssrc;
      this.#lastIndex = seen;
    }
    seen.accept(index);
    return plain;
  }

  protectRtcp(bytes: Uint8Array, offset: number, length: number): number {
    if (length < RTCP_HEADER_BYTES) return SRTP_MALFORMED;
    this.#rtcpIndex = (this.#rtcpIndex + 1) & 0x7fffffff;
    return length + RTCP_INDEX_BYTES +
      this.#local.sealRtcp(
        this.#bufferOf(bytes),
        offset,
        length,
        int32At(bytes, offset + 4),
        this.#rtcpIndex,
      );
  }

  unprotectRtcp(bytes: Uint8Array, offset: number, length: number): number {
    const tag = this.#remote.tagBytes;
    const plain = length - tag - RTCP_INDEX_BYTES;
    if (plain < RTCP_HEADER_BYTES) return SRTP_MALFORMED;
    const at = offset + plain + (this.#remote.indexIsLast ? tag : 0);
    const word = int32At(bytes, at);
    // Unencrypted SRTCP (E = 0) is allowed by the RFC and sent by nobody.
    if (word >= 0) return SRTP_MALFORMED;
    const index = word & 0x7fffffff;
    const ssrc = int32At(bytes, offset + 4);
    let seen = this.#receiveRtcpIndex.get(ssrc);
    if (seen !== undefined && seen.isReplay(index)) return SRTP_REPLAYED;
    const buffer = this.#bufferOf(bytes);
    if (!this.#remote.openRtcp(buffer, offset, plain, ssrc, index)) {
      return SRTP_BAD_AUTH;
    }
    if (seen === undefined) {
      this.#receiveRtcpIndex.set(ssrc, seen = new ReceiveIndex());
    }
    seen.accept(index);
    return plain;
  }

  close(): void {
    this.#local.close();
    this.#remote.close();
  }

  #indexOf(ssrc: number): SendIndex {
    let index = this.#sendIndex.get(ssrc);
    if (index === undefined) {
      this.#sendIndex.set(ssrc, index = new SendIndex());
    }
    this.#sentSsrc = ssrc;
    return this.#sentIndex = index;
  }

  /** A lane has two buffers, so the last one is mostly the right one. */
  #bufferOf(bytes: Uint8Array): BufferPointers {
    if (this.#buffer.bytes !== bytes) this.#buffer = bufferOf(bytes);
    return this.#buffer;
  }
}

const cache = new WeakMap<Uint8Array, BufferPointers>();

function bufferOf(bytes: Uint8Array): BufferPointers {
  let buffer = cache.get(bytes);
  if (buffer === undefined) {
    cache.set(bytes, buffer = new BufferPointers(bytes));
  }
  return buffer;
}
