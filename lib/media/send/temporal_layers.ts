/**
 * Layers in time: which frames an SFU may leave out so that a decoder can do
 * without them. Of four frames, one is of the base, one of the middle, two of
 * the top layer, as libvpx has three layers do it over eight frames; where a
 * layer can be taken up again stands in its first frame after a base frame.
 *
 * @module
 */

/** How many layers there are. */
export const TEMPORAL_LAYERS = 3;
/** Of so many frames, one is of the base. */
export const BASE_EVERY_FRAMES = 4;
/** A base frame weighs so much more than one on average, the others less: 40, 20 and 40 % of the bit rate, as in libwebrtc. */
export const BASE_WEIGHT = 1.6;
export const UPPER_WEIGHT = 0.8;

const LAYER_OF = [0, 2, 1, 2, 0, 2, 1, 2];
/** Frames that need nothing but the base (RFC 7741 section 4.2: Y). */
const IS_SYNC = [false, true, true, false, false, false, false, false];
const INDEX_SHIFT = 6;
const SYNC = 0x20;

/** The layers of one stream, frame by frame. */
export class TemporalLayers {
  /** Counts frames of the base, 8 bits (TL0PICIDX). */
  baseIndex = 0;
  /** Layer and sync flag of the current frame, as a descriptor has them. */
  bits = 0;
  #position = 0;

  /** Whether the current frame is of the base. */
  get isBase(): boolean {
    return LAYER_OF[this.#position] === 0;
  }

  /** Whether it is of the top layer, which nothing is predicted from. */
  get isTop(): boolean {
    return LAYER_OF[this.#position] === TEMPORAL_LAYERS - 1;
  }

  /** Goes on to the next frame; a key frame begins anew. */
  next(isKey: boolean): void {
    const position = isKey ? 0 : (this.#position + 1) % LAYER_OF.length;
    this.#position = position;
    if (this.isBase) this.baseIndex = (this.baseIndex + 1) & 0xff;
    this.bits = (LAYER_OF[position] << INDEX_SHIFT) |
      (isKey || IS_SYNC[position] ? SYNC : 0);
  }
}
