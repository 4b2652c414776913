/**
 * When the frames of a video were shown, and when it stood still: the frame
 * rate and the freezes of W3C webrtc-stats (`freezeCount`,
 * `totalFreezesDuration`).
 *
 * A freeze is a gap between two frames of at least three times the average of
 * the last 30 gaps, itself among them, and of at least that average and
 * 150 ms: from the frame before it to the frame after it. Where the sender is known to
 * stand still itself, a gap is one only when it is 150 ms longer than that. A
 * gap that goes on is one from its first second on, so that a video that
 * never comes back counts too; one that a pause ends is none.
 *
 * Before there are five gaps, nothing is known of the average. To a browser no
 * gap is a freeze then, to whoever watches a picture that comes to nothing is:
 * here a gap of two seconds is one, and so is the wait for the first frame,
 * which begins with the first packet.
 *
 * @module
 */

/** A time, handed on in one object: a fraction by itself would be boxed on the heap. */
interface Shown {
  /** The reactor's clock, in milliseconds: a wall clock may be set, and that is no freeze. */
  readonly nowMs: number;
}

/** What all videos of a thread write to. */
export interface FrameMeter {
  /** Takes the time from one frame to the next, in microseconds. */
  readonly frameGap: { record(us: number): void };
  /** Takes the time from when a video was asked for to its first frame, in microseconds. */
  readonly timeToFirstFrame: { record(us: number): void };
}

/** What a video looked like so far. */
export interface FrameFigures {
  /** Frames shown. */
  readonly framesRendered: number;
  /** Those of them that followed none: the first one, and the first after a pause. */
  readonly videosBegun: number;
  /** Times that it stood still. */
  readonly freezeCount: number;
  /** For how long in all. */
  readonly totalFreezesDurationMs: number;
  /** For how long at most. */
  readonly longestFreezeMs: number;
  /** For how long it was on, freezes included: from frame to frame, pauses left out. */
  readonly playedMs: number;
  /** From when it was asked for to its first frame; `null` without one, and where it was paused at first. */
  readonly firstFrameMs: number | null;
}

const WINDOW = 30;
const MIN_GAPS = 5;
/** Who looks once a second misses none of so many. */
const THAWS = 8;
const FREEZE_FACTOR = 3;
const FREEZE_MARGIN_MS = 150;
/** While nothing is known of the average, so long a gap is a freeze. */
const EARLY_FREEZE_MS = 2000;
/** A track that ends may be silent for so long before anybody says so. */
const GRACE_MS = 1000;

/** The frames of one video. */
export class FrameRhythm {
  /** When the last frame was shown; -1 before the first one, and after a pause. */
  lastMs = -1;
  /** Since when the first frame is waited for, or the first after a pause; NaN while none is. */
  #awaitedMs = NaN;
  #frames = 0;
  #beginnings = 0;
  #freezeCount = 0;
  /** When the last freezes ended with a frame, each in the place of an earlier one. */
  readonly #thawsMs = new Float64Array(THAWS).fill(-1);
  #thaws = 0;
  #totalFreezesDurationMs = 0;
  #longestFreezeMs = 0;
  #playedMs = 0;
  /** Its sender shows nothing new for so long at most. */
  #longestStillMs = 0;
  #isPaused = false;
  #wasPaused = false;
  /** The last gaps in whole microseconds, so that their sum stays exact. */
  readonly #gapsUs = new Float64Array(WINDOW);
  #gaps = 0;
  #gapsSumUs = 0;
  readonly #meter: FrameMeter;
  readonly #requestedAtMs: number;
  #firstFrameMs: number | null = null;

  /** `requestedAtMs` is when it was asked for, on the reactor's clock. */
  constructor(meter: FrameMeter, requestedAtMs: number) {
    this.#meter = meter;
    this.#requestedAtMs = requestedAtMs;
  }

  /** Frames shown. */
  get shown(): number {
    return this.#frames;
  }

  /** Whether nothing is expected to come. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** When the first freeze since then ended with a frame, of the last few; -1 without one. */
  thawedSince(sinceMs: number): number {
    let first = Infinity;
    for (const ms of this.#thawsMs) {
      if (ms >= sinceMs && ms < first) first = ms;
    }
    return first === Infinity ? -1 : first;
  }

  /** A frame is shown at `moment`. */
  show(moment: Shown): void {
    const { nowMs } = moment;
    if (this.#frames++ === 0) this.#noteFirst(nowMs);
    // What was under way when it was paused is shown, and begins no gap.
    if (this.#isPaused || this.lastMs < 0) this.#noteBeginning(nowMs);
    else this.#addGap(moment);
    if (!this.#isPaused) this.lastMs = nowMs;
  }

  /** Packets come from now on: frames should, too. */
  awaitFrames({ nowMs }: Shown): void {
    if (!this.#isPaused && this.lastMs < 0) this.#awaitedMs = nowMs;
  }

  /** The video ends, or is paused: what follows is no freeze. */
  pause(moment: Shown): void {
    const openMs = this.#openFreezeMs(moment);
    if (openMs > 0) {
      this.#addFreeze(openMs);
      this.#playedMs += openMs;
    }
    this.lastMs = -1;
    this.#awaitedMs = NaN;
    this.#isPaused = this.#wasPaused = true;
  }

  /** Between two of its sender's own frames there is so long at most. */
  expectStills(longestMs: number): void {
    this.#longestStillMs = longestMs;
  }

  /** Frames may come again. */
  resume(moment: Shown): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.awaitFrames(moment);
  }

  /** Nobody looked until `moment`: from the last frame to the next one, which is awaited from `fromMs` on, is no gap. */
  leaveOut(moment: Shown, fromMs = moment.nowMs): void {
    const isWaiting = this.lastMs >= 0 || this.#awaitedMs >= 0;
    const wasPaused = this.#wasPaused;
    const isPaused = this.#isPaused;
    this.pause(moment);
    this.#wasPaused = wasPaused;
    this.#isPaused = isPaused;
    if (isWaiting) this.awaitFrames({ nowMs: fromMs });
  }

  /** All of it, as it is at `moment`. */
  figures(moment: Shown): FrameFigures {
    const openMs = this.#openFreezeMs(moment);
    return {
      framesRendered: this.#frames,
      videosBegun: this.#beginnings,
      freezeCount: this.#freezeCount + (openMs > 0 ? 1 : 0),
      totalFreezesDurationMs: this.#totalFreezesDurationMs + openMs,
      longestFreezeMs: Math.max(this.#longestFreezeMs, openMs),
      playedMs: this.#playedMs + openMs,
      firstFrameMs: this.#firstFrameMs,
    };
  }

  #noteFirst(nowMs: number): void {
    if (this.#wasPaused) return;
    this.#firstFrameMs = Math.max(0, nowMs - this.#requestedAtMs);
    this.#meter.timeToFirstFrame.record(Math.round(this.#firstFrameMs * 1000));
  }

  #noteBeginning(nowMs: number): void {
    this.#beginnings++;
    const waitedMs = nowMs - this.#awaitedMs;
    this.#awaitedMs = NaN;
    if (!this.#isEarlyFreeze(waitedMs)) return;
    this.#addFreeze(waitedMs);
    this.#playedMs += waitedMs;
    this.#thawsMs[this.#thaws++ % THAWS] = nowMs;
  }

  /** For how long it stands still now; 0 where it does not. */
  #openFreezeMs({ nowMs }: Shown): number {
    if (this.lastMs < 0) {
      const waitedMs = nowMs - this.#awaitedMs;
      return this.#isEarlyFreeze(waitedMs) ? waitedMs : 0;
    }
    const gapMs = nowMs - this.lastMs;
    const isLong = gapMs >= GRACE_MS + this.#longestStillMs;
    return isLong && this.#isFreeze(gapMs) ? gapMs : 0;
  }

  #isEarlyFreeze(gapMs: number): boolean {
    return gapMs >= EARLY_FREEZE_MS + this.#longestStillMs;
  }

  #isFreeze(gapMs: number): boolean {
    if (this.#gaps + 1 < MIN_GAPS) return this.#isEarlyFreeze(gapMs);
    const oldestUs = this.#gapsUs[this.#gaps % WINDOW];
    const averageMs = ((this.#gapsSumUs - oldestUs) / 1000 + gapMs) /
      Math.min(this.#gaps + 1, WINDOW);
    return gapMs >= Math.max(
      FREEZE_FACTOR * averageMs,
      averageMs + FREEZE_MARGIN_MS,
      this.#longestStillMs + FREEZE_MARGIN_MS,
    );
  }

  #addGap({ nowMs }: Shown): void {
    const gapMs = Math.max(0, nowMs - this.lastMs);
    if (this.#isFreeze(gapMs)) {
      this.#addFreeze(gapMs);
      this.#thawsMs[this.#thaws++ % THAWS] = nowMs;
    }
    this.#playedMs += gapMs;
    // Whole, it is handed on without a box on the heap.
    const gapUs = Math.round(gapMs * 1000);
    this.#meter.frameGap.record(gapUs);
    const at = this.#gaps % WINDOW;
    this.#gapsSumUs += gapUs - this.#gapsUs[at];
    this.#gapsUs[at] = gapUs;
    this.#gaps++;
  }

  #addFreeze(gapMs: number): void {
    this.#freezeCount++;
    this.#totalFreezesDurationMs += gapMs;
    this.#longestFreezeMs = Math.max(this.#longestFreezeMs, gapMs);
  }
}
