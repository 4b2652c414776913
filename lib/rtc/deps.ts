/**
 * What `lib/rtc` takes from outside.
 *
 * - `node:crypto`, `node:buffer`, `node:dgram`: what werift's interfaces ask
 *   for, the portable SRTP cipher, and the sockets of the portable lane.
 * - `node:zlib`: the checksum of a STUN message.
 * - `node:dns`: names, as the system resolves them (`/etc/hosts` included).
 *
 * @module
 */

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
