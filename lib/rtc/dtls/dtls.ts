/**
 * The DTLS handshake of one transport and the SRTP keys that come of it
 * (RFC 5764), by werift's `DtlsClient` or `DtlsServer` over any datagram
 * pipe. After the handshake DTLS is silent: WebRTC media has no use for it.
 *
 * werift sees whole messages in their order, as it takes the last fragment of
 * one for all of them; alerts are read here, as it loses their names.
 *
 * @module
 */

import {
  type Certificate,
  CERTIFICATE_SIGNATURE,
  hasFingerprint,
} from "./certificate.ts";
import {
  Buffer,
  DtlsClient,
  DtlsServer,
  type WeriftTransport,
} from "../deps.ts";
import { readAlert } from "./dtls_alert.ts";
import {
  CONTENT,
  type DtlsRecord,
  readRecords,
  writeRecord,
} from "./dtls_record.ts";
import { RecordNumbers } from "./dtls_renumber.ts";
import { HandshakeAssembly } from "./handshake_assembly.ts";
import type { SrtpKeys, SrtpProfile } from "../srtp/srtp_cipher.ts";

/** What a handshake needs. */
export interface DtlsOptions {
  readonly role: "client" | "server";
  readonly certificate: Certificate;
  /** The peer's fingerprint, of any digest of RFC 8122; `undefined` accepts any (a server that was not told). */
  readonly remoteFingerprint: string | undefined;
  /** Sends one datagram to the peer. */
  readonly send: (bytes: Uint8Array) => void;
  /** Profiles to offer or accept, preferred one first. */
  readonly profiles?: readonly SrtpProfile[];
}

/** GCM first: it is one pass, and what browsers prefer. */
const DEFAULT_PROFILES: readonly SrtpProfile[] = [
  "AEAD_AES_128_GCM",
  "AES_CM_128_HMAC_SHA1_80",
];

/** werift's numbers of the protection profiles (RFC 5764 section 4.1.2, RFC 7714 section 14.2). */
const PROFILE_NUMBERS = {
  AES_CM_128_HMAC_SHA1_80: 1,
  AEAD_AES_128_GCM: 7,
} as const;
const KEY_BYTES = 16;
const SALT_BYTES = {
  AES_CM_128_HMAC_SHA1_80: 14,
  AEAD_AES_128_GCM: 12,
} as const;
/** What AES-GCM adds to a record: an explicit nonce and a tag (RFC 5288). */
const SEALED_BYTES = 8 + 16;
const CLIENT_HELLO = 1;
const FINISHED = 20;
/** Certificate, ClientKeyExchange, CertificateVerify and Finished, as the client sends them. */
const LAST_CLIENT_FLIGHT: readonly number[] = [11, 16, 15, FINISHED];
/** A flight number that ends werift's retransmission loop. */
const PAST_LAST_FLIGHT = 99;

/** One handshake. {@linkcode DtlsHandshake.done} settles when it ends; `close` must follow. */
export class DtlsHandshake {
  /** The SRTP keys, or the reason why there are none. */
  readonly done: Promise<SrtpKeys>;
  /** Called once, when the peer ends the finished association by an alert, with its name. */
  onClosed: (alert: string) => void = () => {};
  readonly #socket: DtlsClient | DtlsServer;
  readonly #pipe: DatagramPipe;
  readonly #pending = new Set<Promise<unknown>>();
  readonly #fail: (error: Error) => void;
  readonly #assembly = new HandshakeAssembly();
  #state: "open" | "finished" | "ended" = "open";
  #complaint: string | undefined;
  /** How far the client's last flight has come; for the server only. */
  #turn = 0;

  constructor(options: DtlsOptions) {
    const profiles = options.profiles ?? DEFAULT_PROFILES;
    const numbers = new RecordNumbers(() => this.#socket as DtlsClient);
    this.#pipe = new DatagramPipe(
      options.role === "client"
        ? (bytes) => options.send(numbers.renumber(bytes))
        : options.send,
    );
    const config = {
      cert: options.certificate.certPem,
      key: options.certificate.keyPem,
      signatureHash: CERTIFICATE_SIGNATURE,
      transport: this.#pipe,
      srtpProfiles: profiles.map((profile) => PROFILE_NUMBERS[profile]),
      extendedMasterSecret: true,
      // A client need not wait for one: all that comes before the end of a flight has come by then.
      certificateRequest: options.role === "server",
    };
    this.#socket = options.role === "client"
      ? new DtlsClient(config)
      : new DtlsServer(config);
    const { promise, resolve, reject } = Promise.withResolvers<SrtpKeys>();
    this.done = promise;
    this.#fail = reject;
    this.#socket.onConnect.subscribe(() => {
      if (this.#state !== "open") return;
      this.#state = "finished";
      this.#assembly.clear();
      try {
        resolve(this.#keys(options.remoteFingerprint));
      } catch (error) {
        reject(asError(error));
      }
    });
    this.#track();
  }

  /** Sends the first flight; for the client only. */
  start(): void {
    if (!(this.#socket instanceof DtlsClient)) return;
    this.#watch(this.#socket.connect(), (error) => this.#fail(asError(error)));
  }

  /** What was wrong with the last message that made no sense; a reason for a handshake that hangs. */
  get complaint(): string | undefined {
    return this.#complaint;
  }

  /**
   * Takes a datagram that looks like DTLS. What makes no sense is dropped
   * (RFC 6347 section 4.1.2.7).
   */
  receive(bytes: Uint8Array): void {
    if (this.#pipe.closed) return;
    for (const record of readRecords(bytes)) {
      if (record.type === CONTENT.alert) this.#onAlert(record);
      else if (record.type === CONTENT.handshake) this.#onHandshake(record);
    }
  }

  /**
   * Ends the handshake and waits for werift's own timers, which cannot be
   * cancelled and run for half a second after each flight.
   */
  async close(): Promise<void> {
    this.#pipe.closed = true;
    this.#assembly.clear();
    // A message that is being handled must not begin another flight and its loop.
    Object.defineProperty(this.#socket.dtls, "flight", {
      get: () => PAST_LAST_FLIGHT,
      set: () => {},
      configurable: true,
    });
    this.done.catch(() => {});
    this.#fail(new Error("closed"));
    await Promise.allSettled(this.#pending);
  }

  #onHandshake(record: DtlsRecord): void {
    if (record.epoch > 0) return this.#feed(record.bytes);
    if (this.#state !== "open") return;
    for (const message of this.#assembly.take(record.body)) {
      this.#feed(writeRecord(record, message));
    }
  }

  /** werift throws on messages that a retransmission brings twice or early. */
  #feed(record: Uint8Array): void {
    try {
      this.#pipe.onData(Buffer.from(record));
    } catch (error) {
      this.#complain(error);
    }
  }

  /** A fatal alert ends what there is, and so does a `close notify`; a warning does not (RFC 5246 section 7.2). */
  #onAlert(record: DtlsRecord): void {
    if (this.#state === "ended") return;
    const body = record.epoch === 0 ? record.body : this.#open(record);
    const alert = body && readAlert(body);
    if (!alert?.ends) return;
    const wasFinished = this.#state === "finished";
    this.#state = "ended";
    this.#assembly.clear();
    if (wasFinished) this.onClosed(alert.name);
    else this.#fail(new Error(`the peer ended the handshake: ${alert.name}`));
  }

  /** What a record under the keys says; `undefined` without them, or when it is not the peer's. */
  #open({ type, version, epoch, sequence, body }: DtlsRecord) {
    // What is shorter leaves a cipher behind in werift.
    if (body.length < SEALED_BYTES) return undefined;
    const { sessionType, cipher: { cipher } } = this.#socket;
    const header = { type, version, epoch, sequenceNumber: sequence };
    try {
      return cipher.decrypt(sessionType, Buffer.from(body), header);
    } catch {
      return undefined;
    }
  }

  /** werift starts later flights on its own; their timers are ours to wait for. */
  #track(): void {
    const handle = this.#socket.onHandleHandshakes;
    this.#socket.onHandleHandshakes = (messages) => {
      const expected = messages.filter(({ msg_type }) =>
        this.#isExpected(msg_type)
      );
      return this.#watch(handle(expected), (error) => this.#complain(error));
    };
  }

  /**
   * Whether werift may see a message now: it would begin anew for a late
   * retransmission. Its server also derives keys from each message of the
   * client's last flight, so that must come in order and once (RFC 6347
   * section 4.2.2); a repeated Finished asks for our last flight again.
   */
  #isExpected(type: number): boolean {
    if (this.#socket instanceof DtlsClient) return !this.#socket.connected;
    if (type === CLIENT_HELLO) return this.#turn === 0;
    const turn = LAST_CLIENT_FLIGHT.indexOf(type);
    if (turn === this.#turn) this.#turn++;
    else if (type !== FINISHED || turn > this.#turn) return false;
    return true;
  }

  #watch(
    work: Promise<void>,
    onError: (error: unknown) => void,
  ): Promise<void> {
    const tracked = work.catch(onError);
    this.#pending.add(tracked);
    return tracked.finally(() => this.#pending.delete(tracked));
  }

  #complain(error: unknown): void {
    const { message } = asError(error);
    if (message !== "") this.#complaint = message;
  }

  #keys(remoteFingerprint: string | undefined): SrtpKeys {
    const certificate = this.#socket.remoteCertificate;
    if (remoteFingerprint !== undefined) {
      if (certificate === undefined) {
        throw new Error("the peer sent no certificate");
      }
      if (!hasFingerprint(certificate, remoteFingerprint)) {
        throw new Error("the peer's certificate has another fingerprint");
      }
    }
    const number = this.#socket.srtp.srtpProfile;
    const profile = DEFAULT_PROFILES.find((name) =>
      PROFILE_NUMBERS[name] === number
    );
    if (profile === undefined) {
      throw new Error("the peer chose no SRTP profile");
    }
    return {
      profile,
      ...this.#socket.extractSessionKeys(KEY_BYTES, SALT_BYTES[profile]),
    };
  }
}

/** What werift takes for a socket. */
class DatagramPipe implements WeriftTransport {
  readonly type = "udp";
  readonly address = { address: "", port: 0, family: "IPv4" };
  closed = false;
  onData: (data: Buffer) => void = () => {};
  readonly #send: (bytes: Uint8Array) => void;

  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  send = (data: Buffer): Promise<void> => {
    if (!this.closed) this.#send(data);
    return Promise.resolve();
  };

  close = (): Promise<void> => {
    this.closed = true;
    return Promise.resolve();
  };
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
