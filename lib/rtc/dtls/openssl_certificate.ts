/**
 * A self-signed certificate by libcrypto, and certificates as bytes. Making
 * one costs a fraction of a millisecond.
 *
 * @module
 */

import { cString } from "../srtp/libcrypto.ts";
import { NativeMemory } from "../lane/native_memory.ts";
import type { LibsslSymbols } from "./libssl.ts";

/** A key and its certificate, as pointers; whoever has them frees them. */
export interface OwnCertificate {
  readonly key: Deno.PointerValue;
  readonly certificate: Deno.PointerValue;
}

const CURVE = cString("P-256");
/** X.509 counts its versions from 0. */
const VERSION_3 = 2n;
/** Clocks differ. */
const VALID_SINCE_S = -86_400n;
const VALID_FOR_S = 10n * 365n * 86_400n;
/** `MBSTRING_ASC`. */
const ASCII = 0x1001;

/** Makes an ECDSA P-256 key and a certificate of it, valid for ten years. Throws when libcrypto refuses. */
export function makeCertificate(ssl: LibsslSymbols): OwnCertificate {
  const key = makeKey(ssl);
  const certificate = ssl.X509_new();
  const name = ssl.X509_get_subject_name(certificate);
  const [serial] = crypto.getRandomValues(new BigUint64Array(1));
  ssl.X509_set_version(certificate, VERSION_3);
  ssl.ASN1_INTEGER_set_uint64(ssl.X509_get_serialNumber(certificate), serial);
  ssl.X509_gmtime_adj(ssl.X509_getm_notBefore(certificate), VALID_SINCE_S);
  ssl.X509_gmtime_adj(ssl.X509_getm_notAfter(certificate), VALID_FOR_S);
  // deno-fmt-ignore
  ssl.X509_NAME_add_entry_by_txt(name, cString("CN"), ASCII, cString("WebRTC"), -1, -1, 0);
  ssl.X509_set_issuer_name(certificate, name);
  ssl.X509_set_pubkey(certificate, key);
  if (ssl.X509_sign(certificate, key, ssl.EVP_sha256()) === 0) {
    throw new Error("Cannot make a certificate: libcrypto refused to sign it.");
  }
  return { key, certificate };
}

function makeKey(ssl: LibsslSymbols): Deno.PointerValue {
  const context = ssl.EVP_PKEY_CTX_new_from_name(null, cString("EC"), null);
  const key = new NativeMemory(8);
  const ok = ssl.EVP_PKEY_keygen_init(context) === 1 &&
    ssl.EVP_PKEY_CTX_set_group_name(context, CURVE) === 1 &&
    ssl.EVP_PKEY_keygen(context, key.pointer) === 1;
  ssl.EVP_PKEY_CTX_free(context);
  if (!ok) throw new Error("Cannot make a key: libcrypto refused it.");
  return Deno.UnsafePointer.create(key.view.getBigUint64(0, true));
}

/** A certificate's DER. */
export function derOf(
  ssl: LibsslSymbols,
  certificate: Deno.PointerValue,
): Uint8Array {
  const der = new NativeMemory(ssl.i2d_X509(certificate, null));
  const at = new NativeMemory(8);
  at.setWord(0, der.address);
  const length = ssl.i2d_X509(certificate, at.pointer);
  return der.bytes.subarray(0, length);
}
