/**
 * A bad network around a socket: every datagram, STUN and DTLS included, goes
 * through a link that loses, delays, reorders or repeats it. A transport
 * above does not notice, and the times of arrival that it is told are those
 * of the bad network.
 *
 * It is only put in place while a client is impaired; else packets take the
 * way that they always took. What is delayed waits in buffers that are kept,
 * each of them a task of the reactor.
 *
 * @module
 */

import { countPacket, type Link, type Network } from "../../impairment/mod.ts";
import {
  Arrival,
  type DatagramHandler,
  type Lane,
  type LaneSocket,
} from "./lane.ts";
import type { Reactor, Task } from "./reactor.ts";
import { isMedia } from "./protocol.ts";

/** What a network is put around, and by whom it is used. */
export interface NetworkPath {
  readonly network: Network;
  readonly reactor: Pick<
    Reactor,
    "nowMs" | "schedule" | "cancel" | "meanWaitMs"
  >;
  /** The lane of the socket. */
  readonly lane: Pick<Lane, "out">;
  /** A socket that nothing was put around yet. */
  readonly socket: LaneSocket;
  /** Told which socket to send by, at once where that is another, and whenever it changes. */
  readonly use: (socket: LaneSocket) => void;
}

/**
 * Puts a network around a socket whenever it is impaired. What is returned
 * ends that and forgets what is under way; the socket stays open.
 */
export function throughNetwork(path: NetworkPath): () => void {
  const { network, socket, use } = path;
  const direct = socket.onDatagram;
  let impaired: ImpairedSocket | undefined;
  const route = () => {
    if (network.isImpaired) {
      impaired ??= new ImpairedSocket(path, direct);
      socket.onDatagram = impaired.receive;
      use(impaired);
    } else if (impaired !== undefined) {
      socket.onDatagram = direct;
      use(socket);
    }
  };
  route();
  const unwatch = network.watch(route);
  return () => {
    unwatch();
    impaired?.forget();
  };
}

/** Datagrams are kept below the path MTU; a larger one gets a buffer of its own size. */
const BUFFER_BYTES = 2048;

/** A socket with a network around it. */
class ImpairedSocket implements LaneSocket {
  readonly localPort: number;
  onDatagram: DatagramHandler;
  onError: ((error: unknown) => void) | undefined;
  readonly #path: NetworkPath;
  readonly #arrival = new Arrival();
  readonly #waiting = new Set<Held>();
  readonly #free: Held[] = [];
  #waitingIn = 0;
  #waitingOut = 0;

  constructor(path: NetworkPath, onDatagram: DatagramHandler) {
    this.#path = path;
    this.localPort = path.socket.localPort;
    this.onDatagram = onDatagram;
    this.onError = path.socket.onError;
  }

  send(offset: number, length: number, segment: number): number {
    const { network, lane, socket } = this.#path;
    const link = network.outbound;
    if (link === undefined) return socket.send(offset, length, segment);
    let taken = 0;
    for (let at = 0; at < length; at += segment) {
      const size = Math.min(segment, length - at);
      taken += this.#sendOne(link, lane.out, offset + at, size);
    }
    return taken;
  }

  sendCopy(bytes: Uint8Array): void {
    const link = this.#path.network.outbound;
    if (link === undefined) this.#path.socket.sendCopy(bytes);
    else this.#sendOne(link, bytes, 0, bytes.length);
  }

  close(): void {
    this.forget();
    this.#path.socket.close();
  }

  /** Takes what arrives at the socket below. */
  readonly receive: DatagramHandler = (bytes, offset, length, arrival) => {
    const { network, reactor } = this.#path;
    const link = network.inbound;
    if (link === undefined) {
      return this.onDatagram(bytes, offset, length, arrival);
    }
    const nowMs = reactor.nowMs();
    // It is read some time after it came.
    const enteredMs = arrival.nowMs;
    link.enter(enteredMs, length);
    if (isRtp(bytes, offset, length)) {
      const isRepeat = link.copies === 0 &&
        network.repeats.has(ssrcAt(bytes, offset));
      countPacket(link, network.inboundCounts, enteredMs, isRepeat);
    }
    if (link.copies === 0) return;
    const { copies, releaseMs } = link;
    const wallOffsetMs = arrival.wallMs - enteredMs;
    if (copies === 1 && releaseMs <= nowMs && this.#waitingIn === 0) {
      this.#arrival.nowMs = releaseMs;
      this.#arrival.wallMs = releaseMs + wallOffsetMs;
      return this.onDatagram(bytes, offset, length, this.#arrival);
    }
    const held = this.#hold(bytes, offset, length);
    held.copies = copies;
    held.isInbound = true;
    held.releaseMs = releaseMs;
    held.wallOffsetMs = wallOffsetMs;
    this.#waitingIn++;
    this.#schedule(held, releaseMs);
  };

  /** Forgets what is under way: nobody will send it, or hear of it. */
  forget(): void {
    const { network, reactor } = this.#path;
    for (const held of this.#waiting) {
      reactor.cancel(held);
      if (!isRtp(held.bytes, 0, held.length)) continue;
      const counts = held.isInbound
        ? network.inboundCounts
        : network.outboundCounts;
      counts.unfinished += held.copies;
    }
    this.#waiting.clear();
    this.#waitingIn = this.#waitingOut = 0;
  }

  /** The time of a held datagram has come. */
  release(held: Held): void {
    this.#waiting.delete(held);
    if (held.isInbound) this.#waitingIn--;
    else this.#waitingOut--;
    for (let i = 0; i < held.copies; i++) {
      if (held.isInbound) {
        // It may be decrypted in place: the second copy needs its own bytes.
        const { bytes } = held;
        const own = i + 1 < held.copies ? bytes.slice(0, held.length) : bytes;
        this.#arrival.nowMs = held.releaseMs;
        this.#arrival.wallMs = held.releaseMs + held.wallOffsetMs;
        this.onDatagram(own, 0, held.length, this.#arrival);
      } else {
        this.#path.socket.sendCopy(held.bytes.subarray(0, held.length));
      }
    }
    this.#free.push(held);
  }

  /** Returns how many left, as far as the sender can know: what the network drops has left. */
  #sendOne(
    link: Link,
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): number {
    const { network, reactor, lane, socket } = this.#path;
    const nowMs = reactor.nowMs();
    link.enter(nowMs, length);
    if (isRtp(bytes, offset, length)) {
      countPacket(link, network.outboundCounts, nowMs);
    }
    if (link.copies === 0) return 1;
    const isNow = link.releaseMs <= nowMs && this.#waitingOut === 0;
    if (isNow && link.copies === 1) {
      if (bytes === lane.out) return socket.send(offset, length, length);
      socket.sendCopy(bytes);
      return 1;
    }
    const held = this.#hold(bytes, offset, length);
    held.copies = link.copies;
    held.isInbound = false;
    this.#waitingOut++;
    this.#schedule(held, link.releaseMs);
    return 1;
  }

  #hold(bytes: Uint8Array, offset: number, length: number): Held {
    const held = this.#free.pop() ?? new Held(this);
    if (held.bytes.length < length) held.bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) held.bytes[i] = bytes[offset + i];
    held.length = length;
    return held;
  }

  /** What is sent leaves with the beat nearest to its time: with the one after it, all would be late. */
  #schedule(held: Held, releaseMs: number): void {
    const { reactor } = this.#path;
    held.dueMs = held.isInbound ? releaseMs : releaseMs - reactor.meanWaitMs;
    this.#waiting.add(held);
    reactor.schedule(held);
  }
}

/** One datagram under way. */
class Held implements Task {
  dueMs = Infinity;
  heapIndex = -1;
  bytes = new Uint8Array(BUFFER_BYTES);
  length = 0;
  copies = 0;
  isInbound = false;
  /** When it comes to the client, and how far the wall clock is ahead of that. */
  releaseMs = 0;
  wallOffsetMs = 0;
  readonly onError: ((error: unknown) => void) | undefined;
  readonly #socket: ImpairedSocket;

  constructor(socket: ImpairedSocket) {
    this.#socket = socket;
    this.onError = socket.onError;
  }

  run(): void {
    this.dueMs = Infinity;
    this.#socket.release(this);
  }
}

/** RFC 3550 section 5.1. */
function ssrcAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset + 8] << 24 | bytes[offset + 9] << 16 |
    bytes[offset + 10] << 8 | bytes[offset + 11];
}

/** Only what media is made of is counted, and not RTCP. RFC 5761 section 4. */
function isRtp(bytes: Uint8Array, offset: number, length: number): boolean {
  const second = bytes[offset + 1];
  return length >= 12 && isMedia(bytes[offset]) &&
    (second < 192 || second > 223);
}
