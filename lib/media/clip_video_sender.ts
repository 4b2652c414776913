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
import { writeVp8Descriptor } from "./vp8.ts";
import { KEY_FRAME_GAP_MS, Vp8Sender } from "./vp8_sender.ts";

/** Sends a clip's video. */
export class ClipVideoSender extends Vp8Sender {
  readonly #frames: readonly PacketizedFrame[];
  #frame: PacketizedFrame;
  #next = 0;
  #wantsKey = false;
  #lastKeyMs = -Infinity;

  constructor(options: SenderOptions, { frames }: PacketizedVideo) {
    super(options);
    this.#frames = frames;
    this.#frame = frames[0];
  }

  override askKeyFrame(): void {
    this.#wantsKey = true;
  }

  override resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    super.resume(startMs);
    this.#wantsKey = true;
    this.#lastKeyMs = -Infinity;
  }

  protected override chooseFrame(): boolean {
    let next = this.#next;
    if (this.#wantsKey && this.dueMs - this.#lastKeyMs >= KEY_FRAME_GAP_MS) {
      next = this.#frames[next].nextKey;
    }
    const frame = this.#frame = this.#frames[next];
    this.#next = next + 1 < this.#frames.length ? next + 1 : 0;
    this.packets = frame.parts.length;
    this.burstPauseMs = frame.burstPauseMs;
    this.frameMs = frame.ms;
    this.frameStep = frame.units;
    if (!frame.isKey) return false;
    this.#wantsKey = false;
    this.#lastKeyMs = this.dueMs;
    return true;
  }

  protected override writePayload(index: number, at: number): number {
    const { out } = this.options.sink;
    const part = this.#frame.parts[index];
    const start = writeVp8Descriptor(out, at, index === 0, this.pictureId);
    out.set(part, start);
    return start + part.length;
  }
}
