/**
 * The self-signed certificate with which werift's DTLS endpoints name
 * themselves. Making one costs about 6 ms of CPU, so a node makes one and
 * shares it.
 *
 * @module
 */

import { X509Certificate } from "../deps.ts";
import {
  CipherContext,
  HashAlgorithm,
  NamedCurveAlgorithm,
  SignatureAlgorithm,
} from "./deps.ts";
import { sha256Fingerprint } from "./fingerprint.ts";

/** An ECDSA P-256 certificate and what the peer is told of it. */
export interface Certificate {
  /** The certificate, PEM. */
  readonly certPem: string;
  /** Its private key, PEM. */
  readonly keyPem: string;
  /** SHA-256 fingerprint, upper-case hex with colons (RFC 8122). */
  readonly fingerprint: string;
}

/** The signature scheme of every {@linkcode Certificate}. */
export const CERTIFICATE_SIGNATURE = {
  signature: SignatureAlgorithm.ecdsa_3,
  hash: HashAlgorithm.sha256_4,
} as const;

/** Makes a fresh certificate, valid for ten years. */
export async function createCertificate(): Promise<Certificate> {
  const { certPem, keyPem } = await CipherContext
    .createSelfSignedCertificateWithKey(
      CERTIFICATE_SIGNATURE,
      NamedCurveAlgorithm.secp256r1_23,
    );
  const fingerprint = sha256Fingerprint(new X509Certificate(certPem).raw);
  return { certPem, keyPem, fingerprint };
}
