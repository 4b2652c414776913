/**
 * The packet index of one SSRC: which 48-bit number a 16-bit sequence number
 * stands for (RFC 3711 section 3.3.1), and which numbers were seen already
 * (section 3.3.2). A window of 1,024 packets, as retransmissions and
 * reordering come late.
 *
 * @module
 */

const WINDOW = 1024;
const SEQUENCES = 0x10000;

/** Sender side: counts how often the sequence number wrapped. */
export class SendIndex {
  #rollover = 0;
  #last = -1;

  /** The rollover counter of the packet with this sequence number, sent in order or again. */
  rolloverOf(sequence: number): number {
    if (this.#last < 0) {
      this.#last = sequence;
      return 0;
    }
    const ahead = (sequence - this.#last) & 0xffff;
    if (ahead < 0x8000) {
      if (sequence < this.#last) this.#rollover++;
      this.#last = sequence;
      return this.#rollover;
    }
    const before = sequence > this.#last ? this.#rollover - 1 : this.#rollover;
    return Math.max(0, before);
  }
}

/** Receiver side: guesses an index, and refuses one that was accepted before. */
export class ReceiveIndex {
  #highest = -1;
  /** All from here to the highest were accepted; those of the window before it stand in `#seen`. */
  #runStart = 0;
  readonly #seen = new Int32Array(WINDOW / 32);

  /** The index that `sequence` most likely has; never negative. */
  estimate(sequence: number): number {
    const highest = this.#highest;
    if (highest < 0) return sequence;
    const last = highest % SEQUENCES;
    const base = highest - last;
    const ahead = sequence - last;
    if (ahead < -0x8000) return base + SEQUENCES + sequence;
    if (ahead > 0x8000 && base > 0) return base - SEQUENCES + sequence;
    return base + sequence;
  }

  /** Whether `index` was accepted before, or is too old to tell. */
  isReplay(index: number): boolean {
    if (index > this.#highest) return false;
    if (index <= this.#highest - WINDOW) return true;
    if (index >= this.#runStart) return true;
    const slot = index % WINDOW;
    return (this.#seen[slot >> 5] & (1 << (slot & 31))) !== 0;
  }

  /** Remembers an index whose packet was authenticated. */
  accept(index: number): void {
    // Packets that come in order touch no more memory than this object.
    if (index === this.#highest + 1) {
      this.#highest = index;
      return;
    }
    this.#endRun();
    const seen = this.#seen;
    if (index > this.#highest) {
      if (this.#highest < 0 || index - this.#highest >= WINDOW) {
        seen.fill(0);
      } else {
        for (let i = this.#highest + 1; i < index; i++) {
          const slot = i % WINDOW;
          seen[slot >> 5] &= ~(1 << (slot & 31));
        }
      }
      this.#highest = index;
    }
    this.#remember(index);
    this.#runStart = this.#highest + 1;
  }

  #endRun(): void {
    const start = Math.max(this.#runStart, this.#highest - WINDOW + 1);
    for (let i = start; i <= this.#highest; i++) this.#remember(i);
  }

  #remember(index: number): void {
    const slot = index % WINDOW;
    this.#seen[slot >> 5] |= 1 << (slot & 31);
  }
}
