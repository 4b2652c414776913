/**
 * Which frames of a video in layers a decoder has all it needs for, told by
 * their picture ids, the counter of base frames (TL0PICIDX), the layer in time
 * and the sync flag (RFC 7741 section 4.2), as libwebrtc tells it: a base frame
 * needs the one before it, a frame with the sync flag needs its base, and any
 * other the last frame of each layer up to its own, with nothing missing since.
 *
 * @module
 */

/** Layers there can be. */
const LAYERS = 4;
const NONE = -1;
/** It came, and no decoder could take it any more. */
const UNDECODABLE = -2;

/** Where a stream is. */
export class TemporalReferences {
  /** TL0PICIDX of the last base frame; -1 before any. */
  base = NONE;
  /** The picture id of the last frame of each layer. */
  readonly #last = new Int32Array(LAYERS).fill(NONE);
  #id = NONE;
  /** The last picture id that is missing. */
  #missing = NONE;

  /** As another one is. */
  copy(other: TemporalReferences): void {
    this.base = other.base;
    this.#last.set(other.#last);
    this.#id = other.#id;
    this.#missing = other.#missing;
  }

  /**
   * Whether the next frame that came can be decoded: its `layer` is as
   * `vp8Layer` tells it, its picture id has 15 bits. It is there for those
   * after it then.
   */
  take(layer: number, id: number, isKey: boolean): boolean {
    if (this.#id !== NONE && id !== following(this.#id)) {
      this.#missing = (id - 1) & 0x7fff;
    }
    this.#id = id;
    const tid = tidOf(layer);
    const last = this.#last;
    if (isKey) {
      last.fill(NONE);
      this.#missing = NONE;
    } else if (tid === 0 ? !this.isNextBase(layer) : !this.isOnBase(layer)) {
      this.#missing = id;
      return false;
    } else if (tid > 0 && (layer & 1) === 0) {
      for (let below = 0; below <= tid; below++) {
        if (last[below] === UNDECODABLE) {
          last[tid] = UNDECODABLE;
          return false;
        }
        if (last[below] === NONE || this.#isMissingSince(last[below])) {
          this.#missing = id;
          return false;
        }
      }
    }
    if (tid === 0) this.base = layer >> 3;
    last[tid] = id;
    return true;
  }

  /** The next frame came too late for a decoder: what needs it cannot be decoded either. */
  skip(layer: number, id: number): void {
    this.#id = id;
    this.#last[tidOf(layer)] = UNDECODABLE;
  }

  /** Whether a frame of the base is the one after the last. */
  isNextBase(layer: number): boolean {
    return this.base === NONE || layer >> 3 === ((this.base + 1) & 0xff);
  }

  /** Whether a frame of another layer lies on the last base frame. */
  isOnBase(layer: number): boolean {
    return layer >> 3 === this.base;
  }

  #isMissingSince(id: number): boolean {
    return this.#missing !== NONE && ((this.#missing - id) << 17) > 0;
  }
}

/** The layer in time of a frame, from 0 for the base. */
export function tidOf(layer: number): number {
  return (layer >> 1) & 3;
}

function following(id: number): number {
  return (id + 1) & 0x7fff;
}
