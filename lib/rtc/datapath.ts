/**
 * What the transports of one thread share: the reactor with its lane, the
 * cipher, and the certificate. Chosen once at start: native where Linux and
 * FFI allow it, portable elsewhere, with a note that says why.
 *
 * @module
 */

import { lookup } from "./deps.ts";
import { type Certificate, createCertificate } from "./dtls/certificate.ts";
import { useFastX25519 } from "./dtls/fast_x25519.ts";
import type { Lane } from "./lane/lane.ts";
import { openLibcrypto } from "./srtp/libcrypto.ts";
import { openNativeLane } from "./lane/native_lane.ts";
import { createOpensslCipher } from "./srtp/openssl_cipher.ts";
import { createPortableCipher } from "./srtp/portable_cipher.ts";
import { openPortableLane } from "./lane/portable_lane.ts";
import { Reactor } from "./lane/reactor.ts";
import { rememberNames, type Resolve } from "./ice/resolver.ts";
import type { SrtpCipher, SrtpKeys, SrtpProfile } from "./srtp/srtp_cipher.ts";
import { messageOf } from "../text/mod.ts";

/** Makes the ciphers of one thread. */
export interface SrtpCipherSuite {
  readonly kind: SrtpCipher["kind"];
  create(keys: SrtpKeys): SrtpCipher;
  /** Frees the library; its ciphers must be closed before. */
  close(): void;
}

/** Which implementations to use. */
export interface DatapathOptions {
  /** @default {"auto"} native where it works */
  readonly lane?: "auto" | Lane["kind"];
  /** @default {"auto"} openssl where it works */
  readonly cipher?: "auto" | SrtpCipher["kind"];
  /** SRTP profiles to offer, preferred one first. @default both, GCM first */
  readonly profiles?: readonly SrtpProfile[];
}

/** The shared parts of one thread's transports. */
export interface Datapath extends Disposable {
  readonly reactor: Reactor;
  readonly lane: Lane;
  readonly ciphers: SrtpCipherSuite;
  readonly certificate: Certificate;
  readonly profiles: readonly SrtpProfile[] | undefined;
  /** Asked for each name once, unless it failed. */
  readonly resolve: Resolve;
  /** Why something portable was chosen; one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Opens a datapath. Throws when an implementation was asked for by name and
 * cannot be had.
 */
export async function openDatapath(
  options: DatapathOptions = {},
): Promise<Datapath> {
  const notes: string[] = [];
  useFastX25519();
  const certificate = await createCertificate();
  const lane = choose(
    options.lane ?? "auto",
    "native",
    openNativeLane,
    openPortableLane,
    notes,
  );
  const ciphers = openCiphers(options.cipher ?? "auto", lane, notes);
  const reactor = new Reactor(lane);
  return {
    reactor,
    lane,
    ciphers,
    certificate,
    profiles: options.profiles,
    resolve: rememberNames(async (name) => {
      const found = await lookup(name, { all: true, verbatim: true });
      return found.map(({ address }) => address);
    }),
    notes,
    [Symbol.dispose]() {
      reactor.close();
      ciphers.close();
    },
  };
}

/** Chooses the cipher suite; without one the lane is of no use. */
function openCiphers(
  wanted: string,
  lane: Lane,
  notes: string[],
): SrtpCipherSuite {
  try {
    const portable = openPortableSuite;
    return choose(wanted, "openssl", openOpensslSuite, portable, notes);
  } catch (error) {
    lane.close();
    throw error;
  }
}

function choose<T>(
  wanted: string,
  fast: string,
  openFast: () => T,
  openPortable: () => T,
  notes: string[],
): T {
  if (wanted === "portable") return openPortable();
  try {
    requireFfi();
    return openFast();
  } catch (error) {
    const reason = messageOf(error);
    if (wanted === fast) throw error;
    notes.push(`Using portable instead of ${fast}: ${reason}`);
    return openPortable();
  }
}

/** Asking would stop the program at a question, so only a granted permission counts. */
function requireFfi(): void {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    throw new Error("FFI is not allowed; add --allow-ffi.");
  }
}

function openOpensslSuite(): SrtpCipherSuite {
  const library = openLibcrypto();
  return {
    kind: "openssl",
    create: (keys) => createOpensslCipher(library, keys),
    close: () => library.close(),
  };
}

function openPortableSuite(): SrtpCipherSuite {
  return { kind: "portable", create: createPortableCipher, close() {} };
}
