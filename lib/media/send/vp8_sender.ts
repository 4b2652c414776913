/**
 * What every outgoing VP8 track has in common, wherever its frames come from:
 * they leave packet by packet in bursts, with one timestamp and one picture
 * id each, and are kept for a while to be sent again.
 *
 * @module
 */

import { BURST_PACKETS } from "./schedule.ts";
import type { KeptPackets } from "./sent_history.ts";
import { type SenderOptions, TrackSender } from "./track_sender.ts";

/** Requests come in bursts, from every new viewer: one key frame answers those of this time. */
export const KEY_FRAME_GAP_MS = 200;

/** One outgoing VP8 track. */
export abstract class Vp8Sender extends TrackSender {
  protected pictureId: number;
  /** Packets of the current frame. */
  protected packets = 0;
  /** Pause between two of its bursts. */
  protected burstPauseMs = 0;
  /** How long it lasts, and by how much its timestamp moves the next one on. */
  protected frameMs = 0;
  protected frameStep = 0;
  #frameDueMs = NaN;
  /** Packets of the current frame that have left. */
  #position = 0;

  /** Of packets that can be sent again, so much is `kept`. */
  constructor(options: SenderOptions, kept?: KeptPackets) {
    super(options, kept);
    this.pictureId = options.firstSequence & 0x7fff;
    this.#frameDueMs = options.startMs;
  }

  /** Whether a part of the current frame has left, and a part has not. */
  get isInFrame(): boolean {
    return this.#position > 0;
  }

  /** When the next frame is due. */
  protected get nextFrameMs(): number {
    return this.#frameDueMs + this.frameMs;
  }

  /**
   * Chooses the frame that is due now: `packets`, `burstPauseMs`, `frameMs`
   * and `frameStep` are its own from here on. Returns whether it is a key frame.
   */
  protected abstract chooseFrame(): boolean;

  /** Writes the payload of the current frame's packet `index` at `at`; returns where it ends. */
  protected abstract writePayload(index: number, at: number): number;

  override resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    super.resume(startMs);
    this.frameStep = 0;
    if (this.#position > 0) this.#nextPicture();
  }

  /** What is left of the current frame keeps its timestamp. */
  protected override advance(units: number): void {
    this.frameStep += units;
  }

  override run(_nowMs: number): void {
    if (this.#position === 0) this.#beginFrame();
    const { packets } = this;
    const { sink, header } = this;
    const end = Math.min(this.#position + BURST_PACKETS, packets);
    const count = end - this.#position;
    this.stamp();
    let at = 0;
    let segment = 0;
    let bytes = 0;
    for (let i = this.#position; i < end; i++) {
      const payload = header.write(
        sink.out,
        at,
        this.sequence,
        this.timestamp,
        i === packets - 1,
      );
      const length = this.writePayload(i, payload) - at;
      bytes += length;
      const sealed = this.seal(at, length);
      if (segment === 0) segment = sealed;
      at += sealed;
      this.sequence = (this.sequence + 1) & 0xffff;
    }
    const sent = sink.send(0, at, segment);
    this.count(count, sent, bytes, bytes - count * header.length);
    if (end === packets) {
      this.#nextPicture();
      this.dueMs = this.#frameDueMs + this.frameMs;
    } else {
      this.#position = end;
      this.dueMs += this.burstPauseMs;
    }
  }

  #beginFrame(): void {
    this.#frameDueMs = this.dueMs;
    this.timestamp = (this.timestamp + this.frameStep) | 0;
    if (this.chooseFrame()) this.meter.counters.keyFramesSent++;
    this.capture();
  }

  #nextPicture(): void {
    this.#position = 0;
    this.pictureId = (this.pictureId + 1) & 0x7fff;
  }
}
