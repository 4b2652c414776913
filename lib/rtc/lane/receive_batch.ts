/**
 * The structures of one `recvmmsg` call, laid out once: 32 slots, each with
 * its header, its buffer and room for the kernel's receive time.
 *
 * @module
 */

import { Arrival, type DatagramHandler } from "./lane.ts";
import {
  CMSG,
  IOVEC_BYTES,
  MSG_TRUNC,
  MSGHDR,
  SO_TIMESTAMPNS,
  SOL_SOCKET,
} from "./libc.ts";
import { NativeMemory } from "./native_memory.ts";
import type { Slew } from "../../time/mod.ts";
import type { ReceiveClock } from "./receive_clock.ts";

/** Datagrams that one call reads at most. */
export const RECEIVE_BATCH = 32;

const SLOT_BYTES = 2048;
const CONTROL_BYTES = 64;

/** Buffers for one batch of received datagrams. */
export class ReceiveBatch {
  readonly headers = new NativeMemory(RECEIVE_BATCH * MSGHDR.bytes);
  readonly #data = new NativeMemory(RECEIVE_BATCH * SLOT_BYTES);
  readonly #control = new NativeMemory(RECEIVE_BATCH * CONTROL_BYTES);
  readonly #arrival = new Arrival();
  readonly #clock: ReceiveClock;
  readonly #wallOffset: Slew;
  readonly #onLate: () => void;
  readonly #vectors = new NativeMemory(RECEIVE_BATCH * IOVEC_BYTES);

  /**
   * `clock` tells when something came; wall-clock times are ahead of its by
   * `wallOffset`. `onLate` is called before each that came long after the
   * drain began.
   */
  constructor(clock: ReceiveClock, wallOffset: Slew, onLate: () => void) {
    this.#clock = clock;
    this.#onLate = onLate;
    this.#wallOffset = wallOffset;
    for (let i = 0; i < RECEIVE_BATCH; i++) {
      const vector = i * IOVEC_BYTES;
      this.#vectors.setWord(vector, this.#data.address + i * SLOT_BYTES);
      this.#vectors.setWord(vector + 8, SLOT_BYTES);
      const header = i * MSGHDR.bytes;
      this.headers.setWord(
        header + MSGHDR.iov,
        this.#vectors.address + vector,
      );
      this.headers.setWord(header + MSGHDR.iovlen, 1);
      this.headers.setWord(
        header + MSGHDR.control,
        this.#control.address + i * CONTROL_BYTES,
      );
    }
    this.reset(RECEIVE_BATCH);
  }

  /** Hands datagram `i` of the last call over; one that was cut short is dropped. */
  deliver(i: number, onDatagram: DatagramHandler): void {
    const view = this.headers.view;
    const header = i * MSGHDR.bytes;
    if ((view.getInt32(header + MSGHDR.flags, true) & MSG_TRUNC) !== 0) return;
    const length = view.getUint32(header + MSGHDR.length, true);
    this.#readArrival(i);
    onDatagram(this.#data.bytes, i * SLOT_BYTES, length, this.#arrival);
  }

  /** Readies the first `count` headers for the next call: the kernel overwrote their lengths. */
  reset(count: number): void {
    for (let i = 0; i < count; i++) {
      const at = i * MSGHDR.bytes + MSGHDR.controllen;
      this.headers.view.setUint32(at, CONTROL_BYTES, true);
    }
  }

  /** SO_TIMESTAMPNS is the only control message that these sockets ask for. */
  #readArrival(i: number): void {
    const view = this.#control.view;
    const at = i * CONTROL_BYTES;
    if (
      view.getInt32(at + CMSG.level, true) !== SOL_SOCKET ||
      view.getInt32(at + CMSG.type, true) !== SO_TIMESTAMPNS
    ) return this.#note(performance.now());
    const clock = this.#clock;
    const kernelMs = view.getUint32(at + CMSG.data, true) * 1000 +
      view.getUint32(at + CMSG.data + 8, true) / 1e6;
    const nowMs = kernelMs - clock.aheadMs;
    this.#arrival.nowMs = nowMs - clock.stoodMs;
    this.#arrival.wallMs = nowMs + this.#wallOffset.currentMs;
    if (nowMs < clock.earliestMs || nowMs > clock.latestMs) {
      if (nowMs > clock.latestMs) this.#onLate();
      this.#note(clock.correct(kernelMs));
    }
  }

  /** For the few whose time is the result of a call: where it met the others', those would be boxed. */
  #note(nowMs: number): void {
    this.#arrival.nowMs = nowMs - this.#clock.stoodMs;
    this.#arrival.wallMs = nowMs + this.#wallOffset.currentMs;
  }
}
