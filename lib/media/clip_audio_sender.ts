/**
 * An Opus track out of a file: its packets over and over, with timestamps
 * that go on. Its header says how loud it is: one level for sound, and
 * silence for packets in which the encoder left nothing to hear.
 *
 * The payloads have no mark: what was sent is known by sequence numbers.
 *
 * @module
 */

import type { AudioPacket } from "../clip/mod.ts";
import { AUDIO_UNITS_PER_SEC } from "../clip/mod.ts";
import type { PacketizedAudio } from "./packetize.ts";
import { SILENT_LEVEL, SPEECH_LEVEL } from "./rtp_header.ts";
import { type SenderOptions, TrackSender } from "./track_sender.ts";

const UNITS_PER_MS = AUDIO_UNITS_PER_SEC / 1000;

/** Sends a clip's audio. */
export class ClipAudioSender extends TrackSender {
  readonly #packets: readonly AudioPacket[];
  #next = 0;

  constructor(options: SenderOptions, { packets }: PacketizedAudio) {
    super(options);
    this.#packets = packets;
  }

  override run(_nowMs: number): void {
    const { sink, header } = this.options;
    const dueMs = this.dueMs;
    const { data, units, sounds } = this.#packets[this.#next];
    this.#next = this.#next + 1 < this.#packets.length ? this.#next + 1 : 0;
    this.capture(dueMs);
    header.setAudioLevel(sounds ? SPEECH_LEVEL : SILENT_LEVEL);
    const start = header.write(
      sink.out,
      0,
      this.sequence,
      this.timestamp,
      this.packetsPlanned === 0,
    );
    sink.out.set(data, start);
    const end = start + data.length;
    const length = sink.protectRtp(0, end);
    const sent = sink.send(0, length, length);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + units) | 0;
    this.dueMs = dueMs + units / UNITS_PER_MS;
    this.count(dueMs, 1, sent, end, data.length);
  }
}
