/**
 * DTLS of one transport, as a port: the handshake, the SRTP keys that come of
 * it (RFC 5764), and the peer's goodbye. `openssl` (libssl) and `portable`
 * (werift) implement it, over any datagram pipe. After the handshake DTLS is
 * silent: WebRTC media has no use for it.
 *
 * @module
 */

import type { DtlsRecord } from "./dtls_record.ts";
import { CONTENT } from "./dtls_record.ts";
import type { SrtpKeys, SrtpProfile } from "../srtp/srtp_cipher.ts";

/** What an association needs. */
export interface DtlsOptions {
  readonly role: "client" | "server";
  /** The peer's fingerprint, of any digest of RFC 8122; `undefined` accepts any (a server that was not told). */
  readonly remoteFingerprint: string | undefined;
  /** Sends one datagram to the peer; the bytes are its own. */
  readonly send: (bytes: Uint8Array) => void;
  /** Profiles to offer or accept, preferred one first. @default {both, GCM first} */
  readonly profiles?: readonly SrtpProfile[] | undefined;
}

/** One association. {@linkcode Dtls.done} settles when the handshake ends; `close` must follow. */
export interface Dtls {
  /** The SRTP keys, or the reason why there are none. */
  readonly done: Promise<SrtpKeys>;
  /** Called once, when the peer ends the finished association by an alert, with its name. */
  onClosed: (alert: string) => void;
  /** What was wrong with the last message that made no sense; a reason for a handshake that hangs. */
  readonly complaint: string | undefined;
  /** Sends the first flight; for the client only. */
  start(): void;
  /**
   * Takes a datagram that looks like DTLS. What makes no sense is dropped
   * (RFC 6347 section 4.1.2.7).
   */
  receive(bytes: Uint8Array): void;
  /**
   * Says goodbye (`close notify`) before it returns, where there are keys, and
   * ends all; resolves when nothing is left behind. Idempotent.
   */
  close(): Promise<void>;
}

/** Makes the associations of one thread, under one self-signed certificate. */
export interface DtlsSuite {
  /** Which implementation this is. */
  readonly kind: "openssl" | "portable";
  /** SHA-256 fingerprint of the certificate, upper-case hex with colons (RFC 8122). */
  readonly fingerprint: string;
  create(options: DtlsOptions): Dtls;
  /** Frees the library. */
  close(): void;
}

/** GCM first: it is one pass, and what browsers prefer. */
export const DEFAULT_PROFILES: readonly SrtpProfile[] = [
  "AEAD_AES_128_GCM",
  "AES_CM_128_HMAC_SHA1_80",
];

/** Lengths in bytes of a master key, and of the salt beside it (RFC 5764 section 4.1.2, RFC 7714 section 12). */
export const KEY_BYTES = 16;
/** See {@linkcode KEY_BYTES}. */
export const SALT_BYTES = {
  AES_CM_128_HMAC_SHA1_80: 14,
  AEAD_AES_128_GCM: 12,
} as const satisfies Record<SrtpProfile, number>;

/** The numbers of the protection profiles (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
export const PROFILE_NUMBERS = {
  AES_CM_128_HMAC_SHA1_80: 1,
  AEAD_AES_128_GCM: 7,
} as const satisfies Record<SrtpProfile, number>;

/** The profile of this number; throws for one that we did not offer. */
export function profileOf(number: number | undefined): SrtpProfile {
  const profile = DEFAULT_PROFILES.find((name) =>
    PROFILE_NUMBERS[name] === number
  );
  if (profile === undefined) throw new Error("the peer chose no SRTP profile");
  return profile;
}

/** Whether a record is an alert that anybody can read; one under the keys is the implementation's. */
export function isClearAlert({ type, epoch }: DtlsRecord): boolean {
  return type === CONTENT.alert && epoch === 0;
}

/** Why a handshake ends with a peer's alert of this name. */
export function endedByPeer(alert: string): Error {
  return new Error(`the peer ended the handshake: ${alert}`);
}

/** Why a handshake ends with a peer that shows another certificate than it announced. */
export function wrongCertificate(): Error {
  return new Error("the peer's certificate has another fingerprint");
}
