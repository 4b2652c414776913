/**
 * A lane's socket over TCP: each datagram is a frame of the stream. It is
 * plain rather than fast, for both lanes: reads and writes are the
 * runtime's, every packet is copied, and times of arrival are those of
 * reading.
 *
 * What the network does not take waits in a queue of at most 256 KiB, which
 * is some two seconds of a client's media. What does not fit is dropped and
 * counted as refused, a whole burst at a time, as a full UDP buffer would:
 * late media is worth less than none, and memory has an end.
 *
 * @module
 */

import { threadClock } from "../../time/mod.ts";
import {
  Arrival,
  type DatagramHandler,
  type Endpoint,
  type LaneCounters,
  type LaneSocket,
  SocketRefusedError,
} from "./lane.ts";
import {
  FRAME_HEADER_BYTES,
  FrameReader,
  MAX_FRAME_BYTES,
  writeFrame,
} from "./tcp_frames.ts";

/** What a TCP socket takes of its lane. */
export interface TcpLane {
  readonly out: Uint8Array;
  readonly counters: LaneCounters;
  readonly onLate: (() => void) | undefined;
  wallNowMs(): number;
}

/** Bytes that may wait for the network. */
const MAX_QUEUED_BYTES = 256 * 1024;

/**
 * Connects to `remote`. Throws as {@linkcode Lane.connectTcp} does. `onEnd` is
 * told when the socket is closed, by whomever.
 */
export async function openTcpSocket(
  lane: TcpLane,
  remote: Endpoint,
  onDatagram: DatagramHandler,
  signal: AbortSignal,
  onEnd: () => void,
): Promise<LaneSocket> {
  const { address: hostname, port } = remote;
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect({ hostname, port, signal });
  } catch (error) {
    throw connectError(error);
  }
  connection.setNoDelay(true);
  return new TcpSocket(lane, connection, onDatagram, onEnd);
}

function connectError(error: unknown): Error {
  if (error instanceof Deno.errors.ConnectionRefused) {
    return new Error("connection refused");
  }
  const { code, message } = error as Error & { readonly code?: string };
  switch (code) {
    case "EMFILE":
    case "ENFILE":
      return new SocketRefusedError("too many open files");
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EADDRNOTAVAIL":
    case "EINVAL":
      return new Error("no route");
  }
  return new Error(message);
}

class TcpSocket implements LaneSocket {
  readonly localPort: number;
  onDatagram: DatagramHandler;
  onError: ((error: unknown) => void) | undefined;
  onClosed: (() => void) | undefined;
  readonly #lane: TcpLane;
  readonly #connection: Deno.TcpConn;
  readonly #onEnd: () => void;
  readonly #arrival = new Arrival();
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #isWriting = false;
  #open = true;

  constructor(
    lane: TcpLane,
    connection: Deno.TcpConn,
    onDatagram: DatagramHandler,
    onEnd: () => void,
  ) {
    this.#lane = lane;
    this.#connection = connection;
    this.onDatagram = onDatagram;
    this.#onEnd = onEnd;
    this.localPort = connection.localAddr.port;
    this.#read();
  }

  send(offset: number, length: number, segment: number): number {
    const count = Math.ceil(length / segment);
    if (!this.#mayQueue(length, count, segment)) return 0;
    const frames = new Uint8Array(length + count * FRAME_HEADER_BYTES);
    let end = 0;
    for (let at = 0; at < length; at += segment) {
      const until = Math.min(at + segment, length);
      const packet = this.#lane.out.subarray(offset + at, offset + until);
      end = writeFrame(frames, end, packet);
    }
    this.#enqueue(frames, count);
    return count;
  }

  sendCopy(bytes: Uint8Array): void {
    if (!this.#mayQueue(bytes.length, 1, bytes.length)) return;
    const frame = new Uint8Array(bytes.length + FRAME_HEADER_BYTES);
    writeFrame(frame, 0, bytes);
    this.#enqueue(frame, 1);
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#queue.length = 0;
    this.#connection.close();
    this.#onEnd();
  }

  /** Counts what cannot be sent. */
  #mayQueue(length: number, count: number, segment: number): boolean {
    const { counters } = this.#lane;
    if (!this.#open) return false;
    if (Math.min(segment, length) > MAX_FRAME_BYTES) {
      counters.failed += count;
      return false;
    }
    const bytes = length + count * FRAME_HEADER_BYTES;
    if (this.#queuedBytes + bytes <= MAX_QUEUED_BYTES) return true;
    counters.refused += count;
    return false;
  }

  #enqueue(frames: Uint8Array, count: number): void {
    this.#lane.counters.sent += count;
    this.#queue.push(frames);
    this.#queuedBytes += frames.length;
    if (!this.#isWriting) this.#write();
  }

  async #write(): Promise<void> {
    this.#isWriting = true;
    try {
      for (
        let next = this.#queue.shift();
        next !== undefined;
        next = this.#queue.shift()
      ) {
        for (let at = 0; at < next.length;) {
          at += await this.#connection.write(next.subarray(at));
        }
        this.#queuedBytes -= next.length;
      }
    } catch {
      this.#lose();
    }
    this.#isWriting = false;
  }

  async #read(): Promise<void> {
    const reader = new FrameReader();
    for (;;) {
      const count = await this.#readInto(reader.room);
      if (count === null || !this.#open) break;
      this.#lane.onLate?.();
      this.#arrival.nowMs = threadClock.nowMs();
      this.#arrival.wallMs = this.#lane.wallNowMs();
      reader.advance(count, this.#onFrame);
    }
    this.#lose();
  }

  /** `null` at the end, also when the connection was reset, or closed here. */
  async #readInto(room: Uint8Array): Promise<number | null> {
    try {
      return await this.#connection.read(room);
    } catch {
      return null;
    }
  }

  readonly #onFrame = (
    bytes: Uint8Array,
    offset: number,
    length: number,
  ): void => {
    if (!this.#open) return;
    this.#lane.counters.received++;
    try {
      this.onDatagram(bytes, offset, length, this.#arrival);
    } catch (error) {
      if (this.onError === undefined) throw error;
      this.onError(error);
    }
  };

  /** The other side has closed. */
  #lose(): void {
    if (!this.#open) return;
    this.close();
    this.onClosed?.();
  }
}
