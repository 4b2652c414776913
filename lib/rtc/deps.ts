/**
 * What `lib/rtc` takes from outside.
 *
 * - werift: STUN messages, the DTLS handshake and the portable SRTP cipher.
 * - `node:crypto`, `node:buffer`, `node:dgram`: what werift's interfaces ask
 *   for, and the sockets of the portable lane.
 *
 * @module
 */

export {
  CipherContext,
  DtlsClient,
  DtlsServer,
  HashAlgorithm,
  Message,
  NamedCurveAlgorithm,
  parseMessage,
  RtpHeader,
  SignatureAlgorithm,
  SrtcpSession,
  SrtpSession,
} from "npm:werift@0.25.2";
export type { Transport as WeriftTransport } from "npm:werift@0.25.2";
export { Buffer } from "node:buffer";
export {
  createCipheriv,
  createHash,
  randomBytes,
  X509Certificate,
} from "node:crypto";
export { createSocket, type Socket } from "node:dgram";
