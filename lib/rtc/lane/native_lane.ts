/**
 * The native lane of Linux: one connected UDP socket a transport, all in one
 * epoll set. A burst to one peer leaves in one `sendmsg` that the kernel cuts
 * into datagrams (UDP_SEGMENT, or `sendmmsg` where it cannot); what has come
 * is read by `recvmmsg`, 32 at a time, with the kernel's receive times.
 * Nothing is allocated for a packet.
 *
 * @module
 */

import { Slew, threadClock } from "../../time/mod.ts";
import {
  type DatagramHandler,
  type Endpoint,
  type Lane,
  type LaneCounters,
  type LaneSocket,
  SocketRefusedError,
} from "./lane.ts";
import {
  CLOCK_REALTIME,
  EACCES,
  EADDRNOTAVAIL,
  EAFNOSUPPORT,
  EAGAIN,
  ECONNREFUSED,
  EHOSTUNREACH,
  EINTR,
  EINVAL,
  EIO,
  EMFILE,
  ENETUNREACH,
  ENOBUFS,
  EPOLL_CTL_ADD,
  EPOLL_EVENT,
  EPOLLIN,
  type Libc,
  MEMINFO,
  MSG_DONTWAIT,
  openLibc,
  SO_MEMINFO,
  SO_RCVBUF,
  SO_SNDBUF,
  SO_TIMESTAMPNS,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOL_SOCKET,
} from "./libc.ts";
import { NativeMemory } from "./native_memory.ts";
import { RECEIVE_BATCH, ReceiveBatch } from "./receive_batch.ts";
import { ReceiveClock } from "./receive_clock.ts";
import { SendBatch } from "./send_batch.ts";
import { encodeSocketAddress, familyOf } from "./socket_address.ts";
import { TcpSockets } from "./tcp_sockets.ts";

const OUT_BYTES = 128 * 1024;
/** No control datagram is longer: they keep below the path MTU. */
const CONTROL_BYTES = 4096;
/** Control datagrams leave from the end of the buffer, behind any burst. */
const CONTROL_OFFSET = OUT_BYTES - CONTROL_BYTES;
const EVENTS = 256;
/** Room for a burst of key frames while a tick is late; the kernel's own limit may be lower. */
const SOCKET_BUFFER_BYTES = 1024 * 1024;
/** Less than the kernel takes of that room for a datagram of one byte. */
const LEAST_KEPT_BYTES = 512;

/** What `connect` says of an address that nothing can be sent to, by errno. */
const NO_ROUTE: Readonly<Record<number, string>> = {
  [EACCES]: "the system does not allow to send there",
  [EINVAL]: "no route",
  [EADDRNOTAVAIL]: "no route",
  [EAFNOSUPPORT]: "no such protocol on this machine",
  [ENETUNREACH]: "no route",
  [EHOSTUNREACH]: "no route",
};

/** Opens a native lane. Throws where the system is not Linux or FFI is refused. */
export function openNativeLane(wallAheadMs = 0): Lane {
  if (Deno.build.os !== "linux") {
    throw new Error("Cannot open the native lane: not Linux.");
  }
  return new NativeLane(openLibc(), wallAheadMs);
}

class NativeLane implements Lane {
  readonly kind = "native";
  readonly counters: LaneCounters = {
    sent: 0,
    received: 0,
    refused: 0,
    failed: 0,
  };
  readonly out: Uint8Array;
  readonly libc: Libc;
  readonly sending: SendBatch;
  onLate: (() => void) | undefined;
  readonly #clock: ReceiveClock;
  readonly #wallOffset: Slew;
  /** How far this machine's wall clock was ahead of the thread's when the lane was opened. */
  readonly #openedAheadMs: number;
  readonly #receiving: ReceiveBatch;
  readonly #epoll: number;
  readonly #events = new NativeMemory(EVENTS * EPOLL_EVENT.bytes);
  readonly #time = new NativeMemory(16);
  readonly #sockets: (NativeSocket | undefined)[] = [];
  readonly #freeIds: number[] = [];
  readonly #tcpSockets = new TcpSockets(this);
  readonly #memory = new NativeMemory(MEMINFO.bytes);
  readonly #memoryBytes = new NativeMemory(4);
  #drops = 0;
  /**
   * More datagrams than a socket had when its drain began. Who sends faster
   * than we read would hold the thread for good.
   */
  #mostRead: number | undefined;
  #open = true;

  constructor(libc: Libc, wallAheadMs: number) {
    this.libc = libc;
    const out = new NativeMemory(OUT_BYTES);
    this.out = out.bytes;
    this.sending = new SendBatch(out.address);
    this.#epoll = libc.sys.epoll_create1(SOCK_CLOEXEC);
    if (this.#epoll < 0) {
      const errno = libc.errno();
      libc.close();
      throw new Error(`Cannot open the native lane: epoll (errno ${errno}).`);
    }
    this.#clock = new ReceiveClock(
      () => performance.now(),
      () => this.#kernelMs(),
      () => threadClock.stoodMs,
    );
    this.#openedAheadMs = this.#clock.aheadMs;
    this.#wallOffset = new Slew(
      this.#openedAheadMs + wallAheadMs,
      performance.now(),
    );
    this.#receiving = new ReceiveBatch(
      this.#clock,
      this.#wallOffset,
      () => this.onLate?.(),
    );
  }

  wallNowMs(): number {
    return performance.now() + this.#wallOffset.currentMs;
  }

  aimWall(aheadMs: number): void {
    this.#wallOffset.aim(this.#openedAheadMs + aheadMs, performance.now());
  }

  kernelDrops(): number {
    return this.#drops;
  }

  connect(remote: Endpoint, onDatagram: DatagramHandler): LaneSocket {
    if (!this.#open) {
      throw new SocketRefusedError("the lane is closed");
    }
    const { sys } = this.libc;
    const address = encodeSocketAddress(remote);
    const kind = SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    const fd = sys.socket(familyOf(remote.address), kind, 0);
    if (fd < 0) throw this.#refused("open a UDP socket");
    setOption(this.libc, fd, SO_TIMESTAMPNS, 1);
    setOption(this.libc, fd, SO_RCVBUF, SOCKET_BUFFER_BYTES);
    setOption(this.libc, fd, SO_SNDBUF, SOCKET_BUFFER_BYTES);
    this.#mostRead ??= this.#roomOf(fd) / LEAST_KEPT_BYTES;
    if (sys.connect(fd, address, address.length) < 0) {
      const errno = this.libc.errno();
      sys.close(fd);
      throw new Error(NO_ROUTE[errno] ?? `no way there (errno ${errno})`);
    }
    const id = this.#freeIds.at(-1) ?? this.#sockets.length;
    const event = new NativeMemory(EPOLL_EVENT.bytes);
    event.view.setUint32(0, EPOLLIN, true);
    event.view.setUint32(EPOLL_EVENT.data, id, true);
    if (sys.epoll_ctl(this.#epoll, EPOLL_CTL_ADD, fd, event.bytes) < 0) {
      const error = this.#refused("watch a UDP socket");
      sys.close(fd);
      throw error;
    }
    this.#freeIds.pop();
    const socket = new NativeSocket(this, fd, onDatagram, () => {
      this.#countDrops(socket);
      this.#sockets[id] = undefined;
      this.#freeIds.push(id);
    });
    this.#sockets[id] = socket;
    return socket;
  }

  connectTcp(
    remote: Endpoint,
    onDatagram: DatagramHandler,
    signal: AbortSignal,
  ): Promise<LaneSocket> {
    return this.#tcpSockets.connect(remote, onDatagram, signal);
  }

  drain(): void {
    const { sys } = this.libc;
    let ready: number;
    this.#clock.beginDrain();
    if (!this.#wallOffset.isSettled) {
      this.#wallOffset.advance(performance.now());
    }
    // Each socket comes once before any comes twice.
    let rounds = 1 + this.#sockets.length / EVENTS;
    do {
      if (!this.#open) return;
      ready = sys.epoll_wait(this.#epoll, this.#events.bytes, EVENTS, 0);
      for (let i = 0; i < ready; i++) {
        const at = i * EPOLL_EVENT.bytes + EPOLL_EVENT.data;
        const socket = this.#sockets[this.#events.view.getUint32(at, true)];
        if (socket !== undefined) this.#drainSocket(socket);
      }
    } while (ready === EVENTS && --rounds > 0);
  }

  rest(ms: number): void {
    this.libc.sys.usleep(Math.round(ms * 1000));
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    for (const socket of this.#sockets) socket?.close();
    this.#tcpSockets.close();
    this.libc.sys.close(this.#epoll);
    this.libc.close();
  }

  #drainSocket(socket: NativeSocket): void {
    const batch = this.#receiving;
    let count: number;
    let wasFull = false;
    let left = this.#mostRead!;
    do {
      count = this.libc.sys.recvmmsg(
        socket.fd,
        batch.headers.bytes,
        RECEIVE_BATCH,
        MSG_DONTWAIT,
        null,
      );
      if (count < 0) {
        // An earlier datagram met a closed port; the socket itself is well.
        const errno = this.libc.errno();
        if (errno !== EAGAIN && errno !== EINTR) this.counters.failed++;
        break;
      }
      this.counters.received += count;
      wasFull ||= count === RECEIVE_BATCH;
      try {
        for (let i = 0; i < count && socket.open; i++) {
          batch.deliver(i, socket.onDatagram);
        }
      } catch (error) {
        if (socket.onError === undefined) throw error;
        socket.onError(error);
      } finally {
        batch.reset(count);
      }
      left -= count;
    } while (count === RECEIVE_BATCH && left > 0 && socket.open);
    if (wasFull && socket.open) this.#countDrops(socket);
  }

  #kernelMs(): number {
    this.libc.sys.clock_gettime(CLOCK_REALTIME, this.#time.bytes);
    const view = this.#time.view;
    return view.getUint32(0, true) * 1000 + view.getUint32(8, true) / 1e6;
  }

  /**
   * Asks the kernel, which costs as much as a few packets. A buffer that
   * overflowed holds several batches at the next look, so nobody else is asked
   * before it closes.
   */
  #countDrops(socket: NativeSocket): void {
    const drops = this.#dropsOf(socket.fd);
    this.#drops += drops - socket.drops;
    socket.drops = drops;
  }

  /** The kernel has twice the room that is asked for, if it may. */
  #roomOf(fd: number): number {
    const { view } = this.#memory;
    view.setUint32(MEMINFO.receiveRoom, 2 * SOCKET_BUFFER_BYTES, true);
    this.#dropsOf(fd);
    return view.getUint32(MEMINFO.receiveRoom, true);
  }

  /** Kernels before 4.12 do not tell; they count as none. */
  #dropsOf(fd: number): number {
    this.#memory.view.setUint32(MEMINFO.drops, 0, true);
    this.#memoryBytes.view.setUint32(0, MEMINFO.bytes, true);
    this.libc.sys.getsockopt(
      fd,
      SOL_SOCKET,
      SO_MEMINFO,
      this.#memory.bytes,
      this.#memoryBytes.bytes,
    );
    return this.#memory.view.getUint32(MEMINFO.drops, true);
  }

  #refused(what: string): SocketRefusedError {
    const errno = this.libc.errno();
    const why = errno === EMFILE ? "too many open files" : `errno ${errno}`;
    return new SocketRefusedError(`the system refuses to ${what}: ${why}`);
  }
}

class NativeSocket implements LaneSocket {
  readonly localPort: number;
  onError: ((error: unknown) => void) | undefined;
  open = true;
  /** Datagrams that the kernel dropped, as it was last asked. */
  drops = 0;
  readonly #lane: NativeLane;
  readonly #onClose: () => void;

  constructor(
    lane: NativeLane,
    readonly fd: number,
    public onDatagram: DatagramHandler,
    onClose: () => void,
  ) {
    this.#lane = lane;
    this.#onClose = onClose;
    const name = new NativeMemory(28);
    const length = new NativeMemory(4);
    length.view.setUint32(0, 28, true);
    lane.libc.sys.getsockname(fd, name.bytes, length.bytes);
    this.localPort = name.view.getUint16(2);
  }

  send(offset: number, length: number, segment: number): number {
    const sending = this.#lane.sending;
    let sent = 0;
    for (let at = 0; at < length && this.open;) {
      const part = Math.min(length - at, sending.mostBytes(segment));
      const count = Math.ceil(part / segment);
      sent += this.#sendPart(offset + at, part, segment, count);
      at += part;
    }
    this.#lane.counters.sent += sent;
    return sent;
  }

  sendCopy(bytes: Uint8Array): void {
    if (!this.open) return;
    const { out, counters } = this.#lane;
    if (bytes.length > CONTROL_BYTES) {
      counters.failed++;
      return;
    }
    out.set(bytes, CONTROL_OFFSET);
    this.send(CONTROL_OFFSET, bytes.length, bytes.length);
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    this.#onClose();
    this.#lane.libc.sys.close(this.fd);
  }

  /**
   * Sends what one call can carry; returns how many datagrams the kernel took.
   * That an earlier datagram met a closed port is told in place of a send
   * (ip(7)), also in the middle of a burst: the rest has not been tried yet,
   * and a dead port is the peer's matter.
   */
  #sendPart(
    offset: number,
    length: number,
    segment: number,
    count: number,
  ): number {
    let sent = 0;
    let isToldAgain = false;
    while (sent < count) {
      const at = sent * segment;
      const left = count - sent;
      const taken = this.#trySendPart(offset + at, length - at, segment, left);
      if (taken === 0 || (taken < 0 && isToldAgain)) break;
      isToldAgain = taken < 0;
      if (taken > 0) sent += taken;
    }
    return sent;
  }

  /** The same once; -1 when an earlier datagram was refused, and then nothing was tried. */
  #trySendPart(
    offset: number,
    length: number,
    segment: number,
    count: number,
  ): number {
    const lane = this.#lane;
    const { sys } = lane.libc;
    if (count > 1 && lane.sending.segmented) {
      const header = lane.sending.segments(offset, length, segment);
      if (sys.sendmsg(this.fd, header, MSG_DONTWAIT) >= 0) return count;
      const errno = lane.libc.errno();
      if (errno === ECONNREFUSED) return -1;
      if (errno !== EIO && errno !== EINVAL) return this.#lost(count, errno);
      // The device or kernel cannot cut packets: send them as they are.
      lane.sending.segmented = false;
    }
    const headers = lane.sending.messages(offset, length, segment, count);
    const taken = sys.sendmmsg(this.fd, headers, count, MSG_DONTWAIT);
    // It tells no reason when it took some: the next call does.
    if (taken >= 0) return taken;
    const errno = lane.libc.errno();
    return errno === ECONNREFUSED ? -1 : this.#lost(count, errno);
  }

  /** Counts datagrams that did not leave; those that no way leads to have, as far as we are concerned. */
  #lost(count: number, errno: number): number {
    const { counters } = this.#lane;
    if (errno === EAGAIN || errno === ENOBUFS) {
      counters.refused += count;
      return 0;
    }
    counters.failed += count;
    return errno === EHOSTUNREACH || errno === ENETUNREACH ? count : 0;
  }
}

function setOption(libc: Libc, fd: number, name: number, value: number): void {
  const bytes = new Uint8Array(new Int32Array([value]).buffer);
  libc.sys.setsockopt(fd, SOL_SOCKET, name, bytes, bytes.length);
}
