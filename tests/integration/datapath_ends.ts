/** The two ends of the datapath's tests: a lane with one socket, and a plain UDP socket. */

import { createSocket, type Socket } from "node:dgram";
import type { Lane, LaneSocket } from "../../lib/rtc/lane/lane.ts";
import { openNativeLane } from "../../lib/rtc/lane/native_lane.ts";
import { openPortableLane } from "../../lib/rtc/lane/portable_lane.ts";

/** Opens the lane of this kind. */
export function openLane(kind: Lane["kind"], wallAheadMs?: number): Lane {
  return kind === "native"
    ? openNativeLane(wallAheadMs)
    : openPortableLane(wallAheadMs);
}

/** Lets sockets work for a turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** A datagram that came to a lane. */
export interface Arrival {
  readonly bytes: Uint8Array;
  readonly receivedAtMs: number;
}

/** A lane with one socket, and the peer that it is connected to. */
export class Ends {
  readonly #arrivals: Arrival[] = [];

  private constructor(
    readonly lane: Lane,
    readonly peer: Peer,
  ) {}

  socket!: LaneSocket;

  static async open(
    kind: Lane["kind"],
    address: string,
    wallAheadMs?: number,
  ): Promise<Ends> {
    const peer = await Peer.open(address);
    const ends = new Ends(openLane(kind, wallAheadMs), peer);
    const { port } = peer;
    ends.socket = await ends.lane.connect(
      { address, port },
      (bytes, offset, length, { wallMs: receivedAtMs }) => {
        const copy = bytes.slice(offset, offset + length);
        ends.#arrivals.push({ bytes: new Uint8Array(copy), receivedAtMs });
      },
    );
    return ends;
  }

  /** Waits for so many datagrams at the lane, and takes them. */
  async received(count: number): Promise<Arrival[]> {
    await this.counted(() => this.#arrivals.length >= count);
    return this.#arrivals.splice(0);
  }

  /** Turns the loop and the lane until something is so. */
  async counted(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      this.lane.drain();
      if (!isSo()) await nextTurn();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.lane.close();
    await this.peer.close();
  }
}

/** A datagram that came to a peer. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly port: number;
}

/** A plain UDP socket at a free port. */
export class Peer {
  readonly #got: Received[] = [];
  #arrived = () => {};

  private constructor(readonly socket: Socket, readonly address: string) {
    socket.on("message", (message, { port }) => {
      this.#got.push({ bytes: new Uint8Array(message), port });
      this.#arrived();
    });
    socket.on("error", () => {});
  }

  get port(): number {
    return this.socket.address().port;
  }

  static async open(address: string): Promise<Peer> {
    const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new Peer(socket, address);
  }

  async received(count: number): Promise<Received[]> {
    while (this.#got.length < count) {
      await new Promise<void>((resolve) => this.#arrived = resolve);
    }
    return this.#got.splice(0);
  }

  send(bytes: Uint8Array, port: number): Promise<void> {
    return new Promise((resolve) =>
      this.socket.send(bytes, port, this.address, () => resolve())
    );
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }
}
