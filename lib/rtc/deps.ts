/**
 * What `lib/rtc` takes from outside.
 *
 * - werift: STUN messages.
 * - `node:crypto`, `node:buffer`, `node:dgram`: what werift's interfaces ask
 *   for, the portable SRTP cipher, and the sockets of the portable lane.
 * - `node:zlib`: the checksum of a STUN message.
 * - `node:dns`: names, as the system resolves them (`/etc/hosts` included).
 *
 * @module
 */

export { Message, parseMessage } from "npm:werift@0.25.2";
export { Buffer } from "node:buffer";
export {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
  X509Certificate,
} from "node:crypto";
export { createSocket, type Socket } from "node:dgram";
export { lookup } from "node:dns/promises";
export { crc32 } from "node:zlib";
