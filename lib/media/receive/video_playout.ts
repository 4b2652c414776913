/**
 * When a viewer sees each frame: not when it comes but at its time. The buffer
 * of a browser, as libwebrtc times it: a frame is shown at the time that its
 * timestamp says ({@linkcode CaptureClock}) and a delay, in order, and a frame
 * that comes later than that at once. The delay aims at the jitter
 * ({@linkcode JitterEstimator}) and the time to render, or at what goes with
 * the sound where that is more; late frames raise it as far as that, and
 * nothing above it lasts. A frame that waited for a repair says nothing of the
 * network's jitter. Of a video in layers of time, a frame that is too late is
 * left out where one that does not need it is there. Whatever the time of a
 * frame is taken to be, none that can be decoded waits while the picture has
 * stood still for three seconds: libwebrtc hands it on before it gives up.
 *
 * Nothing runs for that: what was to be shown up to a moment is settled when
 * somebody looks. What comes until then is only noted: what a frame's turn needs
 * is spread over memory, and costs a fraction for one of many in a row.
 *
 * @module
 */

import { CaptureClock } from "./capture_clock.ts";
import type { FrameFigures, FrameRhythm } from "./frame_rhythm.ts";
import { JitterEstimator } from "./jitter_estimator.ts";
import { tidOf } from "./temporal_references.ts";

/** From when a frame is handed to the decoder to when it is on the screen. */
const RENDER_MS = 10;
/** A thread is woken so much too late. */
const WAKE_MS = 1;
/** A frame may be so late though a later one could be shown. */
const ALLOWED_LATE_MS = 5;
/** A timestamp that is so far from now is no time. */
const ABSURD_MS = 10_000;
/** With a frame at hand, no picture stands still for longer. */
const PATIENCE_MS = 3000;
/** Frames that wait to be shown at most; what comes with more is shown at once. */
const ROOM = 64;
/** Frames that are noted at most, before they are settled: those of about a second. */
const NOTED = 32;
const PLACES = ROOM + NOTED;
// What is kept of each.
const WIDTH = 6;
const READY = 0;
const FIRST = 1;
const RECEIVED = 2;
const TIMESTAMP = 3;
const SIZE = 4;
const FLAGS = 5;
// What is so of it; its layer in time stands above that.
const IS_REPAIRED = 1;
const IS_KEY = 2;
/** It needs no frame but of the base. */
const IS_SYNC = 4;
const FLAG_BITS = 3;

/** The frame at hand, as whoever puts it together describes it. One object, rewritten for each. */
export class WholeFrame {
  /** When it could be decoded: it and all before it had come. */
  nowMs = NaN;
  /** When its first packet came, and its last one, repairs included. */
  firstMs = NaN;
  receivedMs = NaN;
  /** The RTP timestamp. */
  timestamp = NaN;
  bytes = 0;
  /** Something of it had to be repaired. */
  isRepaired = false;
  isKey = false;
  /** Where it stands among layers in time, as `vp8Layer` tells it; -1 where nobody does. */
  layer = -1;
}

/** The frame whose turn it is; one for all videos, as they take turns. */
const taken = new WholeFrame();

/** A moment, and a frame as the clock is asked for it. A class: literals share their fields with all that begin alike. */
class Sought {
  nowMs = NaN;
  timestamp = NaN;
}

/** What became of a video's frames, and when. */
export interface VideoFigures extends FrameFigures {
  /** For how long frames waited, from their first packet to the decoder, all together. */
  readonly jitterBufferDelayMs: number;
  /** So many. */
  readonly jitterBufferEmittedCount: number;
}

/** The frames of one video on their way to the screen. */
export class VideoPlayout {
  // The frames that wait to be shown, in a ring from `#head` on, and behind
  // them those that are noted.
  readonly #frames = new Float64Array(PLACES * WIDTH);
  #head = 0;
  #count = 0;
  #noted = 0;
  readonly #rhythm: FrameRhythm;
  #minDelayMs = NaN;
  #jitterBufferDelayMs = NaN;
  #emitted = 0;
  readonly #clock: CaptureClock;
  readonly #jitter = new JitterEstimator();
  /** When the first of them is shown. */
  #dueMs = NaN;
  #renderMs = NaN;
  /** When the last one was shown. */
  #shownMs = NaN;
  #delayMs = NaN;
  #hasShown = false;
  /** Frames that were given up for later ones. */
  framesDropped = 0;
  /** They may come out of order, and what they need depends on their layers. */
  #isInLayers = false;
  /** The layers, a bit for each, of which the last frame was given up: what needs that cannot be shown. */
  #brokenLayers = 0;
  /** The timestamp of the last frame that was shown. */
  #shownTimestamp = NaN;
  // The last frame that was not repaired.
  #receivedMs = NaN;
  #timestamp = NaN;
  readonly #at = new Sought();
  /** A frame as the estimate is told of it. */
  readonly #arrived = { variationMs: NaN, takenMs: NaN, bytes: NaN };
  readonly #ticksPerMs: number;

  /** Shown frames go to `rhythm`. */
  constructor(rhythm: FrameRhythm, clockRateHz: number) {
    this.#rhythm = rhythm;
    this.#ticksPerMs = clockRateHz / 1000;
    this.#clock = new CaptureClock(clockRateHz);
    this.#delayMs = this.#jitterBufferDelayMs = this.#minDelayMs = 0;
  }

  /** When they were shown. */
  get rhythm(): FrameRhythm {
    this.settle();
    return this.#rhythm;
  }

  /** The delay goes as far as this, for the sound's sake, in milliseconds. */
  get minDelayMs(): number {
    return this.#minDelayMs;
  }

  set minDelayMs(ms: number) {
    this.settle();
    this.#minDelayMs = ms;
  }

  /** Where the delay goes: what the sound is compared with, in milliseconds. */
  get targetDelayMs(): number {
    this.settle();
    return Math.max(this.#minDelayMs, this.#jitter.estimateMs + RENDER_MS);
  }

  /** Whether {@linkcode FrameRhythm.lastMs} is after that; asked often, as it mostly settles nothing. */
  hasShownAfter(ms: number): boolean {
    return this.#rhythm.lastMs > ms || this.rhythm.lastMs > ms;
  }

  /** Takes the next frame in order, which can be decoded now. */
  push(frame: Readonly<WholeFrame>): void {
    if (this.#noted === NOTED) this.settle();
    const place = (this.#head + this.#count + this.#noted) % PLACES;
    const at = place * WIDTH;
    this.#frames[at + READY] = frame.nowMs;
    this.#frames[at + FIRST] = frame.firstMs;
    this.#frames[at + RECEIVED] = frame.receivedMs;
    this.#frames[at + TIMESTAMP] = frame.timestamp;
    this.#frames[at + SIZE] = frame.bytes;
    this.#frames[at + FLAGS] = flagsOf(frame);
    this.#noted++;
  }

  /** Gives each frame that was noted its turn, as if it came only now. */
  settle(): void {
    while (this.#noted > 0) this.#takeNoted();
  }

  /**
   * Takes a frame that may come before some that were taken already; returns
   * whether one that follows it has not been shown yet. What comes in one
   * moment is there before any of it is shown.
   */
  insert(frame: Readonly<WholeFrame>): boolean {
    this.#isInLayers = true;
    if (this.hasShown(frame.timestamp, frame)) return false;
    if (this.#count === ROOM) {
      // What makes room for it may come after it.
      this.#showBy(frame);
      return this.insert(frame);
    }
    this.push(frame);
    this.settle();
    let place = this.#count - 1;
    while (place > 0 && this.#isBefore(place, place - 1)) {
      this.#swap(place, --place);
    }
    if (place === 0 && this.#count > 1) {
      this.#plan(frame);
      this.#advance(frame);
    }
    return true;
  }

  /** Whether a frame of this timestamp or one after it was shown before this moment. */
  hasShown(timestamp: number, moment: { readonly nowMs: number }): boolean {
    this.settle();
    this.#advance(moment);
    return this.#shownTimestamp === this.#shownTimestamp &&
      ((timestamp - this.#shownTimestamp) | 0) <= 0;
  }

  /** Shows what was to be shown by then. */
  advance(moment: { readonly nowMs: number }): void {
    this.settle();
    while (this.#count > 0 && this.#dueMs <= moment.nowMs) this.#endFirst();
  }

  /** The video ends: nobody sees what waits. */
  end(moment: { readonly nowMs: number }): void {
    this.advance(moment);
    this.#count = 0;
    this.#rhythm.pause(moment);
  }

  /** The video is paused: what waits is shown, each at its time, and what follows is no freeze. */
  pause(moment: { readonly nowMs: number }): void {
    this.#restart(moment);
    this.#rhythm.pause(moment);
  }

  /** Nobody looked until `moment`, when times go on from anew; nothing can have come before `fromMs`. */
  leaveOut(moment: { readonly nowMs: number }, fromMs = moment.nowMs): void {
    this.#restart(moment);
    this.#rhythm.leaveOut(moment, fromMs);
  }

  /** Timestamps go on from elsewhere: what waits is shown first. */
  restart(): void {
    this.settle();
    const last = (this.#head + this.#count + PLACES - 1) % PLACES * WIDTH;
    // No later than what is known to have been: what follows comes after it.
    this.#restart({ nowMs: this.#frames[last + READY] });
  }

  #restart(moment: { readonly nowMs: number }): void {
    this.settle();
    while (this.#count > 0) this.#showBy(moment);
    this.#shownTimestamp = NaN;
    this.#brokenLayers = 0;
    this.#clock.reset();
    this.#receivedMs = NaN;
  }

  /** All of it, as it is at `moment`. */
  figures(moment: { readonly nowMs: number }): VideoFigures {
    this.advance(moment);
    return {
      ...this.#rhythm.figures(moment),
      jitterBufferDelayMs: this.#jitterBufferDelayMs,
      jitterBufferEmittedCount: this.#emitted,
    };
  }

  #isBefore(place: number, other: number): boolean {
    const one = (this.#head + place) % PLACES * WIDTH + TIMESTAMP;
    const two = (this.#head + other) % PLACES * WIDTH + TIMESTAMP;
    return ((this.#frames[one] - this.#frames[two]) | 0) < 0;
  }

  #swap(place: number, other: number): void {
    const one = (this.#head + place) % PLACES;
    const two = (this.#head + other) % PLACES;
    for (let i = 0; i < WIDTH; i++) {
      const kept = this.#frames[one * WIDTH + i];
      this.#frames[one * WIDTH + i] = this.#frames[two * WIDTH + i];
      this.#frames[two * WIDTH + i] = kept;
    }
  }

  #takeNoted(): void {
    const at = (this.#head + this.#count) % PLACES * WIDTH;
    const isRepaired = (this.#frames[at + FLAGS] & IS_REPAIRED) !== 0;
    taken.nowMs = this.#frames[at + READY];
    taken.receivedMs = this.#frames[at + RECEIVED];
    taken.timestamp = this.#frames[at + TIMESTAMP];
    this.#advance(taken);
    if (this.#count === ROOM) this.#showBy(taken);
    if (!isRepaired) this.#clock.note(taken);
    this.#noted--;
    if (this.#count++ === 0) this.#plan(taken);
    this.#advance(taken);
  }

  #advance(moment: { readonly nowMs: number }): void {
    while (
      this.#count > 0 && (this.#dueMs < moment.nowMs ||
        this.#dueMs === moment.nowMs && !this.#isInLayers)
    ) this.#endFirst();
  }

  /** Plans when the first frame is shown, at the moment from which on it can be. */
  #plan(moment: { readonly nowMs: number }): void {
    const at = this.#head * WIDTH;
    this.#at.nowMs = Math.max(moment.nowMs, this.#frames[at + READY]);
    this.#locate(at);
    this.#dueMs = this.#at.nowMs;
    if (!this.#hasShown) return;
    const planMs = this.#renderMs - RENDER_MS;
    // Who has nothing to show begins to wait anew.
    const waits = Math.floor((this.#at.nowMs - this.#shownMs) / PATIENCE_MS);
    const latestMs = this.#shownMs + (Math.max(0, waits) + 1) * PATIENCE_MS;
    this.#dueMs = Math.max(this.#at.nowMs, Math.min(planMs, latestMs));
  }

  /** It is the first one's turn: it is shown, or left out. */
  #endFirst(): void {
    if (!this.#isInLayers) return this.#showFirst();
    const isLate = this.#hasShown &&
      this.#dueMs - (this.#renderMs - RENDER_MS) >= ALLOWED_LATE_MS;
    const isLeftOut = this.#isBroken(this.#head * WIDTH) ||
      (isLate && this.#isDispensable());
    if (!isLeftOut) return this.#showFirst();
    const layer = this.#frames[this.#head * WIDTH + FLAGS] >> FLAG_BITS;
    this.#brokenLayers |= 1 << layer;
    this.framesDropped++;
    this.#goOn();
  }

  /** Whether a frame that was given up is needed for this one. */
  #isBroken(at: number): boolean {
    const flags = this.#frames[at + FLAGS];
    const layer = flags >> FLAG_BITS;
    return layer > 0 && (flags & IS_SYNC) === 0 &&
      (this.#brokenLayers & ((2 << layer) - 1)) !== 0;
  }

  /** Whether one of those after the first can be shown without it. */
  #isDispensable(): boolean {
    const first = this.#frames[this.#head * WIDTH + FLAGS] >> FLAG_BITS;
    if (first === 0) return false;
    // What has come of the layers from this one on needs it, or may.
    let needed = first;
    for (let place = 1; place < this.#count; place++) {
      const at = (this.#head + place) % PLACES * WIDTH;
      const flags = this.#frames[at + FLAGS];
      const layer = flags >> FLAG_BITS;
      if (layer === 0 || (flags & IS_SYNC) !== 0) return true;
      if (layer < needed && !this.#isBroken(at)) return true;
      needed = Math.min(needed, layer);
    }
    return false;
  }

  #locate(at: number): void {
    this.#at.timestamp = this.#frames[at + TIMESTAMP];
    this.#clock.locate(this.#at);
    this.#renderMs = this.#clock.locatedMs +
      Math.max(this.#delayMs, this.#minDelayMs);
    if (Math.abs(this.#renderMs - this.#at.nowMs) <= ABSURD_MS) return;
    this.#clock.reset();
    this.#jitter.reset();
    this.#delayMs = 0;
    this.#renderMs = this.#at.nowMs;
  }

  /** Shows the first one at its time, or at `moment` where that is earlier: nothing is shown that is yet to be. */
  #showBy(moment: { readonly nowMs: number }): void {
    if (this.#dueMs > moment.nowMs) {
      this.#dueMs = this.#hasShown
        ? Math.max(moment.nowMs, this.#shownMs)
        : moment.nowMs;
    }
    this.#showFirst();
  }

  #showFirst(): void {
    const at = this.#head * WIDTH;
    const flags = this.#frames[at + FLAGS];
    if ((flags & IS_REPAIRED) === 0) this.#learn(at);
    if ((flags & IS_KEY) !== 0) this.#brokenLayers = 0;
    this.#brokenLayers &= ~(1 << (flags >> FLAG_BITS));
    this.#jitterBufferDelayMs += Math.max(
      0,
      this.#dueMs - this.#frames[at + FIRST],
    );
    this.#emitted++;
    this.#hasShown = true;
    this.#shownTimestamp = this.#frames[at + TIMESTAMP];
    this.#at.nowMs = this.#shownMs = this.#dueMs;
    this.#rhythm.show(this.#at);
    this.#goOn();
  }

  /** The next one is the first. */
  #goOn(): void {
    this.#head = (this.#head + 1) % PLACES;
    this.#count--;
    this.#at.nowMs = this.#dueMs;
    if (this.#count > 0) this.#plan(this.#at);
  }

  /** What its arrival says of the network, and how late it is of the delay. */
  #learn(at: number): void {
    const received = this.#frames[at + RECEIVED];
    const timestamp = this.#frames[at + TIMESTAMP];
    const step = ((timestamp - this.#timestamp) | 0) / this.#ticksPerMs;
    const isFirst = !(this.#receivedMs >= 0);
    if (isFirst || step >= 0) {
      this.#arrived.variationMs = isFirst
        ? 0
        : received - this.#receivedMs - step;
      this.#arrived.takenMs = this.#dueMs;
      this.#arrived.bytes = this.#frames[at + SIZE];
      this.#receivedMs = received;
      this.#timestamp = timestamp;
      this.#jitter.take(this.#arrived);
    }
    if (this.#delayMs === 0) this.#delayMs = this.#jitter.estimateMs;
    const lateMs = this.#dueMs + WAKE_MS - (this.#renderMs - RENDER_MS);
    if (lateMs < 0) return;
    this.#delayMs = Math.min(
      this.#delayMs + lateMs,
      Math.max(this.#minDelayMs, this.#jitter.estimateMs + RENDER_MS),
    );
  }
}

function flagsOf({ isRepaired, isKey, layer }: Readonly<WholeFrame>): number {
  const tid = layer < 0 ? 0 : tidOf(layer);
  return tid << FLAG_BITS | (isRepaired ? IS_REPAIRED : 0) |
    (isKey ? IS_KEY : 0) | (layer >= 0 && (layer & 1) !== 0 ? IS_SYNC : 0);
}
