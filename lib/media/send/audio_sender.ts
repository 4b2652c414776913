/**
 * An Opus track: one packet every 20 ms, of any size, in which there is
 * nothing to hear.
 *
 * @module
 */

import { opusSilence } from "../payload/opus_silence.ts";
import { writeMark } from "../rtp/packet_mark.ts";
import { AUDIO_PRESET, type AudioPreset, KEPT_AUDIO } from "./presets.ts";
import { type SenderOptions, TrackSender } from "./track_sender.ts";

/** Sends synthetic Opus. */
export class AudioSender extends TrackSender {
  readonly #preset: AudioPreset;
  readonly #intervalMs: number;
  /** What every packet begins with. */
  readonly #head: Uint8Array;

  constructor(options: SenderOptions, preset: AudioPreset = AUDIO_PRESET) {
    super(options, KEPT_AUDIO);
    this.#preset = preset;
    this.#intervalMs = 1000 / preset.packetsPerSecond;
    this.#head = opusSilence(preset.payloadBytes);
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
    sink.out.set(this.#head, start);
    writeMark(sink.out, end, this.packetsPlanned);
    const length = this.seal(0, end);
    const sent = sink.send(0, length, length);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + timestampStep) | 0;
    this.count(1, sent, end, payloadBytes);
    this.dueMs += this.#intervalMs;
  }
}
