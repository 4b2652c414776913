/**
 * Key agreement on Curve25519 (RFC 7748) for the DTLS handshake. werift leaves
 * it to tweetnacl, which takes 0.65 ms of JavaScript a multiplication, and two
 * make a fifth of what a join costs. The runtime's own takes 0.05 ms; it steps
 * in where tweetnacl's would be called.
 *
 * @module
 */

import {
  Buffer,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  randomBytes,
} from "../deps.ts";
import { tweetnacl } from "./deps.ts";

/** What stands before the 32 bytes of a private key in PKCS #8 (RFC 8410 section 7). */
const PRIVATE_PREFIX = Buffer.from("302e020100300506032b656e04220420", "hex");
/** What stands before those of a public key (RFC 8410 section 4). */
const PUBLIC_PREFIX = Buffer.from("302a300506032b656e032100", "hex");
const KEY_BYTES = 32;
const BASE_POINT = new Uint8Array(KEY_BYTES);
BASE_POINT[0] = 9;

/** Has whatever computes with tweetnacl in this process use the runtime's X25519. */
export function useFastX25519(): void {
  const { scalarMult, box } = tweetnacl;
  // They carry functions and lengths of their own, which stay as they are.
  tweetnacl.scalarMult = Object.assign(x25519, scalarMult);
  box.keyPair = Object.assign(newKeyPair, box.keyPair);
}

function newKeyPair(): { publicKey: Uint8Array; secretKey: Uint8Array } {
  const secretKey = new Uint8Array(randomBytes(KEY_BYTES));
  return { secretKey, publicKey: x25519(secretKey, BASE_POINT) };
}

/**
 * The product of a 32-byte scalar and a 32-byte point (RFC 7748 section 5).
 * Throws when it is all zeros, which only a hostile peer brings about.
 */
export function x25519(scalar: Uint8Array, point: Uint8Array): Uint8Array {
  const product = diffieHellman({
    privateKey: createPrivateKey({
      key: Buffer.concat([PRIVATE_PREFIX, scalar]),
      format: "der",
      type: "pkcs8",
    }),
    publicKey: createPublicKey({
      key: Buffer.concat([PUBLIC_PREFIX, point]),
      format: "der",
      type: "spki",
    }),
  });
  // A copy: callers take the whole of its buffer for the key.
  return new Uint8Array(product);
}
