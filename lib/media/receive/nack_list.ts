/**
 * The packets of one track that are missing, and when to ask for them (again):
 * generic NACK (RFC 4585 section 6.2.1). Empty while nothing is lost, so it
 * allocates only with losses.
 *
 * @module
 */

/**
 * Between the first and the second request for the same packet; twice as long
 * from each to the next. Whoever asks faster than answers come, as a full
 * queue makes them, has the same packets fill the queue again.
 */
const FIRST_RETRY_MS = 50;
/** Requests for one packet, at most: after that no sender keeps it any more. */
const MAX_REQUESTS = 5;
/** More missing packets than this are not worth repairing: a key frame is. */
const MAX_MISSING = 400;
/** Originals that come after their repairs are told from others as long as there are no more repairs than these between. */
const MAX_REPAIRED = 1024;

interface Missing {
  requests: number;
  dueMs: number;
}

/** The missing packets of one track. */
export class NackList {
  readonly #missing = new Map<number, Missing>();
  /** Repaired lately, the oldest first: the originals may come all the same. */
  readonly #repaired = new Set<number>();

  /** Packets that are missing and still worth asking for. */
  get size(): number {
    return this.#missing.size;
  }

  /**
   * Notes that the packets between two sequence numbers, both exclusive, did
   * not come. Returns `false` when there are too many to repair: the list is
   * empty then, and a key frame is what helps.
   */
  addGap(last: number, next: number, nowMs: number): boolean {
    const gap = ((next - last) & 0xffff) - 1;
    if (this.#missing.size + gap > MAX_MISSING) {
      this.#missing.clear();
      return false;
    }
    for (let i = 1; i <= gap; i++) {
      this.#missing.set((last + i) & 0xffff, { requests: 0, dueMs: nowMs });
    }
    return true;
  }

  /** Whether a packet is missing and still worth asking for. */
  has(sequence: number): boolean {
    return this.#missing.has(sequence);
  }

  /** Notes that a repair came; returns whether its packet was missing. */
  repair(sequence: number): boolean {
    if (!this.#missing.delete(sequence)) return false;
    this.#repaired.delete(sequence);
    this.#repaired.add(sequence);
    if (this.#repaired.size > MAX_REPAIRED) {
      const [oldest] = this.#repaired;
      this.#repaired.delete(oldest);
    }
    return true;
  }

  /** Notes that a packet itself came after all; returns whether a repair had made up for it. */
  remove(sequence: number): boolean {
    this.#missing.delete(sequence);
    return this.#repaired.delete(sequence);
  }

  /** Asks for nothing more. */
  clear(): void {
    this.#missing.clear();
  }

  /** The numbering begins anew: what was missing or repaired of the old one is none of the new. */
  restart(): void {
    this.#missing.clear();
    this.#repaired.clear();
  }

  /** Asks no more for what is before this packet: nothing that is shown will need it. */
  forgetBefore(sequence: number): void {
    for (const missing of this.#missing.keys()) {
      if (((missing - sequence) << 16) < 0) this.#missing.delete(missing);
    }
  }

  /** The packets to ask for now, in the order in which they went missing: so many at most, the rest is due next time. */
  takeDue(nowMs: number, most: number): number[] {
    const due: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (due.length === most) break;
      if (missing.dueMs > nowMs) continue;
      if (missing.requests === MAX_REQUESTS) {
        this.#missing.delete(sequence);
        continue;
      }
      missing.dueMs = nowMs + FIRST_RETRY_MS * 2 ** missing.requests;
      missing.requests++;
      due.push(sequence);
    }
    return due;
  }
}
