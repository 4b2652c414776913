/**
 * The SRTP cipher of one transport, as a port: `openssl` (libcrypto) and
 * `portable` (`node:crypto`) implement it. It works in place, on one packet inside
 * a larger buffer, and never throws on bad input: a negative length says
 * what was wrong.
 *
 * @module
 */

/** The SRTP protection profiles that rtcrowd negotiates (RFC 5764, RFC 7714). */
export type SrtpProfile = "AEAD_AES_128_GCM" | "AES_CM_128_HMAC_SHA1_80";

/** The keys that DTLS exported for one association (RFC 5764 section 4.2). */
export interface SrtpKeys {
  readonly profile: SrtpProfile;
  /** Master key and salt for what we send. */
  readonly localKey: Uint8Array;
  readonly localSalt: Uint8Array;
  /** Master key and salt for what the peer sends. */
  readonly remoteKey: Uint8Array;
  readonly remoteSalt: Uint8Array;
}

/** A packet that failed authentication. */
export const SRTP_BAD_AUTH = -1;
/** A packet seen before, or older than the replay window (RFC 3711 section 3.3.2). */
export const SRTP_REPLAYED = -2;
/** Bytes that are no SRTP packet. */
export const SRTP_MALFORMED = -3;

/** Encrypts and decrypts the packets of one transport, in place. */
export interface SrtpCipher {
  /** Which implementation this is. */
  readonly kind: "openssl" | "portable";
  /** Protects the RTP packet at `offset`; returns its new length in bytes. */
  protectRtp(bytes: Uint8Array, offset: number, length: number): number;
  /** Protects the compound RTCP packet at `offset`; returns its new length in bytes. */
  protectRtcp(bytes: Uint8Array, offset: number, length: number): number;
  /** Authenticates and decrypts an RTP packet; returns its plain length, or a negative reason. */
  unprotectRtp(bytes: Uint8Array, offset: number, length: number): number;
  /** Authenticates and decrypts an RTCP packet; returns its plain length, or a negative reason. */
  unprotectRtcp(bytes: Uint8Array, offset: number, length: number): number;
  /** Frees native contexts; idempotent. */
  close(): void;
}
