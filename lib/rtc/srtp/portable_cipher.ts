/**
 * The SRTP cipher on `node:crypto`: a cipher object and several buffers a
 * packet. It serves wherever libcrypto cannot be reached.
 *
 * @module
 */

import { PortableCm } from "./portable_cm.ts";
import { PortableGcm } from "./portable_gcm.ts";
import type { SrtpCipher, SrtpKeys } from "./srtp_cipher.ts";
import { FramedCipher } from "./srtp_frame.ts";
import { deriveSessionKeys } from "./srtp_keys.ts";

/** Creates a cipher that needs nothing but the runtime. */
export function createPortableCipher(keys: SrtpKeys): SrtpCipher {
  const local = deriveSessionKeys(keys.localKey, keys.localSalt);
  const remote = deriveSessionKeys(keys.remoteKey, keys.remoteSalt);
  const Stream = keys.profile === "AEAD_AES_128_GCM" ? PortableGcm : PortableCm;
  return new FramedCipher("portable", new Stream(local), new Stream(remote));
}
