/**
 * What the portable DTLS takes from outside. Loading it costs a third of a
 * second of CPU, so only who needs it does.
 *
 * - werift: the DTLS handshake.
 * - tweetnacl: what werift computes X25519 with; here to be outdone.
 *
 * @module
 */

export {
  CipherContext,
  DtlsClient,
  DtlsServer,
  HashAlgorithm,
  NamedCurveAlgorithm,
  SignatureAlgorithm,
} from "npm:werift@0.25.2";
export type { Transport as WeriftTransport } from "npm:werift@0.25.2";
export { default as tweetnacl } from "npm:tweetnacl@1.0.3";
