/**
 * The latest packets that a track sent, so that one that was lost on the way
 * to the server can be sent again (RFC 4585 section 6.2.1). Where repairs have
 * no stream of their own, packets are kept as they left: sent again means the
 * same sequence number and the same encryption then, so nothing is encrypted
 * twice under one index.
 *
 * @module
 */

import { writeInt16 } from "../rtp/rtp.ts";

/** Two seconds of 480p. */
export const HISTORY_PACKETS = 256;
/** Packets fit a path of 1,280 bytes. */
const SLOT_BYTES = 1280;

/** What a history has room for. */
export interface KeptPackets {
  /** A power of two. @default {HISTORY_PACKETS} */
  readonly packets?: number;
  /** Larger packets are not kept; a multiple of 64. @default {1280} */
  readonly bytes?: number;
}

/** Views have lengths that are multiples of this: a file's packets have any length, and each view costs memory. */
const VIEW_STEP = 64;

/**
 * Views of what packets are copied from. There are few distinct ones, and all
 * tracks that build their packets in one buffer share them: what a track had
 * for itself alone would have to be fetched from cold memory for each frame.
 */
class SourceViews {
  readonly #source: Uint8Array;
  readonly #views = new Map<number, Uint8Array>();

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  /** The view of the `length` bytes from `offset`. */
  of(offset: number, length: number): Uint8Array {
    const key = offset * (SLOT_BYTES + 1) + length;
    let view = this.#views.get(key);
    if (view === undefined) {
      view = this.#source.subarray(offset, offset + length);
      this.#views.set(key, view);
    }
    return view;
  }
}

const sharedViews = new WeakMap<Uint8Array, SourceViews>();

function viewsOf(source: Uint8Array): SourceViews {
  let views = sharedViews.get(source);
  if (views === undefined) {
    sharedViews.set(source, views = new SourceViews(source));
  }
  return views;
}

/** What stands before each packet: its sequence number and its length, in 16 bits each; 0 bytes are none. */
const NOTE_BYTES = 16;

/** A ring of sent packets. */
export class SentHistory {
  readonly #mask: number;
  readonly #slotBytes: number;
  /** From one packet to the next. */
  readonly #stepBytes: number;
  readonly #bytes: Uint8Array;
  #views: SourceViews | undefined;
  /** Which packet was last sent again out of each slot, and when; made with the first one. */
  #repeated: Int32Array | undefined;
  #repeatedMs!: Float64Array;

  constructor(
    { packets = HISTORY_PACKETS, bytes = SLOT_BYTES }: KeptPackets = {},
  ) {
    this.#mask = packets - 1;
    this.#slotBytes = bytes;
    this.#stepBytes = NOTE_BYTES + bytes;
    this.#bytes = new Uint8Array(packets * this.#stepBytes);
  }

  /** Keeps the packet of `length` bytes at `offset` of `source`, always the same buffer. */
  keep(
    sequence: number,
    source: Uint8Array,
    offset: number,
    length: number,
  ): void {
    if (length > this.#slotBytes) return;
    const at = (sequence & this.#mask) * this.#stepBytes;
    writeInt16(this.#bytes, at, sequence);
    writeInt16(this.#bytes, at + 2, length);
    const rounded = (length + VIEW_STEP - 1) & -VIEW_STEP;
    const views = this.#views ??= viewsOf(source);
    this.#bytes.set(views.of(offset, rounded), at + NOTE_BYTES);
  }

  /** The length of a packet in bytes; 0 when it is not kept any more. */
  lengthOf(sequence: number): number {
    const at = (sequence & this.#mask) * this.#stepBytes;
    return int16At(this.#bytes, at) === sequence
      ? int16At(this.#bytes, at + 2)
      : 0;
  }

  /** Copies a packet to the start of `target`; returns its length, 0 when it is not kept any more. */
  copy(sequence: number, target: Uint8Array): number {
    const length = this.lengthOf(sequence);
    if (length === 0) return 0;
    const start = (sequence & this.#mask) * this.#stepBytes + NOTE_BYTES;
    target.set(this.#bytes.subarray(start, start + length));
    return length;
  }

  /** When a packet that is kept was last sent again; `-Infinity` when it was not. */
  repeatedMs(sequence: number): number {
    const slot = sequence & this.#mask;
    return this.#repeated?.[slot] === sequence
      ? this.#repeatedMs[slot]
      : -Infinity;
  }

  /** Notes that a packet that is kept is sent again at this time. */
  noteRepeated(sequence: number, nowMs: number): void {
    const packets = this.#mask + 1;
    if (this.#repeated === undefined) {
      this.#repeated = new Int32Array(packets).fill(-1);
      this.#repeatedMs = new Float64Array(packets);
    }
    this.#repeated[sequence & this.#mask] = sequence;
    this.#repeatedMs[sequence & this.#mask] = nowMs;
  }
}

function int16At(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1];
}
