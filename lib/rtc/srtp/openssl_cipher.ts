/**
 * The SRTP cipher on OpenSSL: long-lived contexts, one each for what is sent
 * and received, so a packet costs a new IV and no allocation.
 *
 * @module
 */

import type { Libcrypto } from "./libcrypto.ts";
import { OpensslCm } from "./openssl_cm.ts";
import { OpensslGcm } from "./openssl_gcm.ts";
import type { SrtpCipher, SrtpKeys } from "./srtp_cipher.ts";
import { FramedCipher } from "./srtp_frame.ts";
import { deriveSessionKeys } from "./srtp_keys.ts";

/** Creates a cipher whose contexts live in `library`. */
export function createOpensslCipher(
  library: Libcrypto,
  keys: SrtpKeys,
): SrtpCipher {
  const local = deriveSessionKeys(keys.localKey, keys.localSalt);
  const remote = deriveSessionKeys(keys.remoteKey, keys.remoteSalt);
  switch (keys.profile) {
    case "AEAD_AES_128_GCM":
      return new FramedCipher(
        "openssl",
        new OpensslGcm(library, local, true),
        new OpensslGcm(library, remote, false),
      );
    case "AES_CM_128_HMAC_SHA1_80":
      return new FramedCipher(
        "openssl",
        new OpensslCm(library, local),
        new OpensslCm(library, remote),
      );
  }
}
