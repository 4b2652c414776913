/**
 * A VP8 track: frames of a preset's size at its rate, key frames every few
 * seconds and on request. Only descriptors and frame headers are VP8; the
 * rest is whatever the buffer held, which no SFU looks at.
 *
 * @module
 */

import { MARK_BYTES, writeMark, writeNoMark } from "./packet_mark.ts";
import { VIDEO_PACKET_DATA_BYTES, type VideoPreset } from "./presets.ts";
import {
  BURST_PACKETS,
  type FrameLayout,
  KeyFrameClock,
  layOutFrame,
} from "./schedule.ts";
import { HISTORY_PACKETS, SentHistory } from "./sent_history.ts";
import { type SenderOptions, TrackSender } from "./track_sender.ts";
import {
  VP8_KEY_HEADER_BYTES,
  writeVp8Descriptor,
  writeVp8InterHeader,
  writeVp8KeyHeader,
  writeVp8LayerDescriptor,
} from "./vp8.ts";

/** A packet has room for a key frame's header and a mark. */
const LEAST_DATA_BYTES = VP8_KEY_HEADER_BYTES + MARK_BYTES;
/** Requests come in bursts, from every new viewer: one key frame answers those of this time. */
export const KEY_FRAME_GAP_MS = 200;

/** Sends synthetic VP8. */
export class VideoSender extends TrackSender {
  #preset: VideoPreset;
  readonly #history: SentHistory | undefined;
  #keyFrames: KeyFrameClock;
  #keyLayout: FrameLayout;
  #interLayout: FrameLayout;
  #layout: FrameLayout;
  #isKey = false;
  #pictureId: number;
  #frameDueMs: number;
  /** How long the current frame lasts, and by how much its timestamp moves the next one on. */
  #frameMs = 0;
  #frameStep = 0;
  /** Packets of the current frame that have left. */
  #position = 0;
  readonly #isLayer: boolean;

  /**
   * One layer of several says in its descriptors what an SFU must know to go
   * from one to another. It has no marks: who receives now one layer, now
   * another, could not make anything of them.
   */
  constructor(options: SenderOptions, preset: VideoPreset, isLayer = false) {
    super(options);
    this.#isLayer = isLayer;
    this.#history = options.repairs
      ? new SentHistory(isLayer ? historyOf(preset) : HISTORY_PACKETS)
      : undefined;
    this.#preset = preset;
    this.#pictureId = options.firstSequence & 0x7fff;
    this.#frameDueMs = options.startMs;
    [this.#keyLayout, this.#interLayout] = layOut(preset);
    this.#layout = this.#keyLayout;
    this.#keyFrames = keyFrameClock(preset);
  }

  /** Changes quality with the next frame, which will be a key frame. */
  setPreset(preset: VideoPreset): void {
    this.#preset = preset;
    [this.#keyLayout, this.#interLayout] = layOut(preset);
    this.#keyFrames = keyFrameClock(preset);
  }

  /** Whether a part of the current frame has left, and a part has not. */
  get isInFrame(): boolean {
    return this.#position > 0;
  }

  /** Takes picture and timestamp of another layer, both between two frames. */
  follow(leader: VideoSender): void {
    this.timestamp = leader.timestamp;
    this.#pictureId = leader.#pictureId;
  }

  override resend(sequence: number): boolean {
    const { sink } = this.options;
    const length = this.#history?.copy(sequence, sink.out) ?? 0;
    return length > 0 && sink.send(0, length, length) === 1;
  }

  override askKeyFrame(): void {
    this.#keyFrames.ask();
  }

  override resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    super.resume(startMs);
    this.#frameStep = 0;
    if (this.#position > 0) this.#nextPicture();
    this.#keyFrames = keyFrameClock(this.#preset);
  }

  override run(_nowMs: number): void {
    if (this.#position === 0) this.#beginFrame();
    const layout = this.#layout;
    const { sink, header } = this.options;
    const dueMs = this.dueMs;
    const end = Math.min(this.#position + BURST_PACKETS, layout.packets);
    const count = end - this.#position;
    let at = 0;
    let segment = 0;
    let bytes = 0;
    for (let i = this.#position; i < end; i++) {
      const isLast = i === layout.packets - 1;
      const data = isLast ? layout.lastBytes : layout.fullBytes;
      const payload = header.write(
        sink.out,
        at,
        this.sequence,
        this.timestamp,
        isLast,
      );
      const { out } = sink;
      const start = this.#isLayer
        ? writeVp8LayerDescriptor(out, payload, i === 0, this.#pictureId)
        : writeVp8Descriptor(out, payload, i === 0, this.#pictureId);
      if (i === 0) this.#writeFrameHeader(start);
      if (this.#isLayer) writeNoMark(out, start + data);
      else {
        writeMark(
          out,
          start + data,
          this.packetsPlanned + i - this.#position,
        );
      }
      const length = start + data - at;
      bytes += length;
      const sealed = sink.protectRtp(at, length);
      this.#history?.keep(this.sequence, sink.out, at, sealed);
      if (segment === 0) segment = sealed;
      at += sealed;
      this.sequence = (this.sequence + 1) & 0xffff;
    }
    const sent = sink.send(0, at, segment);
    if (end === layout.packets) {
      this.#nextPicture();
      this.dueMs = this.#frameDueMs + this.#frameMs;
    } else {
      this.#position = end;
      this.dueMs = dueMs + layout.burstPauseMs;
    }
    this.count(dueMs, count, sent, bytes, bytes - count * header.length);
  }

  #beginFrame(): void {
    this.#isKey = this.#keyFrames.next();
    this.#layout = this.#isKey ? this.#keyLayout : this.#interLayout;
    if (this.#isKey) this.options.meter.counters.keyFramesSent++;
    this.#frameDueMs = this.dueMs;
    this.timestamp = (this.timestamp + this.#frameStep) | 0;
    this.#frameStep = this.clockRateHz / this.#preset.fps;
    this.#frameMs = 1000 / this.#preset.fps;
    this.capture(this.dueMs);
  }

  #nextPicture(): void {
    this.#position = 0;
    this.#pictureId = (this.#pictureId + 1) & 0x7fff;
  }

  #writeFrameHeader(at: number): void {
    const { out } = this.options.sink;
    const { width, height } = this.#preset;
    if (this.#isKey) writeVp8KeyHeader(out, at, width, height);
    else writeVp8InterHeader(out, at);
  }
}

/** Two seconds of a layer, whose bit rate is always the same: small ones need little memory. */
function historyOf({ packetsPerSecond }: VideoPreset): number {
  const packets = 2 ** Math.ceil(Math.log2(2 * packetsPerSecond));
  return Math.min(packets, HISTORY_PACKETS);
}

function layOut(preset: VideoPreset): [key: FrameLayout, inter: FrameLayout] {
  const lay = (bytes: number) =>
    layOutFrame(
      bytes,
      VIDEO_PACKET_DATA_BYTES,
      LEAST_DATA_BYTES,
      1000 / preset.fps,
    );
  return [lay(preset.keyFrameBytes), lay(preset.interFrameBytes)];
}

function keyFrameClock(preset: VideoPreset): KeyFrameClock {
  const frames = (ms: number) => Math.round(ms * preset.fps / 1000);
  return new KeyFrameClock(
    frames(preset.keyFrameIntervalMs),
    Math.max(1, frames(KEY_FRAME_GAP_MS)),
  );
}
