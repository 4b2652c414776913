/** A lane without sockets: what is sent to a peer goes to a function. */

import type {
  DatagramHandler,
  Endpoint,
  Lane,
  LaneSocket,
} from "../../../../lib/rtc/lane/lane.ts";

/** What the lane's sockets do. */
export interface FakeLaneOptions {
  readonly kind?: Lane["kind"];
  /** Takes each datagram that a socket sends. */
  readonly onSent?: (bytes: Uint8Array, socket: FakeSocket) => void;
  /** Delays or refuses a socket. */
  readonly connecting?: (remote: Endpoint) => Promise<void>;
  readonly onDrain?: () => void;
  readonly onRest?: (ms: number) => void;
}

/** One socket of a {@linkcode FakeLane}. */
export class FakeSocket implements LaneSocket {
  readonly localPort = 1;
  onError: ((error: unknown) => void) | undefined;
  open = true;
  onClosed: (() => void) | undefined;

  constructor(
    readonly remote: Endpoint,
    public onDatagram: DatagramHandler,
    private readonly lane: FakeLane,
  ) {}

  send(offset: number, length: number, segment: number): number {
    let count = 0;
    for (let at = 0; at < length; at += segment) {
      const end = Math.min(at + segment, length);
      this.sendCopy(this.lane.out.slice(offset + at, offset + end));
      count++;
    }
    return count;
  }

  sendCopy(bytes: Uint8Array): void {
    if (this.open) this.lane.options.onSent?.(bytes.slice(), this);
  }

  close(): void {
    this.open = false;
  }

  /** A datagram of the peer arrives. */
  deliver(bytes: Uint8Array): void {
    if (!this.open) return;
    try {
      this.onDatagram(bytes.slice(), 0, bytes.length, {
        nowMs: performance.now(),
        wallMs: 0,
      });
    } catch (error) {
      if (this.onError === undefined) throw error;
      this.onError(error);
    }
  }
}

/** A lane in memory. */
export class FakeLane implements Lane {
  readonly kind: Lane["kind"];
  readonly out = new Uint8Array(64 * 1024);
  readonly counters = { sent: 0, received: 0, refused: 0, failed: 0 };
  readonly sockets: FakeSocket[] = [];
  onLate: (() => void) | undefined;
  closed = 0;

  constructor(readonly options: FakeLaneOptions = {}) {
    this.kind = options.kind ?? "portable";
  }

  wallNowMs(): number {
    return 0;
  }

  aimWall(): void {}

  kernelDrops(): null {
    return null;
  }

  async connect(
    remote: Endpoint,
    onDatagram: DatagramHandler,
  ): Promise<LaneSocket> {
    await this.options.connecting?.(remote);
    const socket = new FakeSocket(remote, onDatagram, this);
    this.sockets.push(socket);
    return socket;
  }

  async connectTcp(
    remote: Endpoint,
    onDatagram: DatagramHandler,
    signal: AbortSignal,
  ): Promise<LaneSocket> {
    const socket = await this.connect(remote, onDatagram);
    signal.throwIfAborted();
    return socket;
  }

  drain(): void {
    this.options.onDrain?.();
  }

  rest(ms: number): void {
    this.options.onRest?.(ms);
  }

  close(): void {
    this.closed++;
  }
}
