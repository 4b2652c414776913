/**
 * Admission of joins. A join costs several milliseconds of CPU for its
 * handshakes; many at once would hold up the packets of those that are in.
 * So only a few are under way at a time, and none is begun while packets run
 * late; afterwards those that wait begin one by one. Who has to wait is
 * counted: it is the generator that held it back, not the server. A join that
 * takes long is waiting for the server, and holds up nobody.
 *
 * @module
 */

/** How admission asks how late packets are. */
export interface AdmissionOptions {
  /** Joins under way at once, at most. @default {8} */
  readonly mostAtOnce?: number;
  /** How late packets left most recently, in milliseconds. */
  readonly latenessMs: () => number;
  /** Calls back after a while; returns the way to cancel. */
  readonly setTimer: (delayMs: number, fn: () => void) => () => void;
}

/** Packets later than this keep joins waiting. */
const TOO_LATE_MS = 4;
/** How soon to look again while packets are late. */
const PAUSE_MS = 2;
/** Even then one join is begun this often: a generator that cannot keep up must not look like a hang. */
const MAX_PAUSES = 25;

/** A join that takes longer than our own work does gives its place to another. */
const PLACE_MS = 100;

interface Waiting {
  readonly begin: () => Promise<void>;
  readonly onHeldBack: () => void;
  heldBack: boolean;
}

/** A queue of joins. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #queue: Waiting[] = [];
  /** How to give each place back, and how to stop its timer. */
  readonly #places = new Map<() => void, () => void>();
  #underWay = 0;
  #pauses = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Begins `begin` now or as soon as allowed; `onHeldBack` is called when it has to wait. */
  enter(begin: () => Promise<void>, onHeldBack: () => void): void {
    this.#queue.push({ begin, onHeldBack, heldBack: false });
    this.#advance();
  }

  /** Forgets who waits; those under way go on. */
  close(): void {
    this.#queue.length = 0;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    for (const cancel of this.#places.values()) cancel();
    this.#places.clear();
  }

  #advance(): void {
    const mostAtOnce = this.#options.mostAtOnce ?? 8;
    if (this.#cancelTimer !== undefined || this.#queue.length === 0) return;
    const late = this.#options.latenessMs() > TOO_LATE_MS &&
      this.#pauses < MAX_PAUSES && this.#underWay > 0;
    if (this.#underWay < mostAtOnce && !late) this.#beginNext();
    for (const waiting of this.#queue) {
      if (waiting.heldBack) continue;
      waiting.heldBack = true;
      waiting.onHeldBack();
    }
    if (this.#queue.length === 0 || this.#underWay >= mostAtOnce) return;
    this.#pauses = late ? this.#pauses + 1 : 0;
    this.#cancelTimer = this.#options.setTimer(PAUSE_MS, () => {
      this.#cancelTimer = undefined;
      this.#advance();
    });
  }

  #beginNext(): void {
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#underWay++;
    this.#pauses = 0;
    const release = () => {
      if (!this.#places.delete(release)) return;
      cancel();
      this.#underWay--;
      this.#advance();
    };
    const cancel = this.#options.setTimer(PLACE_MS, release);
    this.#places.set(release, cancel);
    next.begin().finally(release);
  }
}
