/**
 * When packets arrived, by transport-wide sequence number, and the feedback
 * that tells the sender (draft-holmer-rmcat-transport-wide-cc-extensions-01).
 * The server's bandwidth estimate lives on it.
 *
 * Arrivals stand in a ring, so recording one allocates nothing. They stay there
 * once they were reported: where one comes that others overtook, and that was
 * missing from an earlier message, the next message begins with it, as
 * libwebrtc has it; otherwise the server would take it for lost.
 *
 * The log keeps its own time, which goes on by what passed from one arrival to
 * the next: not back, and not by more than can have passed. So a clock that is
 * set while packets come is not told to the server as a delay.
 *
 * @module
 */

import { writeInt16, writeInt32 } from "../rtp/rtp.ts";

const RING = 4096;
/** Packets that one feedback message describes, at most: it then fits a datagram. */
const MAX_IN_MESSAGE = 400;
/** What is so far behind the newest one comes too late to be reported. */
const MAX_BEHIND = MAX_IN_MESSAGE / 2;
const TICKS_PER_MS = 4;
/** The reference time counts 64 ms: 256 ticks of 250 µs. */
const TICKS_PER_REFERENCE = 256;
const NOT_RECEIVED = 0;
const SMALL_DELTA = 1;
const LARGE_DELTA = 2;
const SYMBOLS_PER_VECTOR = 7;
const TRANSPORT_FEEDBACK = 205;
const TRANSPORT_WIDE = 15;
const LARGEST_DELTA = 0x7fff;
/** Between two looks at what is new no more than this passes: as much can lie between two arrivals. */
const LOOK_MS = 90;
/** What overtook something on its way through the system came about as early. */
const OVERTAKEN_MS = 20;

/** The arrivals of one transport. */
export class ArrivalLog {
  /** Arrival in ticks since the first one, plus one; 0 is not received. */
  readonly #ticks = new Float64Array(RING);
  readonly #symbols = new Uint8Array(MAX_IN_MESSAGE);
  readonly #deltas = new Int16Array(MAX_IN_MESSAGE);
  /** The last arrival by the clock that it is told of by, and since the first one by the log's own. */
  #lastMs = 0;
  #elapsedMs = 0;
  #mostGapMs = LOOK_MS;
  /** The first number of the next message, unwrapped; -1 before the first packet. */
  #base = -1;
  #highest = -1;
  #messages = 0;

  /** Notes the arrival of the packet with this 16-bit number, in the order of arrival; of one that comes again, the first counts. */
  record(sequence: number, receivedAtMs: number): void {
    if (this.#base < 0) {
      this.#base = this.#highest = sequence;
      this.#lastMs = receivedAtMs;
    }
    const gapMs = receivedAtMs - this.#lastMs;
    this.#lastMs = receivedAtMs;
    if (gapMs >= -OVERTAKEN_MS) {
      this.#elapsedMs += Math.min(gapMs, this.#mostGapMs);
    }
    this.#mostGapMs = LOOK_MS;
    const ahead = ((sequence - this.#highest) << 16) >> 16;
    const number = this.#highest + ahead;
    if (number - this.#base >= RING) this.#restart(number);
    if (number > this.#highest) {
      // What stands there is of numbers long past.
      for (let missing = this.#highest + 1; missing < number; missing++) {
        this.#ticks[missing & (RING - 1)] = 0;
      }
      this.#highest = number;
    } else if (this.#isKnown(number)) return;
    if (number < this.#base) this.#base = number;
    const ticks = Math.max(0, this.#elapsedMs * TICKS_PER_MS);
    this.#ticks[number & (RING - 1)] = Math.round(ticks) + 1;
  }

  /** So much time has passed since the last such call, by a clock that nobody sets. */
  pass(ms: number): void {
    this.#mostGapMs += ms;
  }

  /** Whether anything came since the last message. */
  get hasNews(): boolean {
    return this.#base >= 0 && this.#highest >= this.#base;
  }

  /** Writes one message at `at`; returns where it ends. Only with {@linkcode hasNews}. */
  write(
    bytes: Uint8Array,
    at: number,
    senderSsrc: number,
    mediaSsrc: number,
  ): number {
    const count = Math.min(this.#highest - this.#base + 1, MAX_IN_MESSAGE);
    const reference = this.#classify(count);
    bytes[at] = 0x80 | TRANSPORT_WIDE;
    bytes[at + 1] = TRANSPORT_FEEDBACK;
    writeInt32(bytes, at + 4, senderSsrc);
    writeInt32(bytes, at + 8, mediaSsrc);
    writeInt16(bytes, at + 12, this.#base);
    writeInt16(bytes, at + 14, count);
    writeInt32(bytes, at + 16, (reference << 8) | (this.#messages & 0xff));
    let end = this.#writeChunks(bytes, at + 20, count);
    end = this.#writeDeltas(bytes, end, count);
    while (((end - at) & 3) !== 0) bytes[end++] = 0;
    writeInt16(bytes, at + 2, (end - at) / 4 - 1);
    this.#base += count;
    this.#messages++;
    return end;
  }

  /** Whether it came before, or is too far behind to be told of; of the very first one nothing is known. */
  #isKnown(number: number): boolean {
    const behind = this.#highest - number;
    return behind >= MAX_BEHIND || this.#ticks[number & (RING - 1)] !== 0;
  }

  /** Symbols and deltas of the next `count` packets; returns the reference time. */
  #classify(count: number): number {
    let reference = -1;
    let previous = 0;
    for (let i = 0; i < count; i++) {
      const ticks = this.#ticks[(this.#base + i) & (RING - 1)] - 1;
      if (ticks < 0) {
        this.#symbols[i] = NOT_RECEIVED;
        continue;
      }
      if (reference < 0) {
        reference = Math.floor(ticks / TICKS_PER_REFERENCE);
        previous = reference * TICKS_PER_REFERENCE;
      }
      const delta = Math.max(
        -LARGEST_DELTA,
        Math.min(LARGEST_DELTA, ticks - previous),
      );
      previous += delta;
      this.#deltas[i] = delta;
      this.#symbols[i] = delta >= 0 && delta <= 0xff
        ? SMALL_DELTA
        : LARGE_DELTA;
    }
    return Math.max(0, reference);
  }

  /** Runs of equal symbols where they are long, else seven two-bit symbols a chunk. */
  #writeChunks(bytes: Uint8Array, at: number, count: number): number {
    const symbols = this.#symbols;
    for (let i = 0; i < count;) {
      let run = 1;
      while (i + run < count && symbols[i + run] === symbols[i]) run++;
      if (run > SYMBOLS_PER_VECTOR) {
        writeInt16(bytes, at, (symbols[i] << 13) | run);
        i += run;
      } else {
        let chunk = 0xc000;
        for (let k = 0; k < SYMBOLS_PER_VECTOR; k++) {
          const symbol = i + k < count ? symbols[i + k] : NOT_RECEIVED;
          chunk |= symbol << (12 - 2 * k);
        }
        writeInt16(bytes, at, chunk);
        i += SYMBOLS_PER_VECTOR;
      }
      at += 2;
    }
    return at;
  }

  #writeDeltas(bytes: Uint8Array, at: number, count: number): number {
    for (let i = 0; i < count; i++) {
      if (this.#symbols[i] === SMALL_DELTA) {
        bytes[at++] = this.#deltas[i];
      } else if (this.#symbols[i] === LARGE_DELTA) {
        writeInt16(bytes, at, this.#deltas[i]);
        at += 2;
      }
    }
    return at;
  }

  #restart(number: number): void {
    this.#ticks.fill(0);
    this.#base = this.#highest = number;
  }
}
