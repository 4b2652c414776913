/**
 * The packets of one track that are missing, and when to ask for them (again):
 * generic NACK (RFC 4585 section 6.2.1), paced as libwebrtc paces it: at once,
 * then whenever a round trip has passed since the last request. That others
 * may only have overtaken it is no reason to wait there, nor here. Empty while
 * nothing is lost, so it allocates only with losses.
 *
 * @module
 */

/** Requests for one packet, at most. */
const MAX_REQUESTS = 100;
/** More missing packets than this are not worth repairing: a key frame is. */
const MAX_MISSING = 1000;
/** Who is so far behind the newest packet is not asked for any more. */
const MAX_AGE = 10_000;
/** Originals that come after their repairs are told from others as long as there are no more repairs than these between. */
const MAX_REPAIRED = 1024;

interface Missing {
  requests: number;
  /** When it was last asked for; -Infinity before. */
  askedMs: number;
}

/** The missing packets of one track. */
export class NackList {
  readonly #missing = new Map<number, Missing>();
  /** Those of them that were never asked for. */
  #unasked = 0;
  /** Repaired lately, the oldest first: the originals may come all the same. */
  readonly #repaired = new Set<number>();

  /** Packets that are missing and still worth asking for. */
  get size(): number {
    return this.#missing.size;
  }

  /** Whether any of them was never asked for. */
  get hasNew(): boolean {
    return this.#unasked > 0;
  }

  /**
   * Notes that the packets between two sequence numbers, both exclusive, did
   * not come. Returns `false` when there are too many to repair: the list is
   * empty then, and a key frame is what helps.
   */
  addGap(last: number, next: number): boolean {
    this.forgetBefore((next - MAX_AGE) & 0xffff);
    const gap = ((next - last) & 0xffff) - 1;
    if (this.#missing.size + gap > MAX_MISSING) {
      this.clear();
      return false;
    }
    for (let i = 1; i <= gap; i++) {
      this.#forget((last + i) & 0xffff);
      this.#missing.set((last + i) & 0xffff, {
        requests: 0,
        askedMs: -Infinity,
      });
    }
    this.#unasked += gap;
    return true;
  }

  /** Whether a packet is missing and still worth asking for. */
  has(sequence: number): boolean {
    return this.#missing.has(sequence);
  }

  /** Notes that a repair came; returns whether its packet was missing. */
  repair(sequence: number): boolean {
    if (!this.#forget(sequence)) return false;
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
    this.#forget(sequence);
    return this.#repaired.delete(sequence);
  }

  /** Asks for nothing more. */
  clear(): void {
    this.#missing.clear();
    this.#unasked = 0;
  }

  /** The numbering begins anew: what was missing or repaired of the old one is none of the new. */
  restart(): void {
    this.clear();
    this.#repaired.clear();
  }

  /** Asks no more for what is before this packet: nothing that is shown will need it. */
  forgetBefore(sequence: number): void {
    for (const missing of this.#missing.keys()) {
      if (((missing - sequence) << 16) < 0) this.#forget(missing);
    }
  }

  /** Those of them to ask for at once, which nobody asked for yet, in the order in which they went missing: so many at most. */
  takeNew(nowMs: number, most: number): number[] {
    return this.#unasked === 0 ? [] : this.takeDue(nowMs, Infinity, most);
  }

  /** The same and those that were last asked for a round trip ago; what is left over is due next time. */
  takeDue(nowMs: number, roundTripMs: number, most: number): number[] {
    const due: number[] = [];
    for (const [sequence, missing] of this.#missing) {
      if (due.length === most) break;
      // Never asked for, it is older than any round trip.
      const isNew = missing.requests === 0;
      if (!isNew && nowMs - missing.askedMs < roundTripMs) continue;
      if (missing.requests === MAX_REQUESTS) {
        this.#missing.delete(sequence);
        continue;
      }
      if (isNew) this.#unasked--;
      missing.askedMs = nowMs;
      missing.requests++;
      due.push(sequence);
    }
    return due;
  }

  #forget(sequence: number): boolean {
    if (this.#missing.get(sequence)?.requests === 0) this.#unasked--;
    return this.#missing.delete(sequence);
  }
}
