/**
 * What the transports of one thread share: the reactor with its lane, the
 * cipher, and DTLS with its certificate. Chosen once at start: native where
 * Linux and FFI allow it, portable elsewhere, with a note that says why.
 *
 * @module
 */

import { lookup } from "./deps.ts";
import type { DtlsSuite } from "./dtls/dtls.ts";
import { openOpensslDtls } from "./dtls/openssl_dtls.ts";
import type { Lane } from "./lane/lane.ts";
import { type Mac, portableMac } from "./ice/stun.ts";
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
  /** Authenticates STUN messages. @default {the runtime's} */
  readonly mac?: Mac | undefined;
  /** Frees the library; its ciphers must be closed before. */
  close(): void;
}

/** Which implementations to use. */
export interface DatapathOptions {
  /** @default {"auto"} native where it works */
  readonly lane?: "auto" | Lane["kind"];
  /** @default {"auto"} openssl where it works */
  readonly cipher?: "auto" | SrtpCipher["kind"];
  /** @default {"auto"} openssl where it works */
  readonly dtls?: "auto" | DtlsSuite["kind"];
  /** The wall clock that capture times are by, in milliseconds ahead of this machine's: it is one clock for all machines of a run. @default {0} */
  readonly wallAheadMs?: number | undefined;
  /** SRTP profiles to offer, preferred one first. @default both, GCM first */
  readonly profiles?: readonly SrtpProfile[];
}

/** The shared parts of one thread's transports. */
export interface Datapath extends Disposable {
  readonly reactor: Reactor;
  readonly lane: Lane;
  readonly ciphers: SrtpCipherSuite;
  readonly dtls: DtlsSuite;
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
  const { lane: laneKind = "auto", cipher = "auto", dtls: dtlsKind = "auto" } =
    options;
  const lane = await choose(laneKind, {
    fast: "native",
    openFast: () => openNativeLane(options.wallAheadMs),
    openPortable: () => openPortableLane(options.wallAheadMs),
    note: (why) => notes.push(`Using portable instead of native: ${why}`),
  });
  const reactor = new Reactor(lane);
  const opened: { close(): void }[] = [reactor];
  try {
    const ciphers = await choose(cipher, {
      fast: "openssl",
      openFast: openOpensslSuite,
      openPortable: openPortableSuite,
      note: (why) => notes.push(`Using portable instead of openssl: ${why}`),
    });
    opened.unshift(ciphers);
    const dtls = await choose(dtlsKind, {
      fast: "openssl",
      openFast: () => openOpensslDtls(reactor),
      openPortable: loadPortableDtls,
      note: (why) =>
        notes.push(`Using portable DTLS instead of openssl: ${why}`),
    });
    opened.unshift(dtls);
    return {
      reactor,
      lane,
      ciphers,
      dtls,
      profiles: options.profiles,
      resolve: rememberNames(async (name) => {
        const found = await lookup(name, { all: true, verbatim: true });
        return found.map(({ address }) => address);
      }),
      notes,
      [Symbol.dispose]: () => closeAll(opened),
    };
  } catch (error) {
    closeAll(opened);
    throw error;
  }
}

/** What was opened last goes first. */
function closeAll(opened: readonly { close(): void }[]): void {
  for (const one of opened) one.close();
}

/** Two implementations of a port, of which the fast one may not work here. */
interface Choice<T> {
  readonly fast: string;
  readonly openFast: () => T;
  readonly openPortable: () => T | Promise<T>;
  /** Told why it is the portable one, where nobody asked for that. */
  readonly note: (why: string) => void;
}

async function choose<T>(wanted: string, choice: Choice<T>): Promise<T> {
  if (wanted === "portable") return await choice.openPortable();
  try {
    requireFfi();
    return choice.openFast();
  } catch (error) {
    if (wanted === choice.fast) throw error;
    choice.note(messageOf(error));
    return await choice.openPortable();
  }
}

/** Asking would stop the program at a question, so only a granted permission counts. */
function requireFfi(): void {
  if (Deno.permissions.querySync({ name: "ffi" }).state !== "granted") {
    throw new Error("FFI is not allowed; add --allow-ffi.");
  }
}

const encoder = new TextEncoder();

function openOpensslSuite(): SrtpCipherSuite {
  const library = openLibcrypto();
  return {
    kind: "openssl",
    create: (keys) => createOpensslCipher(library, keys),
    mac: (password, message) =>
      library.hmacSha1(encoder.encode(password), message) ??
        portableMac(password, message),
    close: () => library.close(),
  };
}

function openPortableSuite(): SrtpCipherSuite {
  return { kind: "portable", create: createPortableCipher, close() {} };
}

/** Loading werift costs more than the rest of a start. */
async function loadPortableDtls(): Promise<DtlsSuite> {
  const { openPortableDtls } = await import("./dtls/portable_dtls.ts");
  return await openPortableDtls();
}
