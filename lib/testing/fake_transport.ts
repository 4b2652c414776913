/** A transport without a network: what is sent lands in the test's hand. */

import type { ClientTransport } from "../client/mod.ts";
import {
  countPacket,
  type Link,
  type LinkCounts,
  type Network,
} from "../impairment/mod.ts";
import {
  type CandidateOutcome,
  TransportError,
  type TransportHandlers,
} from "../rtc/mod.ts";
import type { Clock } from "../time/mod.ts";

/**
 * What is at the other end of a fake transport.
 *
 * @internal
 */
export interface FakeTransportPeer {
  /** Takes each RTP packet; valid only until the call returns. */
  readonly onRtp?: (packet: Uint8Array) => void;
  /** Takes each compound RTCP packet; valid only until the call returns. */
  readonly onRtcp?: (packet: Uint8Array) => void;
  /** ICE and DTLS: resolves when they are up, rejects when they fail. @default {at once} */
  readonly handshake?: () => Promise<void>;
}

/**
 * What lies between a fake transport and its peer.
 *
 * @internal
 */
export interface FakePath {
  /** What it does to RTP packets. */
  readonly network: Network;
  /** Those that are late come by it. */
  readonly clock: Clock;
}

/** Room for one frame's burst of packets. */
const OUT_BYTES = 64 * 1024;

/**
 * When a packet arrives: by the fake clock, and in milliseconds since 1970.
 *
 * @internal
 */
export interface FakeArrival {
  /** By the fake clock. */
  readonly nowMs: number;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
}

/**
 * A transport for tests: it is up as soon as the server is ready and the
 * peer's handshake is over, encrypts nothing, and hands packets over at once,
 * or as the network lets them through.
 *
 * @internal
 */
export class FakeTransport implements ClientTransport {
  /** Outgoing packets are built here. */
  readonly out: Uint8Array = new Uint8Array(OUT_BYTES);
  /** Of a certificate that nobody has. */
  readonly localFingerprint: string = new Array(32).fill("AB").join(":");
  /** Packets that failed; a test may set them. */
  readonly counters: { authFailures: number; replayed: number } = {
    authFailures: 0,
    replayed: 0,
  };
  /** A test may set it. */
  candidateOutcomes: readonly CandidateOutcome[] = [];
  /** Of the last consent check; a test may set it. */
  roundTripMs = 0;
  /** How often ICE was restarted. */
  iceRestarts = 0;
  readonly #handlers: TransportHandlers;
  readonly #peer: FakeTransportPeer;
  readonly #path: FakePath | undefined;
  readonly #underWay = new Set<() => void>();
  readonly #ended = Promise.withResolvers<never>();
  #state: "new" | "connected" | "lost" | "closed" = "new";
  #isSilent = false;
  /** The network is gone: nothing comes, and nothing arrives. */
  #isCut = false;
  #restarting: PromiseWithResolvers<void> | undefined;

  /** `handlers` are the client's; without a path, nothing lies between it and the peer. */
  constructor(
    handlers: TransportHandlers,
    peer: FakeTransportPeer = {},
    path?: FakePath,
  ) {
    this.#path = path;
    this.#handlers = handlers;
    this.#peer = peer;
    this.#ended.promise.catch(() => {});
  }

  /** Where in its life it is. */
  get state(): "new" | "connected" | "lost" | "closed" {
    return this.#state;
  }

  /** Whether it hands anything over. */
  get isUp(): boolean {
    return this.#state === "connected";
  }

  /** Throws a `TransportError` when it is closed first, or what either promise rejects with. */
  async connect(serverReady: Promise<unknown>): Promise<void> {
    const up = Promise.all([serverReady, this.#peer.handshake?.()]);
    await Promise.race([up, this.#ended.promise]);
    if (this.#state === "closed") throw closedError();
    this.#state = "connected";
  }

  /** Encrypts nothing. */
  protectRtp(_offset: number, length: number): number {
    return length;
  }

  /** Hands packets to the peer; returns how many, none unless connected. */
  send(offset: number, length: number, segment: number): number {
    if (this.#state !== "connected") return 0;
    const end = offset + length;
    let sent = 0;
    for (let at = offset; at < end; at += segment) {
      const packet = this.out.subarray(at, Math.min(at + segment, end));
      const { outbound, outboundCounts } = this.#path?.network ?? {};
      this.#through(
        outbound,
        outboundCounts,
        packet,
        (come) => this.#peer.onRtp?.(come),
      );
      sent++;
    }
    return sent;
  }

  /** Hands a compound RTCP packet to the peer. */
  sendRtcp(offset: number, length: number): void {
    if (this.#state !== "connected" || this.#isCut) return;
    this.#peer.onRtcp?.(this.out.subarray(offset, offset + length));
  }

  /** Lets an RTP packet arrive at the client, at this time by both clocks; one that is not connected misses it. */
  deliverRtp(packet: Uint8Array, arrival: FakeArrival): void {
    if (this.#state !== "connected") return;
    const { inbound, inboundCounts } = this.#path?.network ?? {};
    this.#through(
      inbound,
      inboundCounts,
      packet,
      (come, lateMs) =>
        this.#handlers.onRtp(come, 0, come.length, {
          nowMs: arrival.nowMs + lateMs,
          wallMs: arrival.wallMs + lateMs,
        }),
    );
  }

  /** Lets a compound RTCP packet arrive at the client. */
  deliverRtcp(packet: Uint8Array, arrival: FakeArrival): void {
    if (this.#state !== "connected" || this.#isCut) return;
    this.#handlers.onRtcp(packet, 0, packet.length, arrival);
  }

  /** Restarts ICE; resolves once the path is there. Throws a `TransportError` when it is closed first. */
  async restartIce(): Promise<void> {
    if (this.#state === "new" || this.#state === "closed") throw closedError();
    this.iceRestarts++;
    const restarting = this.#restarting = Promise.withResolvers<void>();
    if (!this.#isCut) this.#found();
    await Promise.race([restarting.promise, this.#ended.promise]);
  }

  /** Lets the network go: nothing gets through, and no check is answered; or none has been for so long that consent has ended. */
  cutPath(how: "silent" | "lost" = "silent"): void {
    this.#isCut = true;
    if (this.#state !== "connected") return;
    if (how === "silent") {
      this.#isSilent = true;
      return this.#handlers.onSilent?.(true);
    }
    this.#state = "lost";
    this.#handlers.onLost(
      new TransportError("consent", "no answer to consent checks"),
    );
  }

  /** Lets the network come back; consent that has ended needs an ICE restart all the same. */
  mendPath(): void {
    this.#isCut = false;
    if (this.#restarting !== undefined) this.#found();
    else if (this.#state === "connected" && this.#isSilent) {
      this.#isSilent = false;
      this.#handlers.onSilent?.(false);
    }
  }

  /** Lets the server close it for good, as it does with DTLS's close_notify. */
  lose(): void {
    if (this.#state !== "connected") return;
    this.#state = "closed";
    const error = new TransportError("peerClosed", "the server closed DTLS");
    this.#ended.reject(error);
    this.#handlers.onLost(error);
  }

  #found(): void {
    if (this.#state === "closed") return;
    this.#state = "connected";
    this.#isSilent = false;
    this.#restarting?.resolve();
    this.#restarting = undefined;
  }

  /** Closes it; idempotent. */
  close(): Promise<void> {
    this.#state = "closed";
    for (const cancel of this.#underWay) cancel();
    this.#underWay.clear();
    this.#ended.reject(closedError());
    return Promise.resolve();
  }

  /** Hands a packet on as often and as late as the link says. */
  #through(
    link: Link | undefined,
    counts: LinkCounts | undefined,
    packet: Uint8Array,
    handOn: (packet: Uint8Array, lateMs: number) => void,
  ): void {
    if (this.#isCut) return;
    if (link === undefined || counts === undefined) return handOn(packet, 0);
    const { clock } = this.#path!;
    const nowMs = clock.nowMs();
    link.enter(nowMs, packet.length);
    countPacket(link, counts, nowMs);
    const { copies, releaseMs } = link;
    const lateMs = Math.max(0, releaseMs - nowMs);
    for (let i = 0; i < copies; i++) {
      // Each is the receiver's to change, and the sender's bytes are gone by then.
      const own = packet.slice();
      if (lateMs === 0) {
        handOn(own, 0);
        continue;
      }
      const cancel = clock.setTimer(lateMs, () => {
        this.#underWay.delete(cancel);
        if (this.#state === "connected") handOn(own, lateMs);
      });
      this.#underWay.add(cancel);
    }
  }
}

function closedError(): TransportError {
  return new TransportError("closed", "the transport closed");
}
