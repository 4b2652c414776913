/**
 * A VP8 track out of a file: its frames over and over, with timestamps and
 * picture ids that go on. A file cannot be asked for a key frame; where one
 * is wanted, the track jumps to the next that there is, so a viewer waits no
 * longer than for a camera's.
 *
 * The payloads have no mark: what was sent is known by sequence numbers.
 *
 * @module
 */

import type { PacketizedFrame, PacketizedVideo } from "./packetize.ts";
import type { SenderOptions } from "./track_sender.ts";
import { writeVp8Descriptor } from "../payload/vp8.ts";
import { KEY_FRAME_GAP_MS, Vp8Sender } from "./vp8_sender.ts";

/** Sends a clip's video. */
export class ClipVideoSender extends Vp8Sender {
  readonly #frames: readonly PacketizedFrame[];
  #frame: PacketizedFrame;
  #next = 0;
  #wantsKey = false;
  #lastKeyMs = -Infinity;
  /** How much was left out so far, in milliseconds: pauses, and what lay before key frames. */
  skippedMs = 0;
  /** How much of a pause the clip has not gone on by yet. */
  #behindMs = 0;

  constructor(options: SenderOptions, { frames, startMs }: PacketizedVideo) {
    super({ ...options, startMs: options.startMs + startMs });
    this.#frames = frames;
    this.#frame = frames[0];
  }

  override askKeyFrame(): void {
    this.#wantsKey = true;
  }

  override resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    const { isInFrame, nextFrameMs } = this;
    super.resume(startMs);
    // What was left of a frame is not sent any more.
    this.#behindMs += isInFrame ? this.dueMs - nextFrameMs : this.pausedForMs;
    this.#wantsKey = true;
    this.#lastKeyMs = -Infinity;
  }

  protected override chooseFrame(): boolean {
    if (this.#behindMs > 0) this.#catchUp();
    if (this.#wantsKey && this.dueMs - this.#lastKeyMs >= KEY_FRAME_GAP_MS) {
      const { nextKey } = this.#frames[this.#next];
      while (this.#next !== nextKey) this.skippedMs += this.#advance();
    }
    const frame = this.#frame = this.#frames[this.#next];
    this.#advance();
    this.packets = frame.parts.length;
    this.burstPauseMs = frame.burstPauseMs;
    this.frameMs = frame.ms;
    this.frameStep = frame.units;
    if (!frame.isKey) return false;
    this.#wantsKey = false;
    this.#lastKeyMs = this.dueMs;
    return true;
  }

  /** Goes on by the time of a pause, as far as whole frames go: only a key frame can follow. */
  #catchUp(): void {
    for (;;) {
      const { ms } = this.#frames[this.#next];
      if (this.#behindMs < ms) return;
      this.#behindMs -= ms;
      this.#advance();
    }
  }

  /** Goes to the next frame; returns how long the one before it lasts, in milliseconds. */
  #advance(): number {
    const { ms } = this.#frames[this.#next];
    this.#next = this.#next + 1 < this.#frames.length ? this.#next + 1 : 0;
    return ms;
  }

  protected override writePayload(index: number, at: number): number {
    const { out } = this.sink;
    const part = this.#frame.parts[index];
    const start = writeVp8Descriptor(out, at, index === 0, this.pictureId);
    out.set(part, start);
    return start + part.length;
  }
}
