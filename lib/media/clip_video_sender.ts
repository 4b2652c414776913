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
import { BURST_PACKETS } from "./schedule.ts";
import { SentHistory } from "./sent_history.ts";
import { type SenderOptions, TrackSender } from "./track_sender.ts";
import { KEY_FRAME_GAP_MS } from "./video_sender.ts";
import { writeVp8Descriptor } from "./vp8.ts";

/** Sends a clip's video. */
export class ClipVideoSender extends TrackSender {
  readonly #frames: readonly PacketizedFrame[];
  readonly #history: SentHistory | undefined;
  #frame: PacketizedFrame;
  #next = 0;
  #wantsKey = false;
  #lastKeyMs = -Infinity;
  #pictureId: number;
  #frameDueMs: number;
  /** By how much the current frame's timestamp moves the next one on. */
  #frameStep = 0;
  /** Packets of the current frame that have left. */
  #position = 0;

  constructor(options: SenderOptions, { frames }: PacketizedVideo) {
    super(options);
    this.#frames = frames;
    this.#frame = frames[0];
    this.#history = options.repairs ? new SentHistory() : undefined;
    this.#pictureId = options.firstSequence & 0x7fff;
    this.#frameDueMs = options.startMs;
  }

  override resend(sequence: number): boolean {
    const { sink } = this.options;
    const length = this.#history?.copy(sequence, sink.out) ?? 0;
    return length > 0 && sink.send(0, length, length) === 1;
  }

  override askKeyFrame(): void {
    this.#wantsKey = true;
  }

  override resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    super.resume(startMs);
    this.#frameStep = 0;
    if (this.#position > 0) this.#nextPicture();
    this.#wantsKey = true;
    this.#lastKeyMs = -Infinity;
  }

  override run(_nowMs: number): void {
    if (this.#position === 0) this.#beginFrame();
    const { parts } = this.#frame;
    const { sink, header } = this.options;
    const dueMs = this.dueMs;
    const end = Math.min(this.#position + BURST_PACKETS, parts.length);
    const count = end - this.#position;
    let at = 0;
    let segment = 0;
    let bytes = 0;
    for (let i = this.#position; i < end; i++) {
      const part = parts[i];
      const payload = header.write(
        sink.out,
        at,
        this.sequence,
        this.timestamp,
        i === parts.length - 1,
      );
      const start = writeVp8Descriptor(
        sink.out,
        payload,
        i === 0,
        this.#pictureId,
      );
      sink.out.set(part, start);
      const length = start + part.length - at;
      bytes += length;
      const sealed = sink.protectRtp(at, length);
      this.#history?.keep(this.sequence, sink.out, at, sealed);
      if (segment === 0) segment = sealed;
      at += sealed;
      this.sequence = (this.sequence + 1) & 0xffff;
    }
    const sent = sink.send(0, at, segment);
    if (end === parts.length) {
      this.#nextPicture();
      this.dueMs = this.#frameDueMs + this.#frame.ms;
    } else {
      this.#position = end;
      this.dueMs = dueMs + this.#frame.burstPauseMs;
    }
    this.count(dueMs, count, sent, bytes, bytes - count * header.length);
  }

  #beginFrame(): void {
    let next = this.#next;
    if (this.#wantsKey && this.dueMs - this.#lastKeyMs >= KEY_FRAME_GAP_MS) {
      next = this.#frames[next].nextKey;
    }
    const frame = this.#frame = this.#frames[next];
    this.#next = next + 1 < this.#frames.length ? next + 1 : 0;
    if (frame.isKey) {
      this.#wantsKey = false;
      this.#lastKeyMs = this.dueMs;
      this.options.meter.counters.keyFramesSent++;
    }
    this.#frameDueMs = this.dueMs;
    this.timestamp = (this.timestamp + this.#frameStep) | 0;
    this.#frameStep = frame.units;
    this.capture(this.dueMs);
  }

  #nextPicture(): void {
    this.#position = 0;
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
  }
}
