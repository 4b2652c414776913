/**
 * An Opus track out of a file: its packets over and over, with timestamps
 * that go on, over gaps in the sound too. Its header says how loud it is: one
 * level for sound, and silence for packets in which the encoder left nothing to
 * hear. What the video of the same clip leaves out, it leaves out as well.
 *
 * The payloads have no mark: what was sent is known by sequence numbers.
 *
 * @module
 */

import type { AudioPacket } from "../../clip/mod.ts";
import { AUDIO_UNITS_PER_SEC } from "../../clip/mod.ts";
import type { PacketizedAudio } from "./packetize.ts";
import { KEPT_AUDIO } from "./presets.ts";
import { SILENT_LEVEL, SPEECH_LEVEL } from "../rtp/rtp_header.ts";
import { type SenderOptions, TrackSender } from "./track_sender.ts";

const UNITS_PER_MS = AUDIO_UNITS_PER_SEC / 1000;

/** The video of a clip, which jumps to key frames. */
export interface ClipLeader {
  /** How much it has left out so far, in milliseconds. */
  readonly skippedMs: number;
}

/** Sends a clip's audio. */
export class ClipAudioSender extends TrackSender {
  readonly #packets: readonly AudioPacket[];
  #next = 0;
  /** The packet before it ended a stretch of sound. */
  #isAfterGap = true;
  #leader: ClipLeader | undefined;
  /** How much was left out so far, in milliseconds. */
  #skippedMs = 0;

  constructor(options: SenderOptions, { packets, startMs }: PacketizedAudio) {
    super({ ...options, startMs: options.startMs + startMs }, KEPT_AUDIO);
    this.#packets = packets;
  }

  /** Leaves out from now on what the video of the same clip does. */
  follow(leader: ClipLeader): void {
    this.#leader = leader;
    this.#skippedMs += leader.skippedMs;
  }

  override resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    super.resume(startMs);
    // Its place in the clip went on meanwhile.
    this.#skippedMs -= this.pausedForMs;
  }

  override run(_nowMs: number): void {
    const { sink, header } = this;
    this.#catchUp();
    const { data, units, sounds, isBeforeGap } = this.#packets[this.#next];
    this.#advance();
    this.capture();
    this.stamp();
    header.setAudioLevel(sounds ? SPEECH_LEVEL : SILENT_LEVEL);
    const start = header.write(
      sink.out,
      0,
      this.sequence,
      this.timestamp,
      this.#isAfterGap,
    );
    this.#isAfterGap = isBeforeGap === true;
    sink.out.set(data, start);
    const end = start + data.length;
    const length = this.seal(0, end);
    const sent = sink.send(0, length, length);
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp = (this.timestamp + units) | 0;
    this.count(1, sent, end, data.length);
    this.dueMs += units / UNITS_PER_MS;
  }

  /** Goes past what is left out, as far as whole packets go. */
  #catchUp(): void {
    let aheadMs = (this.#leader?.skippedMs ?? 0) - this.#skippedMs;
    for (;;) {
      const ms = this.#packets[this.#next].units / UNITS_PER_MS;
      if (aheadMs < ms) return;
      aheadMs -= ms;
      this.#skippedMs += ms;
      this.#advance();
    }
  }

  #advance(): void {
    this.#next = this.#next + 1 < this.#packets.length ? this.#next + 1 : 0;
  }
}
