/**
 * DTLS by werift's `DtlsClient` and `DtlsServer`, where there is no libssl.
 *
 * werift sees whole messages in their order, as it takes the last fragment of
 * one for all of them; alerts are read and written here, as it loses their
 * names and says no goodbye.
 *
 * @module
 */

import {
  type Certificate,
  CERTIFICATE_SIGNATURE,
  createCertificate,
} from "./certificate.ts";
import { Buffer } from "../deps.ts";
import { DtlsClient, DtlsServer, type WeriftTransport } from "./deps.ts";
import {
  DEFAULT_PROFILES,
  type Dtls,
  type DtlsOptions,
  type DtlsSuite,
  endedByPeer,
  KEY_BYTES,
  PROFILE_NUMBERS,
  profileOf,
  SALT_BYTES,
  wrongCertificate,
} from "./dtls.ts";
import { CLOSE_NOTIFY_ALERT, readAlert } from "./dtls_alert.ts";
import {
  CONTENT,
  type DtlsRecord,
  readRecords,
  writeRecord,
} from "./dtls_record.ts";
import { RecordNumbers } from "./dtls_renumber.ts";
import { useFastX25519 } from "./fast_x25519.ts";
import { hasFingerprint } from "./fingerprint.ts";
import { HANDSHAKE, HandshakeAssembly } from "./handshake_assembly.ts";
import type { SrtpKeys } from "../srtp/srtp_cipher.ts";

/** Associations by werift, under a certificate that is made now unless one is given. */
export async function openPortableDtls(
  given?: Certificate,
): Promise<DtlsSuite> {
  useFastX25519();
  const certificate = given ?? await createCertificate();
  return {
    kind: "portable",
    fingerprint: certificate.fingerprint,
    create: (options) => new PortableDtls(certificate, options),
    close() {},
  };
}

/** What AES-GCM adds to a record: an explicit nonce and a tag (RFC 5288). */
const SEALED_BYTES = 8 + 16;
const DTLS_1_2 = 0xfefd;
/** The client's flight with its keys, in werift's numbers. */
const KEYS_FLIGHT = 5;
/** Certificate, ClientKeyExchange, CertificateVerify and Finished, as the client sends them. */
const LAST_CLIENT_FLIGHT: readonly number[] = [11, 16, 15, HANDSHAKE.finished];
/** A flight number that ends werift's retransmission loop. */
const PAST_LAST_FLIGHT = 99;

/** One association. */
class PortableDtls implements Dtls {
  readonly done: Promise<SrtpKeys>;
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
  /** Whether the server's first flight has come to its end; for the client only. */
  #wasAsked = false;

  constructor(certificate: Certificate, options: DtlsOptions) {
    const profiles = options.profiles ?? DEFAULT_PROFILES;
    const numbers = new RecordNumbers(() => this.#socket as DtlsClient);
    this.#pipe = new DatagramPipe(
      options.role === "client"
        ? (bytes) => options.send(numbers.renumber(bytes))
        : options.send,
    );
    const config = {
      cert: certificate.certPem,
      key: certificate.keyPem,
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

  start(): void {
    if (!(this.#socket instanceof DtlsClient)) return;
    this.#watch(this.#socket.connect(), (error) => this.#fail(asError(error)));
  }

  get complaint(): string | undefined {
    return this.#complaint;
  }

  receive(bytes: Uint8Array): void {
    if (this.#pipe.closed) return;
    for (const record of readRecords(bytes)) {
      if (record.type === CONTENT.alert) this.#onAlert(record);
      else if (record.type === CONTENT.handshake) this.#onHandshake(record);
    }
  }

  /** Waits for werift's own timers, which cannot be cancelled and run for half a second after each flight. */
  async close(): Promise<void> {
    if (!this.#pipe.closed && this.#state === "finished") this.#sayGoodbye();
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
    const wasFinished = this.#state === "finished";
    // Anybody could have sent what is in the clear once there are keys (RFC 6347 section 4.1).
    if (record.epoch === 0 && wasFinished) return;
    const body = record.epoch === 0 ? record.body : this.#open(record);
    const alert = body && readAlert(body);
    if (!alert?.ends) return;
    this.#state = "ended";
    this.#assembly.clear();
    if (wasFinished) this.onClosed(alert.name);
    else this.#fail(endedByPeer(alert.name));
  }

  #sayGoodbye(): void {
    const { dtls, sessionType, cipher: { cipher } } = this.#socket;
    const header = {
      type: CONTENT.alert,
      version: DTLS_1_2,
      epoch: 1,
      sequenceNumber: ++dtls.recordSequenceNumber,
    };
    const plain = Buffer.from(CLOSE_NOTIFY_ALERT);
    this.#pipe.send(writeRecord(
      { ...header, sequence: header.sequenceNumber },
      cipher.encrypt(sessionType, plain, header),
    ));
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
   * section 4.2.2); a repeated Finished asks for our last flight again, as a
   * repeated ServerHelloDone asks the client for the one with its keys.
   */
  #isExpected(type: number): boolean {
    if (this.#socket instanceof DtlsClient) {
      if (this.#socket.connected) return false;
      if (type !== HANDSHAKE.serverHelloDone) return true;
      if (this.#wasAsked) this.#answerAgain(this.#socket);
      const isFirst = !this.#wasAsked;
      this.#wasAsked = true;
      return isFirst;
    }
    if (type === HANDSHAKE.clientHello) return this.#turn === 0;
    const turn = LAST_CLIENT_FLIGHT.indexOf(type);
    if (turn === this.#turn) this.#turn++;
    else if (type !== HANDSHAKE.finished || turn > this.#turn) return false;
    return true;
  }

  /** werift may get to it only once it is connected, and then makes other keys. */
  #answerAgain({ dtls }: DtlsClient): void {
    if (dtls.flight !== KEYS_FLIGHT) return;
    for (const bytes of dtls.lastMessage) this.#pipe.send(bytes);
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
        throw wrongCertificate();
      }
    }
    const profile = profileOf(this.#socket.srtp.srtpProfile);
    const keys = this.#socket.extractSessionKeys(
      KEY_BYTES,
      SALT_BYTES[profile],
    );
    return {
      profile,
      localKey: Uint8Array.from(keys.localKey),
      localSalt: Uint8Array.from(keys.localSalt),
      remoteKey: Uint8Array.from(keys.remoteKey),
      remoteSalt: Uint8Array.from(keys.remoteSalt),
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

  send = (data: Uint8Array): Promise<void> => {
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
