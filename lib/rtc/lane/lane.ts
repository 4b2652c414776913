/**
 * The lane: datagram I/O below a transport. A port with two implementations,
 * `native` (Linux system calls) and `portable` (`node:dgram`); everything
 * above is the same for both.
 *
 * A lane belongs to one thread. Outgoing packets are written straight into
 * its {@linkcode Lane.out} buffer, encrypted there, and handed over with
 * {@linkcode LaneSocket.send}, so a packet is never copied or allocated.
 *
 * @module
 */

/** An IP address and a port. */
export interface Endpoint {
  /** IPv4 or IPv6 address, not a name. */
  readonly address: string;
  readonly port: number;
}

/**
 * When the datagram at hand arrived. One object, rewritten for each datagram:
 * a fraction handed from function to function would be boxed on the heap for
 * every one of them. So would one in a literal, as soon as another literal has
 * a function of the same name.
 */
export class Arrival {
  /**
   * When it came, in milliseconds of the reactor's clock: the kernel's receive
   * time where the lane knows it, else the time of reading.
   */
  nowMs = NaN;
  /** The same in milliseconds since 1970, on the clock of {@linkcode Lane.wallNowMs}. */
  wallMs = NaN;
}

/**
 * Takes one received datagram: `length` bytes of `bytes` from `offset`. They
 * are valid, and may be overwritten in place, only until the call returns; so
 * is `arrival`.
 */
export type DatagramHandler = (
  bytes: Uint8Array,
  offset: number,
  length: number,
  arrival: Readonly<Arrival>,
) => void;

/** No socket, for a reason that has nothing to do with whom it is for: too many open files, a closed lane. */
export class SocketRefusedError extends Error {
  override readonly name = "SocketRefusedError";
}

/** One UDP socket, connected to one peer; or a TCP connection that carries datagrams. */
export interface LaneSocket {
  /** The local UDP port. */
  readonly localPort: number;
  /** Takes what arrives; may be replaced at any time. */
  onDatagram: DatagramHandler;
  /**
   * Told what {@linkcode LaneSocket.onDatagram} threw: other sockets get what
   * came for them all the same. What a socket without it throws goes through
   * to the event loop.
   */
  onError: ((error: unknown) => void) | undefined;
  /** Told when the peer has closed a TCP connection. */
  onClosed?: (() => void) | undefined;
  /**
   * Sends `length` bytes of the lane's `out` buffer from `offset` as
   * datagrams of `segment` bytes, the last one possibly shorter. Returns the
   * number of datagrams that the kernel took; the rest is counted in
   * {@linkcode LaneCounters}, and gone.
   */
  send(offset: number, length: number, segment: number): number;
  /** Sends one control datagram (STUN, DTLS); what is longer than any of those counts as failed. */
  sendCopy(bytes: Uint8Array): void;
  /** Closes the socket; idempotent. */
  close(): void;
}

/** What a lane did, counted since it was opened. */
export interface LaneCounters {
  /** Datagrams sent. */
  sent: number;
  /** Datagrams received. */
  received: number;
  /** Datagrams that the kernel refused because a buffer was full (EAGAIN, ENOBUFS). */
  refused: number;
  /** Datagrams that failed to leave for another reason (ECONNREFUSED, …). */
  failed: number;
}

/** The datagram I/O of one thread. */
export interface Lane {
  /** Which implementation this is. */
  readonly kind: "native" | "portable";
  /** Outgoing packets are built here. */
  readonly out: Uint8Array;
  /** Totals of all its sockets. */
  readonly counters: Readonly<LaneCounters>;
  /**
   * Milliseconds since 1970, as the wall clock was when the lane was opened,
   * or the one that the lane was told to go by, and gone on steadily: it does not follow when that is set.
   */
  wallNowMs(): number;
  /** What the lane was told to go by is so far ahead of the machine's wall clock as that was when the lane was opened, in milliseconds: it gets there without a step. */
  aimWall(aheadMs: number): void;
  /**
   * Datagrams that the kernel dropped because a receive buffer of ours was
   * full, over all sockets since the lane was opened; of a socket that is open,
   * as of when what it had was last read; `null` where the lane cannot know. What is counted here never reached us through no fault of
   * the server.
   */
  kernelDrops(): number | null;
  /**
   * Opens a socket to `remote`. Throws an error whose message is a part of a
   * sentence: a {@linkcode SocketRefusedError} when the system refuses any
   * socket or the lane is closed, else why this remote cannot be reached.
   */
  connect(
    remote: Endpoint,
    onDatagram: DatagramHandler,
  ): LaneSocket | Promise<LaneSocket>;
  /**
   * Connects to `remote` by TCP, for packets in frames (RFC 4571); rejects
   * as {@linkcode Lane.connect} throws, and when `signal` is aborted.
   */
  connectTcp(
    remote: Endpoint,
    onDatagram: DatagramHandler,
    signal: AbortSignal,
  ): Promise<LaneSocket>;
  /**
   * Called before something is handed over in no drain, or long after that
   * began: the thread may have stood still without the reactor's knowing.
   */
  onLate: (() => void) | undefined;
  /** Hands over everything that has arrived; a no-op where the runtime does it by itself. */
  drain(): void;
  /** Lets the thread do nothing for so long; a no-op where packets come by the event loop. */
  rest(ms: number): void;
  /** Closes the lane and its sockets; idempotent. */
  close(): void;
}
