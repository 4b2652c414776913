/**
 * The portable SRTP cipher: werift's sessions, with the replay protection
 * that they lack. It allocates several buffers a packet and costs 16 to 23 µs;
 * it serves wherever libcrypto cannot be reached.
 *
 * @module
 */

import { Buffer, RtpHeader, SrtcpSession, SrtpSession } from "./deps.ts";
import { ReceiveIndex } from "./packet_index.ts";
import { rtpHeaderBytes } from "./rtp_layout.ts";
import {
  SRTP_BAD_AUTH,
  SRTP_MALFORMED,
  SRTP_REPLAYED,
  type SrtpCipher,
  type SrtpKeys,
} from "./srtp_cipher.ts";

/** werift's numbers of the protection profiles (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
export const PROFILE_NUMBERS = {
  AES_CM_128_HMAC_SHA1_80: 1,
  AEAD_AES_128_GCM: 7,
} as const;

const TAG_BYTES = {
  AES_CM_128_HMAC_SHA1_80: 10,
  AEAD_AES_128_GCM: 16,
} as const;

/** Creates a cipher on werift's `SrtpSession` and `SrtcpSession`. */
export function createPortableCipher(keys: SrtpKeys): SrtpCipher {
  return new PortableCipher(keys);
}

class PortableCipher implements SrtpCipher {
  readonly kind = "portable";
  readonly #rtp: SrtpSession;
  readonly #rtcp: SrtcpSession;
  readonly #header = new RawHeader();
  readonly #tagBytes: number;
  readonly #isGcm: boolean;
  readonly #rtpIndex = new Map<number, ReceiveIndex>();
  readonly #rtcpIndex = new Map<number, ReceiveIndex>();

  constructor(keys: SrtpKeys) {
    const config = {
      profile: PROFILE_NUMBERS[keys.profile],
      keys: {
        localMasterKey: Buffer.from(keys.localKey),
        localMasterSalt: Buffer.from(keys.localSalt),
        remoteMasterKey: Buffer.from(keys.remoteKey),
        remoteMasterSalt: Buffer.from(keys.remoteSalt),
      },
    };
    this.#rtp = new SrtpSession(config);
    this.#rtcp = new SrtcpSession(config);
    this.#tagBytes = TAG_BYTES[keys.profile];
    this.#isGcm = keys.profile === "AEAD_AES_128_GCM";
  }

  protectRtp(bytes: Uint8Array, offset: number, length: number): number {
    const headerBytes = rtpHeaderBytes(bytes, offset, length);
    if (headerBytes < 0) return SRTP_MALFORMED;
    const packet = asBuffer(bytes, offset, length);
    this.#header.read(packet.subarray(0, headerBytes));
    const sealed = this.#rtp.encrypt(
      packet.subarray(headerBytes),
      this.#header,
    );
    bytes.set(sealed, offset);
    return sealed.length;
  }

  protectRtcp(bytes: Uint8Array, offset: number, length: number): number {
    const sealed = this.#rtcp.encrypt(asBuffer(bytes, offset, length));
    bytes.set(sealed, offset);
    return sealed.length;
  }

  unprotectRtp(bytes: Uint8Array, offset: number, length: number): number {
    if (rtpHeaderBytes(bytes, offset, length - this.#tagBytes) < 0) {
      return SRTP_MALFORMED;
    }
    const packet = asBuffer(bytes, offset, length);
    const seen = indexOf(this.#rtpIndex, packet.readUInt32BE(8));
    const index = seen.estimate(packet.readUInt16BE(2));
    if (seen.isReplay(index)) return SRTP_REPLAYED;
    return this.#open(bytes, offset, packet, seen, index, this.#rtp.decrypt);
  }

  unprotectRtcp(bytes: Uint8Array, offset: number, length: number): number {
    if (length < 8 + this.#tagBytes + 4) return SRTP_MALFORMED;
    const packet = asBuffer(bytes, offset, length);
    const seen = indexOf(this.#rtcpIndex, packet.readUInt32BE(4));
    const at = this.#isGcm ? length - 4 : length - 4 - this.#tagBytes;
    const index = packet.readUInt32BE(at) & 0x7fffffff;
    if (seen.isReplay(index)) return SRTP_REPLAYED;
    return this.#open(bytes, offset, packet, seen, index, this.#rtcp.decrypt);
  }

  close(): void {}

  #open(
    bytes: Uint8Array,
    offset: number,
    packet: Buffer,
    seen: ReceiveIndex,
    index: number,
    decrypt: (packet: Buffer) => Buffer,
  ): number {
    try {
      const plain = decrypt(packet);
      seen.accept(index);
      const length = packet.length - this.#tagBytes;
      bytes.set(
        plain.length > length ? plain.subarray(0, length) : plain,
        offset,
      );
      return Math.min(plain.length, length);
    } catch {
      return SRTP_BAD_AUTH;
    }
  }
}

/** A header that is written as it was read: werift's own would move its padding. */
class RawHeader extends RtpHeader {
  #bytes: Buffer = Buffer.alloc(0);

  read(bytes: Buffer): void {
    this.#bytes = Buffer.from(bytes);
    this.sequenceNumber = bytes.readUInt16BE(2);
    this.ssrc = bytes.readUInt32BE(8);
  }

  override get serializeSize(): number {
    return this.#bytes.length;
  }

  override serialize(): Buffer<ArrayBuffer> {
    return this.#bytes as Buffer<ArrayBuffer>;
  }
}

function asBuffer(bytes: Uint8Array, offset: number, length: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + offset, length);
}

function indexOf(
  table: Map<number, ReceiveIndex>,
  ssrc: number,
): ReceiveIndex {
  let index = table.get(ssrc);
  if (index === undefined) table.set(ssrc, index = new ReceiveIndex());
  return index;
}
