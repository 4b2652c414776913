/**
 * A synthetic VP8 track: frames of a preset's size at its rate, key frames
 * every few seconds and on request. What a decoder reads of them shows a grey
 * picture; the rest, which makes up their size, is whatever the buffer held.
 *
 * @module
 */

import { MARK_BYTES, writeMark, writeNoMark } from "../rtp/packet_mark.ts";
import { VIDEO_PACKET_DATA_BYTES, type VideoPreset } from "./presets.ts";
import { type FrameLayout, KeyFrameClock, layOutFrame } from "./schedule.ts";
import { HISTORY_PACKETS } from "./sent_history.ts";
import {
  BASE_WEIGHT,
  TemporalLayers,
  UPPER_WEIGHT,
} from "./temporal_layers.ts";
import type { SenderOptions } from "./track_sender.ts";
import {
  VP8_KEY_HEADER_BYTES,
  writeVp8Descriptor,
  writeVp8LayerDescriptor,
} from "../payload/vp8.ts";
import {
  type FrameHead,
  headBytes,
  type StillFrames,
  stillFrames,
} from "./still_frames.ts";
import { KEY_FRAME_GAP_MS, Vp8Sender } from "./vp8_sender.ts";

/** A packet has room for a key frame's header and a mark. */
const MIN_DATA_BYTES = VP8_KEY_HEADER_BYTES + MARK_BYTES;

/** The frames of a preset. */
interface Layouts {
  readonly key: FrameLayout;
  readonly base: FrameLayout;
  /** Of frames that are not of the base layer in time. */
  readonly upper: FrameLayout;
  readonly heads: StillFrames;
}

/** How a track is layered. */
export interface VideoLayering {
  /** Whether it is one layer of several. @default {false} */
  readonly isLayer?: boolean;
  /** Whether such a one has layers in time itself. @default {false} */
  readonly isLayeredInTime?: boolean | undefined;
}

/** Sends synthetic VP8. */
export class VideoSender extends Vp8Sender {
  #preset: VideoPreset;
  #keyFrames: KeyFrameClock;
  #layouts: Layouts;
  #layout: FrameLayout;
  #head: FrameHead;
  #isKey = false;
  /** Packets that were given a mark. */
  #marked = 0;
  readonly #isLayer: boolean;
  /** Its layers in time; `undefined` where it has one. */
  readonly #temporal: TemporalLayers | undefined;

  /**
   * One layer of several says in its descriptors what an SFU must know to go
   * from one to another. It has no marks: who receives now one layer, now
   * another, could not make anything of them.
   */
  constructor(
    options: SenderOptions,
    preset: VideoPreset,
    { isLayer = false, isLayeredInTime = false }: VideoLayering = {},
  ) {
    super(options, isLayer ? { packets: historyOf(preset) } : undefined);
    this.#isLayer = isLayer;
    this.#temporal = isLayer && isLayeredInTime
      ? new TemporalLayers()
      : undefined;
    this.#preset = preset;
    this.#layouts = this.#layOut();
    this.#layout = this.#layouts.key;
    this.#head = this.#layouts.heads.key;
    this.#keyFrames = keyFrameClock(preset);
  }

  /** Changes quality with the next frame, which will be a key frame. */
  setPreset(preset: VideoPreset): void {
    this.#preset = preset;
    this.#layouts = this.#layOut();
    this.#keyFrames = keyFrameClock(preset);
  }

  /** Takes picture and timestamp of another layer, both between two frames. */
  follow(leader: VideoSender): void {
    this.timestamp = leader.timestamp;
    this.pictureId = leader.pictureId;
  }

  override askKeyFrame(): void {
    this.#keyFrames.ask();
  }

  override resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    super.resume(startMs);
    this.#keyFrames = keyFrameClock(this.#preset);
  }

  protected override chooseFrame(): boolean {
    this.#isKey = this.#keyFrames.next();
    const temporal = this.#temporal;
    temporal?.next(this.#isKey);
    const { key, base, upper, heads } = this.#layouts;
    const isBase = temporal === undefined || temporal.isBase;
    const layout = this.#layout = this.#isKey ? key : isBase ? base : upper;
    this.#head = this.#isKey
      ? heads.key
      : isBase
      ? heads.last
      : temporal.isTop
      ? heads.none
      : heads.golden;
    this.packets = layout.packets;
    this.burstPauseMs = layout.burstPauseMs;
    this.frameStep = this.clockRateHz / this.#preset.fps;
    this.frameMs = 1000 / this.#preset.fps;
    return this.#isKey;
  }

  protected override writePayload(index: number, at: number): number {
    const { out } = this.sink;
    const { packets, fullBytes, lastBytes } = this.#layout;
    const isFirst = index === 0;
    const start = this.#isLayer
      ? writeVp8LayerDescriptor(
        out,
        at,
        isFirst,
        this.pictureId,
        this.#temporal?.baseIndex ?? this.pictureId,
        this.#temporal?.bits ?? 0,
      )
      : writeVp8Descriptor(out, at, isFirst, this.pictureId);
    const end = start + (index === packets - 1 ? lastBytes : fullBytes);
    let markAt = start;
    if (index < this.#head.length) {
      const part = this.#head[index];
      out.set(part, start);
      markAt += part.length;
    }
    if (!this.#isLayer) writeMark(out, end, this.#marked++);
    else if (markAt + MARK_BYTES <= end) writeNoMark(out, end);
    return end;
  }

  #layOut(): Layouts {
    const { width, height, fps, keyFrameBytes, interFrameBytes } = this.#preset;
    const heads = stillFrames(width, height);
    const lay = (bytes: number, head: FrameHead) =>
      layOutFrame(
        Math.max(Math.round(bytes), headBytes(head) + MARK_BYTES),
        VIDEO_PACKET_DATA_BYTES,
        MIN_DATA_BYTES,
        1000 / fps,
      );
    const [base, upper] = this.#temporal === undefined
      ? [1, 1]
      : [BASE_WEIGHT, UPPER_WEIGHT];
    return {
      key: lay(keyFrameBytes, heads.key),
      base: lay(interFrameBytes * base, heads.last),
      upper: lay(interFrameBytes * upper, heads.none),
      heads,
    };
  }
}

/** Two seconds of a layer, whose bit rate is always the same: small ones need little memory. */
function historyOf({ packetsPerSecond }: VideoPreset): number {
  const packets = 2 ** Math.ceil(Math.log2(2 * packetsPerSecond));
  return Math.min(packets, HISTORY_PACKETS);
}

function keyFrameClock(preset: VideoPreset): KeyFrameClock {
  const frames = (ms: number) => Math.round(ms * preset.fps / 1000);
  return new KeyFrameClock(
    frames(preset.keyFrameIntervalMs),
    Math.max(1, frames(KEY_FRAME_GAP_MS)),
  );
}
