/**
 * Sequence numbers on both sides of a forwarder: what was received and what
 * is missing, and the numbers that a consumer sees instead.
 *
 * @module
 */

const HALF = 0x8000;
const MASK = 0xffff;

/** Counts what a stream lost (RFC 3550 appendix A.3). */
export class ReceivedSequence {
  #first = -1;
  #highest = 0;
  #received = 0;

  /** Records a packet's number. */
  add(sequence: number): void {
    this.#received++;
    if (this.#first < 0) {
      this.#first = this.#highest = sequence;
      return;
    }
    const ahead = (sequence - this.#highest) & MASK;
    if (ahead < HALF) this.#highest += ahead;
  }

  /** Packets that have not arrived; 0 if duplicates outnumber them. */
  get lost(): number {
    if (this.#first < 0) return 0;
    const expected = this.#highest - this.#first + 1;
    return Math.max(0, expected - this.#received);
  }
}

/**
 * Renumbers a stream so that what is withheld on purpose leaves no gap, and
 * what was lost on the way does.
 */
export class SentSequence {
  #started = false;
  #highest = 0;
  /** How far the highest number is beyond the one of the last restart. */
  #position = 0;
  /** From a received number to a sent one. */
  #offset = 0;
  #next: number;

  /** `first`: the number of the first packet. */
  constructor(first: number) {
    this.#next = first & MASK;
  }

  /** The next packet follows the last one sent, whatever its own number. */
  restart(): void {
    this.#started = false;
  }

  /** The number of a packet, or -1 for a late one from before a restart. */
  map(sequence: number): number {
    if (!this.#started) {
      this.#started = true;
      this.#highest = sequence;
      this.#position = 0;
      this.#offset = this.#next - sequence;
    }
    const ahead = (sequence - this.#highest) & MASK;
    const signed = ahead < HALF ? ahead : ahead - MASK - 1;
    if (this.#position + signed < 0) return -1;
    const mapped = (sequence + this.#offset) & MASK;
    if (signed >= 0) {
      this.#highest = sequence;
      this.#position += signed;
      this.#next = (mapped + 1) & MASK;
    }
    return mapped;
  }
}
