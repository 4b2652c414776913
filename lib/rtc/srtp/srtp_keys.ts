/**
 * SRTP key derivation: from the master keys that DTLS exports to the session
 * keys that packets are protected with (RFC 3711 section 4.3, RFC 7714
 * section 11). The key derivation rate is zero, so this happens once.
 *
 * @module
 */

import { createCipheriv } from "../deps.ts";

/** The session keys of one direction. */
export interface SessionKeys {
  readonly rtpKey: Uint8Array;
  readonly rtpAuthKey: Uint8Array;
  /** 14 bytes for AES-CM; AEAD uses the first 12. */
  readonly rtpSalt: Uint8Array;
  readonly rtcpKey: Uint8Array;
  readonly rtcpAuthKey: Uint8Array;
  readonly rtcpSalt: Uint8Array;
}

/** Derives the six session keys; a 12-byte AEAD salt is padded with zeros on the right. */
export function deriveSessionKeys(
  masterKey: Uint8Array,
  masterSalt: Uint8Array,
): SessionKeys {
  const derive = (label: number, bytes: number) => {
    const iv = new Uint8Array(16);
    iv.set(masterSalt);
    iv[7] ^= label;
    const stream = createCipheriv("aes-128-ctr", masterKey, iv);
    const key = new Uint8Array(stream.update(new Uint8Array(bytes)));
    // Adds nothing in counter mode, but the runtime keeps the cipher until then.
    stream.final();
    return key;
  };
  return {
    rtpKey: derive(0, 16),
    rtpAuthKey: derive(1, 20),
    rtpSalt: derive(2, 14),
    rtcpKey: derive(3, 16),
    rtcpAuthKey: derive(4, 20),
    rtcpSalt: derive(5, 14),
  };
}
