/**
 * Fingerprints of certificates, by which the ends of a DTLS association know
 * each other (RFC 8122): signaling says them, and nobody asks an authority.
 *
 * @module
 */

import { createHash } from "../deps.ts";

/** The RFC 8122 fingerprint of a DER certificate: SHA-256, upper-case hex with colons. */
export function sha256Fingerprint(der: Uint8Array): string {
  return fingerprintBy("sha-256", der);
}

/** The digests that a peer may name its certificate by, preferred one first; each has its own length in bytes. */
const DIGESTS = [
  { algorithm: "sha-256", bytes: 32 },
  { algorithm: "sha-384", bytes: 48 },
  { algorithm: "sha-512", bytes: 64 },
  { algorithm: "sha-224", bytes: 28 },
  { algorithm: "sha-1", bytes: 20 },
] as const;
/** Hex bytes of either case, joined by colons (RFC 8122 section 5). */
const FINGERPRINT = /^[0-9a-f]{2}(:[0-9a-f]{2})*$/i;

/**
 * The fingerprint to check a peer's certificate by, of those that it gave;
 * `undefined` where none is of a digest that we know, in the form of one.
 */
export function chooseFingerprint(
  fingerprints: readonly {
    readonly algorithm: string;
    readonly value: string;
  }[],
): string | undefined {
  for (const { algorithm, bytes } of DIGESTS) {
    const found = fingerprints.find((one) =>
      one.algorithm.toLowerCase() === algorithm &&
      one.value.length === bytes * 3 - 1 && FINGERPRINT.test(one.value)
    );
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** Whether a DER certificate has this fingerprint, of whatever digest. */
export function hasFingerprint(der: Uint8Array, fingerprint: string): boolean {
  const digest = DIGESTS.find(({ bytes }) =>
    fingerprint.length === bytes * 3 - 1
  );
  return digest !== undefined &&
    fingerprintBy(digest.algorithm, der) === fingerprint.toUpperCase();
}

function fingerprintBy(algorithm: string, der: Uint8Array): string {
  const hash = createHash(algorithm.replace("-", ""));
  const hex = hash.update(der).digest("hex").toUpperCase();
  return hex.match(/../g)!.join(":");
}
