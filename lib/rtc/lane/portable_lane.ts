/**
 * The portable lane: one `node:dgram` socket a transport. It runs wherever
 * Deno does, copies every packet and costs about 10 µs for each; receive
 * times are those of reading.
 *
 * @module
 */

import { fineWall, Slew, threadClock } from "../../time/mod.ts";
import { Buffer, createSocket, type Socket } from "../deps.ts";
import {
  type DatagramHandler,
  type Endpoint,
  type Lane,
  type LaneCounters,
  type LaneSocket,
  SocketRefusedError,
} from "./lane.ts";
import { TcpSockets } from "./tcp_sockets.ts";

const OUT_BYTES = 128 * 1024;

/** Opens a portable lane; it needs nothing but permission to use the network. */
export function openPortableLane(wallAheadMs = 0): Lane {
  return new PortableLane(wallAheadMs);
}

class PortableLane implements Lane {
  readonly kind = "portable";
  readonly out = new Uint8Array(OUT_BYTES);
  readonly counters: LaneCounters = {
    sent: 0,
    received: 0,
    refused: 0,
    failed: 0,
  };
  onLate: (() => void) | undefined;
  readonly #openedAheadMs = fineWall.nowMs() - performance.now();
  readonly #wallOffset: Slew;
  readonly #sockets = new Set<LaneSocket>();
  readonly #tcpSockets = new TcpSockets(this);
  #open = true;

  constructor(wallAheadMs: number) {
    this.#wallOffset = new Slew(
      this.#openedAheadMs + wallAheadMs,
      performance.now(),
    );
  }

  wallNowMs(): number {
    const nowMs = performance.now();
    if (!this.#wallOffset.isSettled) this.#wallOffset.advance(nowMs);
    return nowMs + this.#wallOffset.currentMs;
  }

  aimWall(aheadMs: number): void {
    this.#wallOffset.aim(this.#openedAheadMs + aheadMs, performance.now());
  }

  kernelDrops(): null {
    return null;
  }

  async connect(
    remote: Endpoint,
    onDatagram: DatagramHandler,
  ): Promise<LaneSocket> {
    const socket = createSocket(remote.address.includes(":") ? "udp6" : "udp4");
    const connected = Promise.withResolvers<void>();
    socket.once("error", connected.reject);
    try {
      socket.connect(remote.port, remote.address, connected.resolve);
      await connected.promise;
      if (!this.#open) throw new SocketRefusedError("the lane is closed");
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.off("error", connected.reject);
    const open = new PortableSocket(
      socket,
      this,
      onDatagram,
      () => this.#sockets.delete(open),
    );
    this.#sockets.add(open);
    return open;
  }

  connectTcp(
    remote: Endpoint,
    onDatagram: DatagramHandler,
    signal: AbortSignal,
  ): Promise<LaneSocket> {
    return this.#tcpSockets.connect(remote, onDatagram, signal);
  }

  drain(): void {}

  rest(): void {}

  close(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.close();
    this.#tcpSockets.close();
  }
}

class PortableSocket implements LaneSocket {
  readonly localPort: number;
  onDatagram: DatagramHandler;
  onError: ((error: unknown) => void) | undefined;
  readonly #socket: Socket;
  readonly #lane: PortableLane;
  readonly #onClose: () => void;
  #open = true;

  constructor(
    socket: Socket,
    lane: PortableLane,
    onDatagram: DatagramHandler,
    onClose: () => void,
  ) {
    this.#socket = socket;
    this.#lane = lane;
    this.#onClose = onClose;
    this.onDatagram = onDatagram;
    this.localPort = socket.address().port;
    socket.on("message", (message: Uint8Array) => {
      if (!this.#open) return;
      lane.counters.received++;
      try {
        lane.onLate?.();
        this.onDatagram(message, 0, message.length, {
          nowMs: threadClock.nowMs(),
          wallMs: lane.wallNowMs(),
        });
      } catch (error) {
        if (this.onError === undefined) throw error;
        this.onError(error);
      }
    });
    // Where a refused port comes back as an error event, it only tells that one datagram was lost.
    socket.on("error", () => lane.counters.failed++);
  }

  send(offset: number, length: number, segment: number): number {
    let count = 0;
    for (let at = 0; at < length; at += segment) {
      const end = Math.min(at + segment, length);
      this.sendCopy(this.#lane.out.subarray(offset + at, offset + end));
      count++;
    }
    return this.#open ? count : 0;
  }

  sendCopy(bytes: Uint8Array): void {
    if (!this.#open) return;
    const counters = this.#lane.counters;
    // The send is asynchronous, and the lane's buffer is reused at once.
    this.#socket.send(Buffer.from(bytes), (error: Error | null) => {
      if (error) counters.failed++;
      else counters.sent++;
    });
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#socket.close();
    this.#onClose();
  }
}
