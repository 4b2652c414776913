/**
 * One WebRTC transport towards an SFU, from mediasoup's plain parameters: a
 * socket, ICE, DTLS and SRTP, in this order. No SDP, and nothing to
 * renegotiate: who sends and receives which SSRC is the caller's matter.
 *
 * @module
 */

import type { Datapath } from "./datapath.ts";
import { chooseFingerprint } from "./certificate.ts";
import { DtlsHandshake } from "./dtls.ts";
import type { Network } from "../impairment/mod.ts";
import { IceAgent } from "./ice_agent.ts";
import { checkIceParameters } from "./ice_parameters.ts";
import { throughNetwork } from "./impaired_socket.ts";
import type { Arrival, LaneSocket } from "./lane.ts";
import type { Task } from "./reactor.ts";
import { SRTP_REPLAYED, type SrtpCipher } from "./srtp_cipher.ts";
import {
  closedError,
  TransportError,
  type TransportFailure,
} from "./transport_error.ts";

/** What the server says of its side, as far as it is needed. */
export interface RemoteTransport {
  readonly iceParameters: {
    readonly usernameFragment: string;
    readonly password: string;
  };
  readonly iceCandidates: readonly {
    readonly address: string;
    readonly port: number;
    readonly protocol: string;
  }[];
  readonly dtlsParameters: {
    readonly fingerprints: readonly {
      readonly algorithm: string;
      readonly value: string;
    }[];
  };
}

/** Takes one decrypted packet, in place; valid only until the call returns. */
export type PacketHandler = (
  bytes: Uint8Array,
  offset: number,
  length: number,
  arrival: Readonly<Arrival>,
) => void;

/** Who is told of packets and of the end. */
export interface TransportHandlers {
  readonly onRtp: PacketHandler;
  readonly onRtcp: PacketHandler;
  /** The transport was connected and is no more; called at most once, never after `close`. */
  readonly onLost: (error: TransportError) => void;
  /**
   * Something threw while a packet was read or a task ran: the transport has
   * ended, and {@linkcode TransportHandlers.onLost} is not called. Without it,
   * `onLost` is called with an error of kind `internal`.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** How long each phase may take. */
export interface TransportTimeouts {
  /** From the first check to the nominated pair. @default {10_000} */
  readonly iceTimeoutMs?: number;
  /** From the first flight to the keys. @default {10_000} */
  readonly dtlsTimeoutMs?: number;
}

/** Where in its life a transport is. */
export type TransportState =
  | "new"
  | "ice"
  | "dtls"
  | "connected"
  | "failed"
  | "closed";

/** Packets that were not delivered, and bytes on the wire, since the start. */
export interface TransportCounters {
  bytesSent: number;
  bytesReceived: number;
  /** Packets whose authentication failed. */
  authFailures: number;
  /** Packets seen before. */
  replayed: number;
  /** Packets that came before the keys. */
  early: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;

/** One ICE, DTLS and SRTP association; we are the controlling side and the DTLS client. */
export class RtcTransport implements AsyncDisposable {
  readonly counters: TransportCounters = {
    bytesSent: 0,
    bytesReceived: 0,
    authFailures: 0,
    replayed: 0,
    early: 0,
  };
  /** Outgoing packets are built here, from offset 0, and sent before anything else happens. */
  readonly out: Uint8Array;
  readonly #datapath: Datapath;
  readonly #remote: RemoteTransport;
  readonly #handlers: TransportHandlers;
  readonly #timeouts: Required<TransportTimeouts>;
  readonly #nominated = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<never>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #state: TransportState = "new";
  readonly #network: Network | undefined;
  #leaveNetwork: (() => void) | undefined;
  #socket: LaneSocket | undefined;
  #ice: IceAgent | undefined;
  #iceTask: Task | undefined;
  #dtls: DtlsHandshake | undefined;
  #cipher: SrtpCipher | undefined;

  /** `network` lies between it and the server; without one, nothing does. */
  constructor(
    datapath: Datapath,
    remote: RemoteTransport,
    handlers: TransportHandlers,
    timeouts: TransportTimeouts = {},
    network?: Network,
  ) {
    this.#network = network;
    this.#datapath = datapath;
    this.#remote = remote;
    this.#handlers = handlers;
    this.#timeouts = {
      iceTimeoutMs: timeouts.iceTimeoutMs ?? DEFAULT_TIMEOUT_MS,
      dtlsTimeoutMs: timeouts.dtlsTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    };
    this.out = datapath.lane.out;
    this.#ended.promise.catch(() => {});
  }

  /** Where in its life the transport is. */
  get state(): TransportState {
    return this.#state;
  }

  /** Round-trip time of the last consent check, in milliseconds; 0 before the first answer. */
  get roundTripMs(): number {
    return this.#ice?.roundTripMs ?? 0;
  }

  /** What the server must be told of our side of DTLS. */
  get localFingerprint(): string {
    return this.#datapath.certificate.fingerprint;
  }

  /**
   * Brings the transport up. ICE starts at once; DTLS when the pair is
   * nominated and `serverReady` has resolved, which says that the server
   * knows our fingerprint (it would ignore us before).
   *
   * Throws a {@linkcode TransportError}, or what `serverReady` rejects with.
   */
  async connect(serverReady: Promise<unknown>): Promise<void> {
    // It may reject after we have given up for a reason of our own.
    serverReady.catch(() => {});
    const { reactor } = this.#datapath;
    reactor.hasten();
    try {
      await this.#within(this.#startIce());
      const { iceTimeoutMs, dtlsTimeoutMs } = this.#timeouts;
      await this.#within(
        this.#nominated.promise,
        iceTimeoutMs,
        () =>
          new TransportError(
            "iceTimeout",
            `no answer to ICE checks in ${iceTimeoutMs} ms`,
          ),
      );
      await this.#within(serverReady);
      this.#enter("dtls");
      await this.#within(
        this.#handshake(),
        dtlsTimeoutMs,
        () => this.#dtlsTimeout(dtlsTimeoutMs),
      );
      this.#enter("connected");
    } catch (error) {
      if (this.#state !== "closed") this.#state = "failed";
      this.#closeSocket();
      throw error;
    } finally {
      reactor.calm();
    }
  }

  /** Protects the RTP packet at `offset` of `out`; returns its new length. */
  protectRtp(offset: number, length: number): number {
    return this.#cipher === undefined
      ? length
      : this.#cipher.protectRtp(this.out, offset, length);
  }

  /**
   * Sends protected packets: `length` bytes of `out` from `offset` as
   * datagrams of `segment` bytes, the last one possibly shorter. Returns how
   * many the system took; none unless connected.
   */
  send(offset: number, length: number, segment: number): number {
    if (this.#state !== "connected" || this.#socket === undefined) return 0;
    this.counters.bytesSent += length;
    return this.#socket.send(offset, length, segment);
  }

  /** Protects and sends the compound RTCP packet at `offset` of `out`. */
  sendRtcp(offset: number, length: number): void {
    if (this.#state !== "connected" || this.#cipher === undefined) return;
    const sealed = this.#cipher.protectRtcp(this.out, offset, length);
    this.send(offset, sealed, sealed);
  }

  /** Closes everything; resolves when nothing is left behind. Idempotent. */
  async close(): Promise<void> {
    if (this.#state !== "closed") {
      this.#state = "closed";
      this.#ended.reject(closedError());
      for (const timer of this.#timers) clearTimeout(timer);
      this.#closeSocket();
      this.#cipher?.close();
      this.#cipher = undefined;
    }
    await this.#dtls?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What was awaited may have come in the same moment as `close`. */
  #enter(state: TransportState): void {
    if (this.#state === "closed") throw closedError();
    this.#state = state;
  }

  async #startIce(): Promise<void> {
    if (this.#state !== "new") return;
    checkIceParameters(this.#remote.iceParameters);
    this.#state = "ice";
    const candidate = this.#remote.iceCandidates.find((one) =>
      one.protocol === "udp"
    );
    if (candidate === undefined) {
      throw new TransportError("candidate", "the server offers no UDP address");
    }
    const { reactor, lane } = this.#datapath;
    let socket: LaneSocket;
    try {
      socket = await lane.connect(candidate, this.#onDatagram);
    } catch (error) {
      throw new TransportError("socket", (error as Error).message);
    }
    if (this.#state !== "ice") {
      socket.close();
      return;
    }
    socket.onError = this.#onError;
    this.#socket = socket;
    this.#leaveNetwork = this.#network && throughNetwork({
      network: this.#network,
      reactor,
      lane,
      socket,
      use: (changed) => this.#socket = changed,
    });
    reactor.retain();
    const ice = this.#ice = new IceAgent({
      remote: this.#remote.iceParameters,
      send: (bytes) => this.#socket?.sendCopy(bytes),
      onConnected: () => this.#nominated.resolve(),
      onExpired: () => this.#lose("consent", "no answer to consent checks"),
      random: Math.random,
    });
    const task: Task = this.#iceTask = {
      dueMs: reactor.nowMs(),
      heapIndex: -1,
      run(nowMs) {
        this.dueMs = ice.tick(nowMs);
      },
      onError: this.#onError,
    };
    reactor.schedule(task);
  }

  async #handshake(): Promise<void> {
    const remoteFingerprint = chooseFingerprint(
      this.#remote.dtlsParameters.fingerprints,
    );
    if (remoteFingerprint === undefined) {
      throw new TransportError(
        "dtls",
        "the server has no certificate fingerprint that can be checked",
      );
    }
    const dtls = this.#dtls = new DtlsHandshake({
      role: "client",
      certificate: this.#datapath.certificate,
      remoteFingerprint,
      send: (bytes) => this.#socket?.sendCopy(bytes),
      profiles: this.#datapath.profiles,
    });
    dtls.start();
    try {
      const keys = await dtls.done;
      // Too late, or closed meanwhile: nobody would free the cipher.
      if (this.#state !== "dtls") return;
      this.#cipher = this.#datapath.ciphers.create(keys);
    } catch (error) {
      throw new TransportError("dtls", (error as Error).message);
    }
    dtls.onClosed = (alert) =>
      this.#lose("peerClosed", `the server closed DTLS: ${alert}`);
  }

  #dtlsTimeout(timeoutMs: number): TransportError {
    const complaint = this.#dtls?.complaint;
    const reason = complaint === undefined ? "" : `: ${complaint}`;
    const message = `no DTLS handshake in ${timeoutMs} ms${reason}`;
    return new TransportError("dtlsTimeout", message);
  }

  /** RFC 7983: the first byte says which protocol a datagram belongs to. */
  readonly #onDatagram: PacketHandler = (bytes, offset, length, arrival) => {
    if (length < 2) return;
    const first = bytes[offset];
    if (first >= 128 && first <= 191) {
      this.#onMedia(bytes, offset, length, arrival);
    } else if (first < 4) {
      const message = bytes.slice(offset, offset + length);
      this.#ice?.receive(message, arrival.nowMs);
    } else if (first >= 20 && first <= 63) {
      this.#dtls?.receive(bytes.slice(offset, offset + length));
    }
  };

  #onMedia(
    bytes: Uint8Array,
    offset: number,
    length: number,
    arrival: Readonly<Arrival>,
  ): void {
    const cipher = this.#cipher;
    if (cipher === undefined) {
      this.counters.early++;
      return;
    }
    if (this.#state !== "connected") return;
    this.counters.bytesReceived += length;
    // RFC 5761 section 4: RTCP packet types stand where RTP has marker and payload type.
    const second = bytes[offset + 1];
    const isRtcp = second >= 192 && second <= 223;
    const plain = isRtcp
      ? cipher.unprotectRtcp(bytes, offset, length)
      : cipher.unprotectRtp(bytes, offset, length);
    if (plain < 0) {
      if (plain === SRTP_REPLAYED) this.counters.replayed++;
      else this.counters.authFailures++;
    } else if (isRtcp) {
      this.#handlers.onRtcp(bytes, offset, plain, arrival);
    } else {
      this.#handlers.onRtp(bytes, offset, plain, arrival);
    }
  }

  /** Something of ours threw: nothing of this transport can be relied on any more. */
  readonly #onError = (error: unknown): void => {
    if (this.#state === "failed" || this.#state === "closed") return;
    const wasConnected = this.#state === "connected";
    this.#state = "failed";
    this.#closeSocket();
    const message = error instanceof Error ? error.message : String(error);
    const failure = new TransportError("internal", message);
    this.#ended.reject(failure);
    if (this.#handlers.onError !== undefined) this.#handlers.onError(error);
    else if (wasConnected) this.#handlers.onLost(failure);
  };

  #lose(kind: TransportFailure, message: string): void {
    if (this.#state !== "connected") return;
    this.#state = "failed";
    this.#closeSocket();
    this.#handlers.onLost(new TransportError(kind, message));
  }

  #closeSocket(): void {
    this.#ice?.close();
    if (this.#iceTask !== undefined) {
      this.#datapath.reactor.cancel(this.#iceTask);
    }
    if (this.#socket === undefined) return;
    this.#leaveNetwork?.();
    this.#socket.close();
    this.#socket = undefined;
    this.#datapath.reactor.release();
  }

  /** Waits for `work`, but not longer than `timeoutMs`, and not beyond `close`. */
  async #within<T>(
    work: Promise<T>,
    timeoutMs = Infinity,
    timedOut: () => Error = closedError,
  ): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const contenders: Promise<T>[] = [work, this.#ended.promise];
    if (timeoutMs !== Infinity) {
      const late = Promise.withResolvers<never>();
      timer = setTimeout(() => late.reject(timedOut()), timeoutMs);
      this.#timers.add(timer);
      contenders.push(late.promise);
    }
    try {
      return await Promise.race(contenders);
    } finally {
      clearTimeout(timer);
      if (timer !== undefined) this.#timers.delete(timer);
    }
  }
}
