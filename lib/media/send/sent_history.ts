/**
 * The latest packets that a track sent, so that one that was lost on the way
 * to the server can be sent again (RFC 4585 section 6.2.1). Where repairs have
 * no stream of their own, packets are kept as they left: sent again means the
 * same sequence number and the same encryption then, so nothing is encrypted
 * twice under one index.
 *
 * @module
 */

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

/** A ring of sent packets. */
export class SentHistory {
  readonly #mask: number;
  readonly #slotBytes: number;
  readonly #bytes: Uint8Array;
  readonly #lengths: Uint16Array;
  readonly #sequences: Int32Array;
  /** When each was sent again; `-Infinity` when it was not. */
  readonly #repeatedMs: Float64Array;
  /** Views of what packets are copied from: there are few distinct ones. */
  readonly #views = new Map<number, Uint8Array>();

  constructor(
    { packets = HISTORY_PACKETS, bytes = SLOT_BYTES }: KeptPackets = {},
  ) {
    this.#mask = packets - 1;
    this.#slotBytes = bytes;
    this.#bytes = new Uint8Array(packets * bytes);
    this.#lengths = new Uint16Array(packets);
    this.#sequences = new Int32Array(packets).fill(-1);
    this.#repeatedMs = new Float64Array(packets);
  }

  /** Keeps the packet of `length` bytes at `offset` of `source`, always the same buffer. */
  keep(
    sequence: number,
    source: Uint8Array,
    offset: number,
    length: number,
  ): void {
    if (length > this.#slotBytes) return;
    const slot = sequence & this.#mask;
    this.#sequences[slot] = sequence;
    this.#lengths[slot] = length;
    this.#repeatedMs[slot] = -Infinity;
    const rounded = (length + VIEW_STEP - 1) & -VIEW_STEP;
    this.#bytes.set(
      this.#view(source, offset, rounded),
      slot * this.#slotBytes,
    );
  }

  /** Copies a packet to the start of `target`; returns its length, 0 when it is not kept any more. */
  copy(sequence: number, target: Uint8Array): number {
    const slot = sequence & this.#mask;
    if (this.#sequences[slot] !== sequence) return 0;
    const start = slot * this.#slotBytes;
    const end = start + this.#lengths[slot];
    target.set(this.#bytes.subarray(start, end));
    return end - start;
  }

  /** When a packet that is kept was last sent again; `-Infinity` when it was not. */
  repeatedMs(sequence: number): number {
    return this.#repeatedMs[sequence & this.#mask];
  }

  /** Notes that a packet that is kept is sent again at this time. */
  noteRepeated(sequence: number, nowMs: number): void {
    this.#repeatedMs[sequence & this.#mask] = nowMs;
  }

  #view(source: Uint8Array, offset: number, length: number): Uint8Array {
    const key = offset * (SLOT_BYTES + 1) + length;
    let view = this.#views.get(key);
    if (view === undefined) {
      view = source.subarray(offset, offset + length);
      this.#views.set(key, view);
    }
    return view;
  }
}
