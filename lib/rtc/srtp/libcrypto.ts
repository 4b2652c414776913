/**
 * The few functions of OpenSSL's libcrypto 3 that SRTP needs, by
 * `Deno.dlopen`. What a packet needs goes over as pointers, which cost nothing;
 * a view costs some 7 ns. HMAC uses the old `HMAC_*` names: they are deprecated,
 * but take no parameter lists.
 *
 * @module
 */

import { NativeMemory } from "../lane/native_memory.ts";

const SYMBOLS = {
  OPENSSL_init_crypto: { parameters: ["u64", "pointer"], result: "i32" },
  EVP_CIPHER_fetch: {
    parameters: ["pointer", "buffer", "pointer"],
    result: "pointer",
  },
  EVP_CIPHER_free: { parameters: ["pointer"], result: "void" },
  EVP_CIPHER_CTX_new: { parameters: [], result: "pointer" },
  EVP_CIPHER_CTX_free: { parameters: ["pointer"], result: "void" },
  EVP_CIPHER_CTX_set_params: {
    parameters: ["pointer", "pointer"],
    result: "i32",
  },
  EVP_CIPHER_CTX_get_params: {
    parameters: ["pointer", "pointer"],
    result: "i32",
  },
  setKey: {
    name: "EVP_CipherInit_ex",
    parameters: ["pointer", "pointer", "pointer", "buffer", "pointer", "i32"],
    result: "i32",
  },
  setIv: {
    name: "EVP_CipherInit_ex",
    parameters: ["pointer", "pointer", "pointer", "pointer", "pointer", "i32"],
    result: "i32",
  },
  update: {
    name: "EVP_CipherUpdate",
    parameters: ["pointer", "pointer", "pointer", "pointer", "i32"],
    result: "i32",
  },
  updateAad: {
    name: "EVP_CipherUpdate",
    parameters: ["pointer", "pointer", "pointer", "pointer", "i32"],
    result: "i32",
  },
  final: {
    name: "EVP_CipherFinal_ex",
    parameters: ["pointer", "pointer", "pointer"],
    result: "i32",
  },
  EVP_sha1: { parameters: [], result: "pointer" },
  HMAC: {
    parameters: [
      "pointer",
      "buffer",
      "i32",
      "buffer",
      "usize",
      "buffer",
      "pointer",
    ],
    result: "pointer",
  },
  HMAC_CTX_new: { parameters: [], result: "pointer" },
  HMAC_CTX_free: { parameters: ["pointer"], result: "void" },
  setMacKey: {
    name: "HMAC_Init_ex",
    parameters: ["pointer", "buffer", "i32", "pointer", "pointer"],
    result: "i32",
  },
  restartMac: {
    name: "HMAC_Init_ex",
    parameters: ["pointer", "pointer", "i32", "pointer", "pointer"],
    result: "i32",
  },
  HMAC_Update: { parameters: ["pointer", "pointer", "i32"], result: "i32" },
  HMAC_Final: { parameters: ["pointer", "pointer", "pointer"], result: "i32" },
} as const;

/** `struct ossl_param_st`: name, type, data, size, and how much was returned. An empty one ends an array. */
const OSSL_PARAM = {
  bytes: 40,
  type: 8,
  data: 16,
  size: 24,
  octetString: 5,
  nameBytes: 16,
} as const;

const SHA1_BYTES = 20;

/** libcrypto's functions, by the names above. */
export type LibcryptoSymbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Small buffers that every packet needs for a moment. Shared, they stay in the cache. */
export interface CipherScratch {
  readonly gcmIv: NativeMemory;
  readonly ctrIv: NativeMemory;
  /** Tag or MAC. */
  readonly tag: NativeMemory;
  readonly rtcpAad: NativeMemory;
  readonly rollover: NativeMemory;
  /** Where libcrypto says how much it wrote. */
  readonly written: NativeMemory;
  /** `OSSL_PARAM`s that set `gcmIv` of a context that encrypts. */
  readonly gcmSealing: NativeMemory;
  /** The same with `tag`, of one that decrypts. */
  readonly gcmOpening: NativeMemory;
  /** Those that get what was encrypted its `tag`. */
  readonly gcmTag: NativeMemory;
}

/** An open libcrypto and the algorithms that SRTP uses. */
export interface Libcrypto {
  readonly evp: LibcryptoSymbols;
  readonly aes128Gcm: Deno.PointerValue;
  readonly aes128Ctr: Deno.PointerValue;
  readonly sha1: Deno.PointerValue;
  /** HMAC-SHA1 of a message that is no packet; `undefined` where libcrypto refuses, or is closed. */
  hmacSha1(key: Uint8Array, message: Uint8Array): Uint8Array | undefined;
  /** Working memory of whatever packet is at hand; the ciphers of a thread take turns. */
  readonly scratch: CipherScratch;
  /** Closes the library; no cipher may be used after. */
  close(): void;
}

/**
 * The system takes the memory of a process that ends. The library's own
 * cleaning up then would meet that of threads that end at the same time: what
 * both free breaks the process, after all its work.
 */
export const NO_ATEXIT = 0x00080000n;

/** Opens libcrypto 3; throws when it is missing, too old, or FFI is refused. */
export function openLibcrypto(): Libcrypto {
  const library = Deno.dlopen("libcrypto.so.3", SYMBOLS);
  const evp = library.symbols;
  evp.OPENSSL_init_crypto(NO_ATEXIT, null);
  const gcmIv = new NativeMemory(12);
  const tag = new NativeMemory(20);
  const aes128Gcm = evp.EVP_CIPHER_fetch(null, cString("AES-128-GCM"), null);
  const aes128Ctr = evp.EVP_CIPHER_fetch(null, cString("AES-128-CTR"), null);
  const sha1 = evp.EVP_sha1();
  let isOpen = true;
  return {
    evp,
    aes128Gcm,
    aes128Ctr,
    sha1,
    scratch: {
      gcmIv,
      ctrIv: new NativeMemory(16),
      tag,
      rtcpAad: new NativeMemory(12),
      rollover: new NativeMemory(4),
      written: new NativeMemory(16),
      gcmSealing: parameters([wholeIv(gcmIv)]),
      gcmOpening: parameters([
        { name: "tlsivinv", memory: gcmIv, bytes: 12 },
        { name: "tag", memory: tag, bytes: 16 },
      ]),
      gcmTag: parameters([{ name: "tag", memory: tag, bytes: 16 }]),
    },
    hmacSha1(key, message) {
      if (!isOpen) return undefined;
      const mac = new Uint8Array(SHA1_BYTES);
      const done = evp.HMAC(
        sha1,
        new Uint8Array(key),
        key.length,
        new Uint8Array(message),
        BigInt(message.length),
        mac,
        null,
      );
      return done === null ? undefined : mac;
    },
    close() {
      isOpen = false;
      evp.EVP_CIPHER_free(aes128Gcm);
      evp.EVP_CIPHER_free(aes128Ctr);
      library.close();
    },
  };
}

/** Direction of a cipher context. */
export const SEAL = 1;
/** Direction of a cipher context. */
export const OPEN = 0;

/** A cipher context with its key set; free it. Throws when libcrypto refuses. */
export function cipherContext(
  evp: LibcryptoSymbols,
  algorithm: Deno.PointerValue,
  key: Uint8Array,
  direction: number,
): Deno.PointerValue {
  const context = evp.EVP_CIPHER_CTX_new();
  const ok = evp.setKey(
    context,
    algorithm,
    null,
    new Uint8Array(key),
    null,
    direction,
  );
  if (context === null || ok !== 1) {
    throw new Error("Cannot create an SRTP context: libcrypto refused it.");
  }
  return context;
}

/** An HMAC context with its key set; free it. Throws when libcrypto refuses. */
export function macContext(
  evp: LibcryptoSymbols,
  digest: Deno.PointerValue,
  key: Uint8Array,
): Deno.PointerValue {
  const context = evp.HMAC_CTX_new();
  const ok = evp.setMacKey(
    context,
    new Uint8Array(key),
    key.length,
    digest,
    null,
  );
  if (context === null || ok !== 1) {
    throw new Error("Cannot create an SRTP context: libcrypto refused it.");
  }
  return context;
}

/**
 * Has a context that decrypts take a whole IV as a parameter: an IV that is
 * "fixed", as TLS calls it, is one of which the rest may be set. Throws when
 * libcrypto refuses.
 */
export function takeIvAsParameter(
  evp: LibcryptoSymbols,
  context: Deno.PointerValue,
): void {
  const whole = parameters([wholeIv(new NativeMemory(12))]);
  if (evp.EVP_CIPHER_CTX_set_params(context, whole.pointer) !== 1) {
    throw new Error("Cannot create an SRTP context: libcrypto refused it.");
  }
}

interface OctetString {
  readonly name: string;
  readonly memory: NativeMemory;
  /** -1 is the largest number that C knows. */
  readonly bytes: number;
}

/** A context that encrypts takes it for the next packet; one that decrypts may be given others by "tlsivinv" then. */
function wholeIv(memory: NativeMemory): OctetString {
  return { name: "tlsivfixed", memory, bytes: -1 };
}

/** An array of `OSSL_PARAM`, its names behind it. */
function parameters(strings: readonly OctetString[]): NativeMemory {
  const nameAt = (index: number) =>
    (strings.length + 1) * OSSL_PARAM.bytes + index * OSSL_PARAM.nameBytes;
  const array = new NativeMemory(nameAt(strings.length));
  for (const [i, { name, memory, bytes }] of strings.entries()) {
    const at = i * OSSL_PARAM.bytes;
    array.bytes.set(cString(name), nameAt(i));
    array.setWord(at, array.address + nameAt(i));
    array.view.setUint32(at + OSSL_PARAM.type, OSSL_PARAM.octetString, true);
    array.setWord(at + OSSL_PARAM.data, memory.address);
    array.view.setBigInt64(at + OSSL_PARAM.size, BigInt(bytes), true);
  }
  return array;
}

/** A zero-terminated string for a C function. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
