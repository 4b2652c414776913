/**
 * Picture and sound of one person together, as libwebrtc keeps them: once a
 * second, whichever is shown sooner is held back for longer, in steps, until
 * they are less than 30 ms apart. So where they come to rest depends on what
 * went before: the picture stays held back for a sound that was late once.
 * Both are taken to be on their way for equally long.
 *
 * @module
 */

import type { AudioPlayout } from "./audio_playout.ts";
import type { VideoPlayout } from "./video_playout.ts";

/** Between two steps; who calls for them does so about as often. */
const EVERY_MS = 1000;
const ABOUT_MS = 100;
const CLOSE_MS = 30;
const MAX_STEP_MS = 80;
const MAX_DELAY_MS = 10_000;
/** What is compared is the average of about so many. */
const AVERAGED = 4;
/** From NetEq to the ear, beyond how much more of sound is held back just after a packet came than on average. */
const SOUND_CARD_MS = 15;

/** Keeps a video and an audio track together. */
export class LipSync {
  readonly #video: VideoPlayout;
  /** The sound. */
  readonly audio: AudioPlayout;
  readonly #picture: Held;
  readonly #sound: Held;
  #dueMs = NaN;
  #apartMs = NaN;

  constructor(video: VideoPlayout, audio: AudioPlayout) {
    this.#video = video;
    this.audio = audio;
    this.#picture = new Held(video);
    this.#sound = new Held(audio);
    this.#apartMs = 0;
  }

  /** Takes a step if one is due, or nearly so: none is left out for a call that comes a little early. */
  step(nowMs: number): void {
    const lateMs = nowMs - this.#dueMs;
    if (lateMs < -ABOUT_MS) return;
    this.#dueMs = lateMs < EVERY_MS ? this.#dueMs + EVERY_MS : nowMs + EVERY_MS;
    const apartMs = this.#video.targetDelayMs - this.audio.delayMs -
      SOUND_CARD_MS;
    // In whole milliseconds: what is only just too far apart never gets there.
    this.#apartMs = Math.trunc(
      (this.#apartMs * (AVERAGED - 1) + Math.trunc(apartMs)) / AVERAGED,
    );
    if (Math.abs(this.#apartMs) < CLOSE_MS) return;
    const stepMs = Math.max(
      -MAX_STEP_MS,
      Math.min(MAX_STEP_MS, this.#apartMs / 2),
    );
    this.#apartMs = 0;
    if (stepMs > 0) shift(this.#picture, this.#sound, stepMs);
    else shift(this.#sound, this.#picture, -stepMs);
  }
}

/** One of the two, and for how long it is held back for the other's sake. */
class Held {
  extraMs = 0;
  readonly #track: { minDelayMs: number };

  constructor(track: { minDelayMs: number }) {
    this.#track = track;
  }

  /** As libwebrtc does: what need not be held back any more goes on as it was last. */
  apply(): void {
    if (this.extraMs > 0) this.#track.minDelayMs = this.extraMs;
  }
}

/** `late` is held back for less; where it is not held back, `early` for more. */
function shift(late: Held, early: Held, ms: number): void {
  if (late.extraMs > 0) {
    late.extraMs = Math.max(0, late.extraMs - ms);
    early.extraMs = 0;
  } else {
    early.extraMs = Math.min(MAX_DELAY_MS, early.extraMs + ms);
  }
  late.apply();
  early.apply();
}
