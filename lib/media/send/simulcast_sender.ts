/**
 * A VP8 track in several layers (simulcast): the same picture in different
 * sizes, each a stream with an SSRC of its own. The layers of a picture have
 * one timestamp, one picture id and one capture time, and all are key frames
 * or none is, so an SFU can go from one layer to another at any of them.
 *
 * They leave one after another, the smallest first: their bursts do not add
 * up to one, and where an SFU changes layers the frame before is complete.
 *
 * @module
 */

import type { VideoPreset } from "./presets.ts";
import { BURST_PAUSE_MS } from "./schedule.ts";
import type { SenderOptions, TrackSender } from "./track_sender.ts";
import { VideoSender } from "./video_sender.ts";

/** Sends synthetic VP8 in layers. A task for a reactor, as any sender. */
export class SimulcastSender {
  /** When the next packets are due; `Infinity` while paused. */
  dueMs: number;
  heapIndex = -1;
  /** Told what `run` threw. */
  onError: ((error: unknown) => void) | undefined;
  readonly #layers: readonly VideoSender[];
  /** Whose turn it is. */
  #turn = 0;
  #wantsKey = false;
  #presets: readonly VideoPreset[] | undefined;

  /**
   * `optionsOf` gives the options of each layer's stream, and `presets` what
   * goes out in it, the smallest first; start, first timestamp and capture are
   * those of the first one for all. Each may have layers in time besides.
   */
  constructor(
    optionsOf: readonly SenderOptions[],
    presets: readonly VideoPreset[],
    isLayeredInTime = false,
  ) {
    const [{ startMs, firstTimestamp }] = optionsOf;
    this.#layers = optionsOf.map((options, i) =>
      new VideoSender(
        {
          ...options,
          firstTimestamp,
          startMs: startMs + i * BURST_PAUSE_MS,
          captureLeadMs: i * BURST_PAUSE_MS,
        },
        presets[i],
        { isLayer: true, isLayeredInTime },
      )
    );
    this.#align();
    this.dueMs = startMs;
  }

  /** Its layers, the smallest first. */
  get streams(): readonly TrackSender[] {
    return this.#layers;
  }

  /** Changes what goes out in each layer with the next picture, which will be a key frame. */
  setPresets(presets: readonly VideoPreset[]): void {
    this.#presets = presets;
  }

  /** Asks for a key frame, in all layers. */
  askKeyFrame(): void {
    this.#wantsKey = true;
  }

  /** Sends nothing from now on. The task must be cancelled. */
  pause(): void {
    for (const layer of this.#layers) layer.pause();
    this.dueMs = Infinity;
  }

  /** Goes on at `startMs`, or when the next picture was due if that is later. The task must be scheduled again. */
  resume(startMs: number): void {
    if (this.dueMs !== Infinity) return;
    const [first, ...others] = this.#layers;
    first.resume(startMs);
    for (const [i, layer] of others.entries()) {
      layer.resume(first.dueMs + (i + 1) * BURST_PAUSE_MS);
    }
    this.#align();
    this.#turn = 0;
    this.dueMs = first.dueMs;
  }

  /** The thread stood still; see {@linkcode TrackSender.onStandstill}. */
  onStandstill(ms: number): void {
    for (const layer of this.#layers) layer.onStandstill(ms);
    this.askKeyFrame();
  }

  /** Sends what is due of the layer whose turn it is, and moves `dueMs` on. */
  run(nowMs: number): void {
    const layer = this.#layers[this.#turn];
    if (this.#turn === 0 && !layer.isInFrame) this.#beginPicture();
    layer.run(nowMs);
    if (!layer.isInFrame) this.#turn = (this.#turn + 1) % this.#layers.length;
    this.dueMs = this.#layers[this.#turn].dueMs;
  }

  /** What concerns all layers happens between two pictures. */
  #beginPicture(): void {
    const presets = this.#presets;
    if (presets !== undefined) {
      this.#presets = undefined;
      for (const [i, layer] of this.#layers.entries()) {
        layer.setPreset(presets[i]);
      }
    }
    if (!this.#wantsKey) return;
    this.#wantsKey = false;
    for (const layer of this.#layers) layer.askKeyFrame();
  }

  #align(): void {
    const [first, ...others] = this.#layers;
    for (const layer of others) layer.follow(first);
  }
}
