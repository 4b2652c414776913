/**
 * An Opus track: one packet every 20 ms. The content is no sound; the SFU
 * does not look at it.
 *
 * @module
 */

import { MARK_BYTES, writeMark } from "../rtp/packet_mark.ts";
import { AUDIO_PRESET, type AudioPreset, KEPT_AUDIO } from "./presets.ts";
import { type SenderOptions, TrackSender } from "./track_sender.ts";

const FILLER = 0xaa;

/** Sends synthetic Opus. */
export class AudioSender extends TrackSender {
  readonly #preset: AudioPreset;
  readonly #intervalMs: number;

  constructor(options: SenderOptions, preset: AudioPreset = AUDIO_PRESET) {
    super(options, KEPT_AUDIO);
    this.#preset = preset;
    this.#intervalMs = 1000 / preset.packetsPerSecond;
  }

  override run(_nowMs: number): void {
    const { sink, header } = this;
    const { payloadBytes, timestampStep } = this.#preset;
    this.capture();
    this.stamp();
    const start = header.write(
      sink.out,
      0,
      this.sequence,
      this.timestamp,
      this.packetsPlanned === 0,
    );
    const end = start + payloadBytes;
    sink.out.fill(FILLER, start, end - MARK_BYTES);
    writeMark(sink.out, end, this.packetsPlanned);
    const length = this.seal(0, end);
    const sent = sink.send(0, length, length);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + timestampStep) | 0;
    this.count(1, sent, end, payloadBytes);
    this.dueMs += this.#intervalMs;
  }
}
