/**
 * What the server tells of the way to it, packet by packet, for one transport:
 * each packet has a number across all its streams, and the server says when
 * which came (draft-holmer-rmcat-transport-wide-cc-extensions-01). From that
 * follow what was lost, how long packets waited on their way, and how much
 * came through. Nothing is adapted to it.
 *
 * Sent packets stand in a ring, so sending and reading allocate nothing.
 *
 * @module
 */

import { int32At } from "../rtp/rtp.ts";

/** Two seconds of the largest video; feedback comes ten times a second. */
const RING = 1024;
const FREE = 0;
const UNDER_WAY = 1;
const LOST = 2;
/** Of a feedback message, in front of its chunks. */
const HEAD_BYTES = 20;
const REFERENCE_MS = 64;
const TICK_MS = 0.25;
/** Reference times wrap after twelve days. */
const REFERENCE_WRAP_MS = REFERENCE_MS * 0x1000000;
/** The shortest way is that of the last one to two minutes: two clocks drift apart. */
const SHORTEST_FOR_MS = 60_000;

/** The way from one client to the server. */
export class Uplink {
  /** The number of the next packet, 16 bits. */
  next = 0;
  /** When the packets that are being sent leave, in milliseconds. */
  nowMs = NaN;
  /** Packets of which the server said whether they came. */
  uplinkPacketsReported = 0;
  /** Of those, packets that did not come; those that come later are given back. */
  uplinkPacketsLost = 0;
  /** For how much longer than the shortest way the packets of the last message were on theirs, on average, in milliseconds; -1 before any. */
  queueingMs = -1;
  readonly #states = new Uint8Array(RING);
  readonly #sizes = new Uint16Array(RING);
  readonly #sentMs = new Float64Array(RING);
  readonly #numbers = new Uint16Array(RING);
  /** Arrivals by the server's clock, unwrapped. */
  #referenceMs = NaN;
  #latestMs = NaN;
  #takenMs = NaN;
  /** Bytes that arrived, of those that had not been taken. */
  #bytes = 0;
  /** The shortest way, clocks' difference included: since when it is looked for, and that of the stretch before. */
  #shortestMs = Infinity;
  #formerMs = Infinity;
  #shortestSinceMs = NaN;

  /** Notes that the packet numbered {@linkcode Uplink.next} leaves, of so many bytes. */
  note(bytes: number): void {
    const slot = this.next & (RING - 1);
    this.#states[slot] = UNDER_WAY;
    this.#sizes[slot] = bytes;
    this.#numbers[slot] = this.next;
    this.#sentMs[slot] = this.nowMs;
    this.next = (this.next + 1) & 0xffff;
  }

  /** Notes that the packet of this number leaves once more, because the server misses it: that it comes then says nothing of the first time. */
  noteRepeated(number: number): void {
    this.#lose(number);
    const slot = number & (RING - 1);
    if (this.#numbers[slot] === number) this.#states[slot] = FREE;
  }

  /**
   * Bits a second that came through since this was last asked, by the
   * server's clock; -1 when nothing came.
   */
  takeBitrateBps(): number {
    const forMs = this.#latestMs - this.#takenMs;
    if (!(forMs > 0)) return -1;
    const bps = 8 * this.#bytes / forMs * 1000;
    this.#bytes = 0;
    this.#takenMs = this.#latestMs;
    return bps;
  }

  /** Reads the feedback message from `start` to `end`; one that is cut short or wrong counts as far as it goes. */
  read(bytes: Uint8Array, start: number, end: number): void {
    if (end - start < HEAD_BYTES) return;
    const base = (bytes[start + 12] << 8) | bytes[start + 13];
    const count = (bytes[start + 14] << 8) | bytes[start + 15];
    const chunks = start + HEAD_BYTES;
    let delta = deltasAt(bytes, chunks, end, count);
    if (delta < 0) return;
    // 24 bits, signed.
    let ms = this.#unwrap((int32At(bytes, start + 16) >> 8) * REFERENCE_MS);
    let waitedMs = 0;
    let arrived = 0;
    let number = base;
    let left = count;
    for (let at = chunks; left > 0; at += 2) {
      const chunk = (bytes[at] << 8) | bytes[at + 1];
      const symbols = Math.min(left, symbolsOf(chunk));
      for (let i = 0; i < symbols; i++) {
        const symbol = symbolAt(chunk, i);
        if (symbol === 0) {
          this.#lose(number);
        } else {
          const size = symbol === 1 ? 1 : 2;
          if (symbol === 3 || delta + size > end) return;
          ms += TICK_MS *
            (symbol === 1
              ? bytes[delta]
              : (bytes[delta] << 24 >> 16) | bytes[delta + 1]);
          delta += size;
          const sentMs = this.#arrive(number, ms);
          if (sentMs >= 0) {
            waitedMs += ms - sentMs;
            arrived++;
          }
        }
        number = (number + 1) & 0xffff;
      }
      left -= symbols;
    }
    if (arrived > 0) this.#queue(waitedMs / arrived, ms);
  }

  #lose(number: number): void {
    const slot = number & (RING - 1);
    if (this.#numbers[slot] !== number) return;
    if (this.#states[slot] !== UNDER_WAY) return;
    this.#states[slot] = LOST;
    this.uplinkPacketsReported++;
    this.uplinkPacketsLost++;
  }

  /** Returns when it was sent; -1 when nobody knows any more, or it came before. */
  #arrive(number: number, ms: number): number {
    const slot = number & (RING - 1);
    const state = this.#states[slot];
    if (this.#numbers[slot] !== number || state === FREE) return -1;
    this.#states[slot] = FREE;
    if (state === LOST) this.uplinkPacketsLost--;
    else this.uplinkPacketsReported++;
    if (Number.isNaN(this.#takenMs)) this.#takenMs = this.#latestMs = ms;
    // What came first only tells from when on.
    else this.#bytes += this.#sizes[slot];
    if (ms > this.#latestMs) this.#latestMs = ms;
    return this.#sentMs[slot];
  }

  #queue(waitedMs: number, ms: number): void {
    if (!(ms - this.#shortestSinceMs < SHORTEST_FOR_MS)) {
      this.#formerMs = this.#shortestMs;
      this.#shortestMs = Infinity;
      this.#shortestSinceMs = ms;
    }
    this.#shortestMs = Math.min(this.#shortestMs, waitedMs);
    this.queueingMs = waitedMs - Math.min(this.#shortestMs, this.#formerMs);
  }

  #unwrap(ms: number): number {
    const before = this.#referenceMs;
    if (Number.isNaN(before)) return this.#referenceMs = ms;
    const wraps = Math.round((before - ms) / REFERENCE_WRAP_MS);
    return this.#referenceMs = ms + wraps * REFERENCE_WRAP_MS;
  }
}

/** Where the deltas begin, behind the chunks of `count` packets; -1 when the message ends before. */
function deltasAt(
  bytes: Uint8Array,
  chunks: number,
  end: number,
  count: number,
): number {
  let at = chunks;
  for (let left = count; left > 0; at += 2) {
    if (at + 2 > end) return -1;
    const symbols = symbolsOf((bytes[at] << 8) | bytes[at + 1]);
    // A run of nothing says nothing.
    if (symbols === 0) return -1;
    left -= symbols;
  }
  return at;
}

/** Packets that a chunk tells of: a run, or a vector of 14 bits or 7 pairs (sections 3.1.3 and 3.1.4). */
function symbolsOf(chunk: number): number {
  if ((chunk & 0x8000) === 0) return chunk & 0x1fff;
  return (chunk & 0x4000) === 0 ? 14 : 7;
}

/** What a chunk says of one of its packets: 0 did not come, 1 with a small delta, 2 with a large or negative one. */
function symbolAt(chunk: number, index: number): number {
  if ((chunk & 0x8000) === 0) return (chunk >> 13) & 0x03;
  return (chunk & 0x4000) === 0
    ? (chunk >> (13 - index)) & 0x01
    : (chunk >> (12 - 2 * index)) & 0x03;
}
