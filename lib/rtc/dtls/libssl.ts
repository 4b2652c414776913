/**
 * The few functions of OpenSSL's libssl 3 that DTLS needs, by `Deno.dlopen`.
 * Those of libcrypto come through the same door, so they are of the one that
 * libssl itself works with.
 *
 * @module
 */

import { NO_ATEXIT } from "../srtp/libcrypto.ts";

const SYMBOLS = {
  // Of libcrypto.
  OPENSSL_init_crypto: { parameters: ["u64", "pointer"], result: "i32" },
  ERR_clear_error: { parameters: [], result: "void" },
  ERR_get_error: { parameters: [], result: "u64" },
  ERR_reason_error_string: { parameters: ["u64"], result: "pointer" },
  BIO_s_mem: { parameters: [], result: "pointer" },
  BIO_new: { parameters: ["pointer"], result: "pointer" },
  BIO_read: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  BIO_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  EVP_PKEY_CTX_new_from_name: {
    parameters: ["pointer", "buffer", "pointer"],
    result: "pointer",
  },
  EVP_PKEY_CTX_free: { parameters: ["pointer"], result: "void" },
  EVP_PKEY_keygen_init: { parameters: ["pointer"], result: "i32" },
  EVP_PKEY_CTX_set_group_name: {
    parameters: ["pointer", "buffer"],
    result: "i32",
  },
  EVP_PKEY_keygen: { parameters: ["pointer", "pointer"], result: "i32" },
  EVP_PKEY_free: { parameters: ["pointer"], result: "void" },
  EVP_sha256: { parameters: [], result: "pointer" },
  X509_new: { parameters: [], result: "pointer" },
  X509_free: { parameters: ["pointer"], result: "void" },
  X509_set_version: { parameters: ["pointer", "i64"], result: "i32" },
  X509_get_serialNumber: { parameters: ["pointer"], result: "pointer" },
  ASN1_INTEGER_set_uint64: { parameters: ["pointer", "u64"], result: "i32" },
  X509_getm_notBefore: { parameters: ["pointer"], result: "pointer" },
  X509_getm_notAfter: { parameters: ["pointer"], result: "pointer" },
  X509_gmtime_adj: { parameters: ["pointer", "i64"], result: "pointer" },
  X509_get_subject_name: { parameters: ["pointer"], result: "pointer" },
  X509_NAME_add_entry_by_txt: {
    parameters: ["pointer", "buffer", "i32", "buffer", "i32", "i32", "i32"],
    result: "i32",
  },
  X509_set_issuer_name: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_set_pubkey: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_sign: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
  i2d_X509: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_STORE_CTX_get0_cert: { parameters: ["pointer"], result: "pointer" },
  X509_STORE_CTX_set_error: { parameters: ["pointer", "i32"], result: "void" },
  // Of libssl.
  DTLS_method: { parameters: [], result: "pointer" },
  SSL_CTX_new: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_free: { parameters: ["pointer"], result: "void" },
  SSL_CTX_ctrl: {
    parameters: ["pointer", "i32", "i64", "pointer"],
    result: "i64",
  },
  SSL_CTX_set_options: { parameters: ["pointer", "u64"], result: "u64" },
  SSL_CTX_set_security_level: {
    parameters: ["pointer", "i32"],
    result: "void",
  },
  SSL_CTX_set_cipher_list: { parameters: ["pointer", "buffer"], result: "i32" },
  SSL_CTX_use_certificate: {
    parameters: ["pointer", "pointer"],
    result: "i32",
  },
  SSL_CTX_use_PrivateKey: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_set_verify: {
    parameters: ["pointer", "i32", "pointer"],
    result: "void",
  },
  SSL_CTX_set_cert_verify_callback: {
    parameters: ["pointer", "function", "pointer"],
    result: "void",
  },
  SSL_new: { parameters: ["pointer"], result: "pointer" },
  SSL_free: { parameters: ["pointer"], result: "void" },
  SSL_set_bio: {
    parameters: ["pointer", "pointer", "pointer"],
    result: "void",
  },
  SSL_set_connect_state: { parameters: ["pointer"], result: "void" },
  SSL_set_accept_state: { parameters: ["pointer"], result: "void" },
  SSL_set_tlsext_use_srtp: { parameters: ["pointer", "buffer"], result: "i32" },
  SSL_ctrl: {
    parameters: ["pointer", "i32", "i64", "pointer"],
    result: "i64",
  },
  DTLS_set_timer_cb: { parameters: ["pointer", "function"], result: "void" },
  SSL_do_handshake: { parameters: ["pointer"], result: "i32" },
  SSL_read: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  SSL_get_error: { parameters: ["pointer", "i32"], result: "i32" },
  SSL_shutdown: { parameters: ["pointer"], result: "i32" },
  SSL_get_selected_srtp_profile: { parameters: ["pointer"], result: "pointer" },
  SSL_export_keying_material: {
    // deno-fmt-ignore
    parameters: ["pointer", "buffer", "usize", "buffer", "usize", "pointer", "usize", "i32"],
    result: "i32",
  },
  SSL_free_buffers: { parameters: ["pointer"], result: "i32" },
  SSL_alloc_buffers: { parameters: ["pointer"], result: "i32" },
} as const;

/** libssl's functions and those of its libcrypto, by their own names. */
export type LibsslSymbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** An open libssl. */
export interface Libssl {
  readonly ssl: LibsslSymbols;
  /** Closes the library; nothing of it may be used after. */
  close(): void;
}

/** Opens libssl 3; throws when it is missing, or FFI is refused. */
export function openLibssl(): Libssl {
  const library = Deno.dlopen("libssl.so.3", SYMBOLS);
  const ssl = library.symbols;
  // Before anything else of it: the first call decides.
  ssl.OPENSSL_init_crypto(NO_ATEXIT, null);
  return { ssl, close: () => library.close() };
}

/** What libssl says of the oldest error of this thread; `undefined` where there is none. */
export function nextError(
  ssl: LibsslSymbols,
): { readonly number: number; readonly text: string } | undefined {
  const code = ssl.ERR_get_error();
  if (code === 0n) return undefined;
  const text = ssl.ERR_reason_error_string(code);
  return {
    number: Number(code & REASONS),
    text: text === null
      ? `error ${code}`
      : Deno.UnsafePointerView.getCString(text),
  };
}

/** The part of an error's code that says why (`ERR_REASON_MASK`). */
const REASONS = 0x7fffffn;
