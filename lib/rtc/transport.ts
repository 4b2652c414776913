/**
 * One WebRTC transport towards an SFU, from mediasoup's plain parameters: a
 * socket, ICE, DTLS and SRTP, in this order. No SDP, and nothing to
 * renegotiate: who sends and receives which SSRC is the caller's matter.
 *
 * @module
 */

import {
  type Candidate,
  chooseCandidates,
  type RemoteCandidate,
  type TransportChoice,
  whyNothing,
} from "./ice/candidates.ts";
import type { Datapath } from "./datapath.ts";
import type { Dtls } from "./dtls/dtls.ts";
import { chooseFingerprint } from "./dtls/fingerprint.ts";
import type { Network } from "../impairment/mod.ts";
import { threadClock } from "../time/mod.ts";
import type { IceRemote } from "./ice/ice_agent.ts";
import { checkIceParameters } from "./ice/ice_parameters.ts";
import { type CandidateOutcome, IceSession } from "./ice/ice_session.ts";
import type { Arrival, LaneSocket } from "./lane/lane.ts";
import { SRTP_REPLAYED, type SrtpCipher } from "./srtp/srtp_cipher.ts";
import { type PacketTap, tappedCipher } from "./tap.ts";
import { closedError, TransportError } from "./ice/transport_error.ts";
import { messageOf } from "../text/mod.ts";
import { isDtls, isMedia, isStun } from "./lane/protocol.ts";

/** What the server says of its side, as far as it is needed. */
export interface RemoteTransport {
  readonly iceParameters: IceRemote;
  readonly iceCandidates: readonly RemoteCandidate[];
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
  /**
   * The path is gone (`consent`, `disconnected`: `restartIce` may find another), or the
   * association itself (`peerClosed`: nothing brings it back). Called once
   * for each time that it was connected, never after `close`.
   */
  readonly onLost: (error: TransportError) => void;
  /**
   * Something threw while a packet was read or a task ran: the transport has
   * ended, and {@linkcode TransportHandlers.onLost} is not called. Without it,
   * `onLost` is called with an error of kind `internal`.
   */
  readonly onError?: ((error: unknown) => void) | undefined;
  /** Nothing has been heard of the server for some seconds (`true`), or is again; media goes on meanwhile. */
  readonly onSilent?: (isSilent: boolean) => void;
}

/** How a transport comes up. */
export interface TransportOptions {
  /** Lies between it and the server; without one, nothing does. */
  readonly network?: Network | undefined;
  /** Over what media may go. @default {"auto"} */
  readonly transport?: TransportChoice | undefined;
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
  | "lost"
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
  readonly #told: TransportHandlers;
  /** Those who are told, behind a tap while there is one. */
  #handlers: TransportHandlers;
  readonly #network: Network | undefined;
  readonly #choice: TransportChoice;
  readonly #iceTimeoutMs: number;
  readonly #dtlsTimeoutMs: number;
  readonly #ended = Promise.withResolvers<never>();
  readonly #timers = new Set<() => void>();
  #state: TransportState = "new";
  /** That of the nominated path. */
  #socket: LaneSocket | undefined;
  #ice: IceSession | undefined;
  /** Looks for another path, while `#ice` keeps the one that there is. */
  #restart: IceSession | undefined;
  #nominations = 0;
  #dtls: Dtls | undefined;
  #keyed: SrtpCipher | undefined;
  /** That with the keys, behind a tap while there is one. */
  #cipher: SrtpCipher | undefined;
  #tap: PacketTap | undefined;

  constructor(
    datapath: Datapath,
    remote: RemoteTransport,
    handlers: TransportHandlers,
    options: TransportOptions = {},
  ) {
    this.#network = options.network;
    this.#choice = options.transport ?? "auto";
    this.#iceTimeoutMs = options.iceTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#dtlsTimeoutMs = options.dtlsTimeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.#datapath = datapath;
    this.#remote = remote;
    this.#told = this.#handlers = handlers;
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

  /** The candidate that media takes; `undefined` before one is nominated. */
  get selectedCandidate(): Candidate | undefined {
    return this.#ice?.selected;
  }

  /** How the server's candidates fared in the last search for a path. */
  get candidateOutcomes(): readonly CandidateOutcome[] {
    return (this.#restart ?? this.#ice)?.outcomes ?? [];
  }

  /** What the server must be told of our side of DTLS. */
  get localFingerprint(): string {
    return this.#datapath.dtls.fingerprint;
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
    reactor.enterLowLatency();
    try {
      await this.#findPath();
      await this.#within(serverReady);
      this.#enter("dtls");
      await this.#within(
        this.#handshake(),
        this.#dtlsTimeoutMs,
        () => this.#dtlsTimeout(this.#dtlsTimeoutMs),
      );
      this.#enter("connected");
    } catch (error) {
      if (this.#state !== "closed") this.#state = "failed";
      this.#hangUp();
      throw error;
    } finally {
      reactor.leaveLowLatency();
    }
  }

  /**
   * Looks for a path anew (RFC 8445 section 9), from sockets of its own, with
   * the credentials that the server made for it, and the candidates that it
   * told since; without any those of before. DTLS and SRTP stay as they are,
   * and media goes on by the old path, if there is one, until another is
   * nominated. A later restart takes the place of one that is under way.
   *
   * Throws a {@linkcode TransportError}; `lost` and `connected` transports
   * stay what they are then, and may be asked again.
   */
  async restartIce(
    iceParameters: IceRemote,
    iceCandidates: readonly RemoteCandidate[] = this.#remote.iceCandidates,
  ): Promise<void> {
    if (this.#state !== "connected" && this.#state !== "lost") {
      throw new TransportError(
        this.#state === "closed" ? "closed" : "disconnected",
        `a transport that is ${this.#state} cannot look for another path`,
      );
    }
    const { reactor } = this.#datapath;
    this.#restart?.close();
    this.#restart = undefined;
    const session = this.#restart = this.#openIce(iceParameters, iceCandidates);
    reactor.enterLowLatency();
    try {
      await this.#nominate(session);
    } catch (error) {
      session.close();
      if (this.#restart === session) this.#restart = undefined;
      throw error;
    } finally {
      reactor.leaveLowLatency();
    }
  }

  /** Whether anything can be sent. */
  get isUp(): boolean {
    return this.#state === "connected" && this.#socket !== undefined;
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

  /** Has `tap` see all packets in the clear from now on; `undefined` ends that. */
  tap(tap: PacketTap | undefined): void {
    this.#tap = tap;
    this.#handlers = this.#told;
    this.#cipher = this.#keyed;
    if (tap === undefined) return;
    const { onRtp, onRtcp } = this.#told;
    const { reactor } = this.#datapath;
    this.#handlers = {
      ...this.#told,
      onRtp(bytes, offset, length, arrival) {
        tap.onPacket("in", "rtp", bytes, offset, length, arrival.nowMs);
        onRtp(bytes, offset, length, arrival);
      },
      onRtcp(bytes, offset, length, arrival) {
        tap.onPacket("in", "rtcp", bytes, offset, length, arrival.nowMs);
        onRtcp(bytes, offset, length, arrival);
      },
    };
    this.#cipher = this.#keyed &&
      tappedCipher(this.#keyed, tap, () => reactor.nowMs());
  }

  /** Closes everything; resolves when nothing is left behind. Idempotent. */
  async close(): Promise<void> {
    if (this.#state !== "closed") {
      this.#state = "closed";
      this.#ended.reject(closedError());
      for (const cancel of this.#timers) cancel();
      this.#hangUp();
      this.#keyed?.close();
      this.#keyed = this.#cipher = undefined;
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

  async #findPath(): Promise<void> {
    this.#enter("ice");
    const { iceParameters, iceCandidates } = this.#remote;
    this.#ice = this.#openIce(iceParameters, iceCandidates);
    await this.#nominate(this.#ice);
  }

  #openIce(
    remote: IceRemote,
    offered: readonly RemoteCandidate[],
  ): IceSession {
    checkIceParameters(remote);
    const candidates = chooseCandidates(offered, this.#choice);
    if (candidates.tried.length === 0) {
      const why = whyNothing(offered, candidates, this.#choice);
      throw new TransportError("candidate", why);
    }
    const session: IceSession = new IceSession({
      datapath: this.#datapath,
      remote,
      candidates,
      nextNomination: () => ++this.#nominations,
      network: this.#network,
      onDatagram: this.#onDatagram,
      onSocket: (socket) => this.#useSocket(session, socket),
      onSilent: (isSilent) => {
        if (session !== this.#ice || this.#state !== "connected") return;
        this.#handlers.onSilent?.(isSilent);
      },
      onLost: (error) => {
        if (session === this.#ice) this.#lose(error);
      },
      onError: this.#onError,
    });
    return session;
  }

  #nominate(session: IceSession): Promise<void> {
    return this.#within(
      session.nominated,
      this.#iceTimeoutMs,
      () => session.timedOut(this.#iceTimeoutMs),
    );
  }

  #useSocket(session: IceSession, socket: LaneSocket): void {
    if (session === this.#restart) {
      this.#ice?.close();
      this.#ice = session;
      this.#restart = undefined;
      this.#state = "connected";
    }
    if (session === this.#ice) this.#socket = socket;
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
    const dtls = this.#dtls = this.#datapath.dtls.create({
      role: "client",
      remoteFingerprint,
      send: (bytes) => this.#socket?.sendCopy(bytes),
      profiles: this.#datapath.profiles,
    });
    dtls.start();
    try {
      const keys = await dtls.done;
      // Too late, or closed meanwhile: nobody would free the cipher.
      if (this.#state !== "dtls") return;
      this.#keyed = this.#datapath.ciphers.create(keys);
      this.tap(this.#tap);
    } catch (error) {
      throw new TransportError("dtls", (error as Error).message);
    }
    dtls.onClosed = (alert) => {
      const message = `the server closed DTLS: ${alert}`;
      this.#lose(new TransportError("peerClosed", message));
    };
  }

  #dtlsTimeout(timeoutMs: number): TransportError {
    const complaint = this.#dtls?.complaint;
    const reason = complaint === undefined ? "" : `: ${complaint}`;
    const message = `no DTLS handshake in ${timeoutMs} ms${reason}`;
    return new TransportError("dtlsTimeout", message);
  }

  /** Whatever comes, to whom it belongs. */
  readonly #onDatagram: PacketHandler = (bytes, offset, length, arrival) => {
    if (length < 2) return;
    const first = bytes[offset];
    if (isMedia(first)) {
      this.#onMedia(bytes, offset, length, arrival);
    } else if (isStun(first)) {
      const message = bytes.slice(offset, offset + length);
      const restart = this.#restart;
      this.#ice?.receive(message, arrival.nowMs);
      restart?.receive(message, arrival.nowMs);
    } else if (isDtls(first)) {
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
    const message = messageOf(error);
    const failure = new TransportError("internal", message);
    this.#ended.reject(failure);
    this.#hangUp();
    if (this.#handlers.onError !== undefined) this.#handlers.onError(error);
    else if (wasConnected) this.#handlers.onLost(failure);
  };

  #lose(error: TransportError): void {
    const isOver = error.kind === "peerClosed";
    if (this.#state === "lost" && isOver) this.#state = "failed";
    if (this.#state !== "connected") return;
    this.#state = isOver ? "failed" : "lost";
    if (isOver) this.#hangUp();
    this.#socket = undefined;
    this.#handlers.onLost(error);
  }

  /** The server hears of the end before the sockets close. */
  #hangUp(): void {
    this.#dtls?.close();
    this.#ice?.close();
    this.#restart?.close();
    this.#restart = undefined;
    this.#socket = undefined;
  }

  /** Waits for `work`, but not longer than `timeoutMs`, and not beyond `close`. */
  async #within<T>(
    work: Promise<T>,
    timeoutMs = Infinity,
    timedOut: () => Error = closedError,
  ): Promise<T> {
    let cancel: (() => void) | undefined;
    const contenders: Promise<T>[] = [work, this.#ended.promise];
    if (timeoutMs !== Infinity) {
      const late = Promise.withResolvers<never>();
      cancel = threadClock.setTimer(
        timeoutMs,
        () => late.reject(timedOut()),
      );
      this.#timers.add(cancel);
      contenders.push(late.promise);
    }
    try {
      return await Promise.race(contenders);
    } finally {
      cancel?.();
      if (cancel !== undefined) this.#timers.delete(cancel);
    }
  }
}
