/**
 * Picture and sound of one person together, as libwebrtc keeps them: once a
 * second, whichever is shown sooner is held back for longer, in steps, until
 * they are less than 30 ms apart. Both are taken to be on their way for
 * equally long.
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

/** Keeps a video and an audio track together. */
export class LipSync {
  readonly #video: VideoPlayout;
  /** The sound. */
  readonly audio: AudioPlayout;
  #dueMs = NaN;
  #apartMs = NaN;

  constructor(video: VideoPlayout, audio: AudioPlayout) {
    this.#video = video;
    this.audio = audio;
    this.#apartMs = 0;
  }

  /** Takes a step if one is due, or nearly so: none is left out for a call that comes a little early. */
  step(nowMs: number): void {
    const lateMs = nowMs - this.#dueMs;
    if (lateMs < -ABOUT_MS) return;
    this.#dueMs = lateMs < EVERY_MS ? this.#dueMs + EVERY_MS : nowMs + EVERY_MS;
    // From NetEq to the ear sound takes about as long as, just after a packet
    // came, more of it is held back than on average.
    const apartMs = this.#video.targetDelayMs - this.audio.delayMs;
    this.#apartMs += (apartMs - this.#apartMs) / AVERAGED;
    if (Math.abs(this.#apartMs) < CLOSE_MS) return;
    const stepMs = Math.max(
      -MAX_STEP_MS,
      Math.min(MAX_STEP_MS, this.#apartMs / 2),
    );
    this.#apartMs = 0;
    if (stepMs > 0) this.#shift(this.#video, this.audio, stepMs);
    else this.#shift(this.audio, this.#video, -stepMs);
  }

  /** `late` is held back for less; where it is not held back, `early` for more. */
  #shift(
    late: { minDelayMs: number },
    early: { minDelayMs: number },
    ms: number,
  ): void {
    if (late.minDelayMs > 0) {
      late.minDelayMs = Math.max(0, late.minDelayMs - ms);
      early.minDelayMs = 0;
    } else {
      early.minDelayMs = Math.min(MAX_DELAY_MS, early.minDelayMs + ms);
    }
  }
}
