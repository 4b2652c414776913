/**
 * DTLS by OpenSSL's libssl, over memory: it opens no socket and keeps no
 * thread. What it wants to send is taken from it after each call, and when it
 * is to send again the reactor knows.
 *
 * @module
 */

import { NativeMemory } from "../lane/native_memory.ts";
import type { Reactor, Task } from "../lane/reactor.ts";
import { cString } from "../srtp/libcrypto.ts";
import type { SrtpKeys, SrtpProfile } from "../srtp/srtp_cipher.ts";
import {
  DEFAULT_PROFILES,
  type Dtls,
  type DtlsOptions,
  type DtlsSuite,
  endedByPeer,
  isClearAlert,
  KEY_BYTES,
  profileOf,
  SALT_BYTES,
  wrongCertificate,
} from "./dtls.ts";
import { alertName, readAlert } from "./dtls_alert.ts";
import { CONTENT, intoDatagrams, readRecords } from "./dtls_record.ts";
import { hasFingerprint, sha256Fingerprint } from "./fingerprint.ts";
import {
  type Libssl,
  type LibsslSymbols,
  nextError,
  openLibssl,
} from "./libssl.ts";
import { derOf, makeCertificate } from "./openssl_certificate.ts";

/** When libssl is to send again: told by the reactor, which has the clock. */
export type DtlsTimers = Pick<Reactor, "nowMs" | "schedule" | "cancel">;

/** A datagram of ours is no longer, which passes everywhere. */
const MTU = 1200;
/** All that libssl wants to send at once: a flight is a tenth of it. */
const FLIGHT_BYTES = 16_384;
/** A lost flight is sent again after so long, then after twice that, up to {@linkcode MAX_RETRY_US}; libssl's own second is too long where a server's socket overflows. */
const FIRST_RETRY_US = 250_000;
const MAX_RETRY_US = 1_000_000;
/** What the clock of the system says of the next retry may be wrong. */
const MAX_RETRY_MS = MAX_RETRY_US / 1000;

const DTLS_1_2 = 0xfefdn;
/** With forward secrecy, and without AES-256, whose length buys media nothing. */
const CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "ECDHE-ECDSA-AES128-SHA",
  "ECDHE-RSA-AES128-SHA",
].join(":");
const GROUPS = "X25519:P-256:P-384";
/** A peer is known by its fingerprint, so RSA of 1024 bits is good enough. */
const SECURITY_LEVEL = 1;
const SRTP_NAMES = {
  AES_CM_128_HMAC_SHA1_80: "SRTP_AES128_CM_SHA1_80",
  AEAD_AES_128_GCM: "SRTP_AEAD_AES_128_GCM",
} as const satisfies Record<SrtpProfile, string>;
/** RFC 5764 section 4.2. */
const LABEL = new TextEncoder().encode("EXTRACTOR-dtls_srtp");

/** What are macros in C: numbers of `SSL_CTX_ctrl` and `SSL_ctrl`, bits of options, results. */
const SET_MIN_VERSION = 123;
const SET_MAX_VERSION = 124;
const SET_GROUPS = 92;
const SET_SESSION_CACHE = 44;
const SET_MTU = 17;
const GET_TIMEOUT = 73;
const HANDLE_TIMEOUT = 74;
const NO_QUERY_MTU = 1n << 12n;
const NO_TICKET = 1n << 14n;
const NO_RENEGOTIATION = 1n << 30n;
const VERIFY_PEER = 1 | 2;
const CERTIFICATE_REJECTED = 28;
const WANT_READ = 2;
const ZERO_RETURN = 6;
/** Where a peer's alert stands among the reasons of errors. */
const ALERT_REASONS = 1000;
/** Where `SRTP_PROTECTION_PROFILE` has its number. */
const PROFILE_AT = 8;

/**
 * Associations by libssl, under a certificate that is made now. Throws where
 * libssl cannot be loaded.
 */
export function openOpensslDtls(timers: DtlsTimers): DtlsSuite {
  const library = openLibssl();
  try {
    return new OpensslSuite(library, timers);
  } catch (error) {
    library.close();
    throw error;
  }
}

/** One thread's libssl: a context, and memory that is used for a moment. */
class OpensslSuite implements DtlsSuite {
  readonly kind = "openssl";
  readonly fingerprint: string;
  readonly ssl: LibsslSymbols;
  readonly context: Deno.PointerValue;
  readonly flight = new NativeMemory(FLIGHT_BYTES);
  /** A `struct timeval`. */
  readonly timeout = new NativeMemory(16);
  readonly retry = new Deno.UnsafeCallback(
    { parameters: ["pointer", "u32"], result: "u32" },
    (_, us) => us === 0 ? FIRST_RETRY_US : Math.min(2 * us, MAX_RETRY_US),
  );
  readonly #verify = new Deno.UnsafeCallback(
    { parameters: ["pointer", "pointer"], result: "i32" },
    (store) => this.#isTrusted(store) ? 1 : 0,
  );
  readonly #library: Libssl;
  readonly #open = new Set<OpensslDtls>();
  /** The one that libssl is at work for. */
  atWork: OpensslDtls | undefined;

  constructor(library: Libssl, readonly timers: DtlsTimers) {
    this.#library = library;
    const ssl = this.ssl = library.ssl;
    const { key, certificate } = makeCertificate(ssl);
    this.fingerprint = sha256Fingerprint(derOf(ssl, certificate));
    const context = this.context = ssl.SSL_CTX_new(ssl.DTLS_method());
    ssl.SSL_CTX_ctrl(context, SET_MIN_VERSION, DTLS_1_2, null);
    ssl.SSL_CTX_ctrl(context, SET_MAX_VERSION, DTLS_1_2, null);
    ssl.SSL_CTX_ctrl(context, SET_SESSION_CACHE, 0n, null);
    ssl.SSL_CTX_set_security_level(context, SECURITY_LEVEL);
    ssl.SSL_CTX_set_options(
      context,
      NO_QUERY_MTU | NO_TICKET | NO_RENEGOTIATION,
    );
    const groups = Deno.UnsafePointer.of(cString(GROUPS));
    const ok = ssl.SSL_CTX_ctrl(context, SET_GROUPS, 0n, groups) === 1n &&
      ssl.SSL_CTX_set_cipher_list(context, cString(CIPHERS)) === 1 &&
      ssl.SSL_CTX_use_certificate(context, certificate) === 1 &&
      ssl.SSL_CTX_use_PrivateKey(context, key) === 1;
    // The context has references of its own.
    ssl.X509_free(certificate);
    ssl.EVP_PKEY_free(key);
    if (!ok) {
      this.close();
      throw new Error("Cannot set DTLS up: libssl refused the settings.");
    }
    ssl.SSL_CTX_set_verify(context, VERIFY_PEER, null);
    const { pointer } = this.#verify;
    ssl.SSL_CTX_set_cert_verify_callback(context, pointer, null);
  }

  create(options: DtlsOptions): Dtls {
    const dtls = new OpensslDtls(this, options, () => this.#open.delete(dtls));
    this.#open.add(dtls);
    return dtls;
  }

  close(): void {
    for (const dtls of this.#open) dtls.close();
    this.ssl.SSL_CTX_free(this.context);
    this.retry.close();
    this.#verify.close();
    this.#library.close();
  }

  /** Called by libssl in the middle of a handshake: an exception would have nowhere to go. */
  #isTrusted(store: Deno.PointerValue): boolean {
    const certificate = this.ssl.X509_STORE_CTX_get0_cert(store);
    if (this.atWork?.trusts(derOf(this.ssl, certificate))) return true;
    // The peer hears of a bad certificate (RFC 8122 section 6.2).
    this.ssl.X509_STORE_CTX_set_error(store, CERTIFICATE_REJECTED);
    return false;
  }
}

/** One association. */
class OpensslDtls implements Dtls, Task {
  readonly done: Promise<SrtpKeys>;
  readonly complaint = undefined;
  onClosed: (alert: string) => void = () => {};
  dueMs = Infinity;
  heapIndex = -1;
  readonly #suite: OpensslSuite;
  readonly #options: DtlsOptions;
  readonly #onFreed: () => void;
  readonly #resolve: (keys: SrtpKeys) => void;
  readonly #fail: (error: Error) => void;
  /** `null` when it is freed. */
  #ssl: Deno.PointerValue;
  /** What came, and what is to be sent; they are freed with it. */
  readonly #in: Deno.PointerValue;
  readonly #out: Deno.PointerValue;
  #state: "open" | "finished" | "ended" = "open";
  /** Whether libssl still can. */
  #maySayGoodbye = false;
  #hasWrongCertificate = false;

  constructor(
    suite: OpensslSuite,
    options: DtlsOptions,
    onFreed: () => void,
  ) {
    this.#suite = suite;
    this.#options = options;
    this.#onFreed = onFreed;
    const { promise, resolve, reject } = Promise.withResolvers<SrtpKeys>();
    this.done = promise;
    this.#resolve = resolve;
    this.#fail = reject;
    const { ssl, context, retry } = suite;
    this.#ssl = ssl.SSL_new(context);
    if (this.#ssl === null) {
      throw new Error("Cannot begin a DTLS handshake: libssl refused it.");
    }
    this.#in = ssl.BIO_new(ssl.BIO_s_mem());
    this.#out = ssl.BIO_new(ssl.BIO_s_mem());
    ssl.SSL_set_bio(this.#ssl, this.#in, this.#out);
    ssl.SSL_ctrl(this.#ssl, SET_MTU, BigInt(MTU), null);
    ssl.DTLS_set_timer_cb(this.#ssl, retry.pointer);
    const profiles = options.profiles ?? DEFAULT_PROFILES;
    const names = profiles.map((profile) => SRTP_NAMES[profile]).join(":");
    // 0 is success here.
    ssl.SSL_set_tlsext_use_srtp(this.#ssl, cString(names));
    if (options.role === "client") ssl.SSL_set_connect_state(this.#ssl);
    else ssl.SSL_set_accept_state(this.#ssl);
  }

  start(): void {
    if (this.#options.role === "client") this.#work();
  }

  receive(bytes: Uint8Array): void {
    for (const record of readRecords(bytes)) {
      if (this.#ssl === null || this.#state === "ended") return;
      const { type, epoch } = record;
      if (isClearAlert(record)) {
        // Anybody could have sent it once there are keys (RFC 6347 section 4.1).
        if (this.#state === "finished") continue;
        const alert = readAlert(record.body);
        if (alert?.ends) this.#endByPeer(alert.name);
      } else if (type === CONTENT.handshake || epoch > 0 || isSwitch(record)) {
        // One at a time: memory keeps no boundaries.
        this.#suite.ssl.BIO_write(this.#in, record.bytes, record.bytes.length);
        this.#work();
      }
    }
  }

  /** The reactor's: what was sent last may be lost. */
  run(): void {
    const { ssl } = this.#suite;
    ssl.ERR_clear_error();
    if (ssl.SSL_ctrl(this.#ssl, HANDLE_TIMEOUT, 0n, null) < 0n) this.#giveUp();
    this.#flush();
    this.#plan();
  }

  /** Whatever of ours throws in a task of the reactor. */
  onError = (error: unknown): void => {
    this.#end(error instanceof Error ? error : new Error(String(error)));
  };

  /** Whether this is the peer's certificate. */
  trusts(der: Uint8Array): boolean {
    const { remoteFingerprint } = this.#options;
    const isTrusted = remoteFingerprint === undefined ||
      hasFingerprint(der, remoteFingerprint);
    this.#hasWrongCertificate = !isTrusted;
    return isTrusted;
  }

  close(): Promise<void> {
    if (this.#ssl !== null) {
      const { ssl, timers } = this.#suite;
      timers.cancel(this);
      this.done.catch(() => {});
      this.#end(new Error("closed"));
      if (this.#maySayGoodbye) {
        this.#maySayGoodbye = false;
        ssl.ERR_clear_error();
        ssl.SSL_alloc_buffers(this.#ssl);
        ssl.SSL_shutdown(this.#ssl);
        this.#flush();
      }
      ssl.SSL_free(this.#ssl);
      this.#ssl = null;
      this.#onFreed();
    }
    return Promise.resolve();
  }

  /** Has libssl work on what came. */
  #work(): void {
    const suite = this.#suite;
    suite.atWork = this;
    // The queue of errors is the thread's.
    suite.ssl.ERR_clear_error();
    const goodbye = this.#state === "open" ? this.#shake() : this.#read();
    suite.atWork = undefined;
    this.#flush();
    this.#plan();
    if (goodbye !== undefined) this.#endByPeer(goodbye);
  }

  /** Goes on with the handshake; returns the name of the alert by which the peer ended it. */
  #shake(): string | undefined {
    const { ssl } = this.#suite;
    const result = ssl.SSL_do_handshake(this.#ssl);
    if (result !== 1) {
      switch (ssl.SSL_get_error(this.#ssl, result)) {
        case WANT_READ:
          return undefined;
        case ZERO_RETURN:
          return alertName(0);
      }
      return this.#giveUp();
    }
    this.#maySayGoodbye = true;
    this.#state = "finished";
    try {
      this.#resolve(this.#keys());
    } catch (error) {
      this.#fail(error as Error);
    }
    // Two thirds of what an association takes; they come back when needed.
    ssl.SSL_free_buffers(this.#ssl);
    return undefined;
  }

  /** Reads after the handshake; returns the name of the alert by which the peer ends the association. */
  #read(): string | undefined {
    const { ssl, flight } = this.#suite;
    // An answer may be due, and libssl writes without asking whether it can.
    ssl.SSL_alloc_buffers(this.#ssl);
    const result = ssl.SSL_read(this.#ssl, flight.pointer, FLIGHT_BYTES);
    const code = result > 0 ? WANT_READ : ssl.SSL_get_error(this.#ssl, result);
    if (code === ZERO_RETURN) return alertName(0);
    if (code === WANT_READ) {
      ssl.SSL_free_buffers(this.#ssl);
      return undefined;
    }
    this.#maySayGoodbye = false;
    const error = nextError(ssl);
    return alertOf(error?.number) ?? error?.text ?? "an error of libssl";
  }

  /** libssl can go no further; returns the name of the peer's alert if that is why. */
  #giveUp(): string | undefined {
    const error = nextError(this.#suite.ssl);
    const alert = alertOf(error?.number);
    if (alert !== undefined) return alert;
    this.#end(
      this.#hasWrongCertificate
        ? wrongCertificate()
        : new Error(`libssl gave the handshake up: ${error?.text ?? "?"}`),
    );
    return undefined;
  }

  #endByPeer(alert: string): void {
    if (this.#state === "ended" || this.#ssl === null) return;
    const wasFinished = this.#state === "finished";
    this.#end(endedByPeer(alert));
    if (wasFinished) this.onClosed(alert);
  }

  #end(error: Error): void {
    this.#state = "ended";
    this.#suite.timers.cancel(this);
    this.#fail(error);
  }

  /** Sends what libssl wants to send; whoever sends may call back. */
  #flush(): void {
    const { ssl, flight } = this.#suite;
    const bytes = ssl.BIO_read(this.#out, flight.pointer, FLIGHT_BYTES);
    if (bytes <= 0) return;
    const { send } = this.#options;
    const datagrams = intoDatagrams(flight.bytes.subarray(0, bytes), MTU);
    for (const datagram of datagrams) send(datagram);
  }

  /** Has the reactor call when libssl wants to send again. */
  #plan(): void {
    if (this.#ssl === null) return;
    const { ssl, timeout: { view, pointer }, timers } = this.#suite;
    const waits = this.#state === "open" &&
      ssl.SSL_ctrl(this.#ssl, GET_TIMEOUT, 0n, pointer) === 1n;
    if (!waits) {
      this.dueMs = Infinity;
      timers.cancel(this);
      return;
    }
    const ms = Number(view.getBigInt64(0, true)) * 1000 +
      Number(view.getBigInt64(8, true)) / 1000;
    this.dueMs = timers.nowMs() + Math.min(ms, MAX_RETRY_MS);
    timers.schedule(this);
  }

  #keys(): SrtpKeys {
    const { ssl } = this.#suite;
    const chosen = ssl.SSL_get_selected_srtp_profile(this.#ssl);
    const profile = profileOf(
      chosen === null
        ? undefined
        : new Deno.UnsafePointerView(chosen).getUint32(PROFILE_AT),
    );
    const salt = SALT_BYTES[profile];
    const material = new Uint8Array(2 * (KEY_BYTES + salt));
    // deno-fmt-ignore
    const result = ssl.SSL_export_keying_material(
      this.#ssl, material, BigInt(material.length),
      LABEL, BigInt(LABEL.length), null, 0n, 0);
    if (result !== 1) throw new Error("libssl exported no keys");
    const part = (at: number, bytes: number) => material.slice(at, at + bytes);
    const client = [part(0, KEY_BYTES), part(2 * KEY_BYTES, salt)];
    const server = [
      part(KEY_BYTES, KEY_BYTES),
      part(2 * KEY_BYTES + salt, salt),
    ];
    const [ours, theirs] = this.#options.role === "client"
      ? [client, server]
      : [server, client];
    return {
      profile,
      localKey: ours[0],
      localSalt: ours[1],
      remoteKey: theirs[0],
      remoteSalt: theirs[1],
    };
  }
}

/** Whether a record says that keys are in use from here on. */
function isSwitch({ type }: { readonly type: number }): boolean {
  return type === CONTENT.changeCipherSpec;
}

/** The name of the peer's alert that a reason of libssl stands for; `undefined` where it stands for none. */
function alertOf(reason = 0): string | undefined {
  const number = reason - ALERT_REASONS;
  return number >= 0 && number < 256 ? alertName(number) : undefined;
}
