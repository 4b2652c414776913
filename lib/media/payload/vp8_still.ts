/**
 * VP8 frames that a decoder takes and that show the same grey all over
 * (RFC 6386): header, compressed header and the mode of every macroblock, of
 * which each is predicted and has no coefficients. What follows in a frame is
 * the partition of coefficients, of which nothing is read: it may hold
 * anything, so a frame can have any size.
 *
 * @module
 */

import {
  VP8_KEY_HEADER_BYTES,
  writeVp8InterHeader,
  writeVp8KeyHeader,
} from "./vp8.ts";

/** What a frame that is not a key frame leaves for others to be predicted from; all of them are predicted from `last`. */
export type Refreshed = "last" | "golden" | "none";

const MACROBLOCK = 16;
/** Of a frame tag, the lowest bit of the size of the first partition. */
const SIZE_SHIFT = 5;
const TAG_BYTES = 3;
/** A flag as likely to be set as not. */
const EVEN = 128;
/** Flags that are almost always, and almost never, set. */
const SET = 1;
const UNSET = 255;
/** Of no consequence without coefficients. */
const QUANTIZER = 40;
/**
 * The 1,056 flags that say that no probability of a coefficient is another one
 * (section 13.4): the range of the encoder before and after, which no flag of
 * even chances changes, and how far they move it.
 */
const UNCHANGED_TOKENS = { from: 128, to: 193, shifts: 14 };
/** Of the flags that say so of motion vectors (section 17.2). */
// deno-fmt-ignore
const MOTION_UPDATES = [
  237, 246, 253, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 250, 250, 252, 254, 254,
  231, 243, 245, 253, 254, 254, 254, 254, 254, 254, 254, 254, 254, 254, 251, 251, 254, 254, 254,
];
/** The mode DC_PRED of a key frame's luma and chroma: flags and their probabilities (section 11.2). */
const KEY_MODE = [[145, 1], [156, 0], [163, 0], [142, 0]] as const;
/** How likely it is that a block does not move, by how many around it do not either: two for each beside, one for the corner (section 17.3). */
const STILL = [7, 14, 135, 60, 159, 234];

/** The beginning of a key frame of this size in pixels, as far as a decoder reads it. */
export function vp8StillKey(width: number, height: number): Uint8Array {
  const coder = new BoolEncoder();
  // Colour space and clamping.
  coder.flags(0, 0);
  writeCommon(coder);
  // The probabilities are kept, as they are.
  coder.flags(1);
  writeUnchanged(coder);
  for (let i = blocksIn(width) * blocksIn(height); i > 0; i--) {
    coder.flag(SET, 1);
    for (const [probability, isSet] of KEY_MODE) {
      coder.flag(probability, isSet);
    }
  }
  const head = framed(VP8_KEY_HEADER_BYTES, coder.finish());
  writeVp8KeyHeader(head, 0, width, height);
  return withSize(head, VP8_KEY_HEADER_BYTES);
}

/** The beginning of any other frame of this size in pixels, which shows what was shown before. */
export function vp8StillInter(
  width: number,
  height: number,
  refreshed: Refreshed,
): Uint8Array {
  const coder = new BoolEncoder();
  writeCommon(coder);
  const isGolden = refreshed === "golden";
  // Golden and alternate frame: refreshed or not, and if not, with no other.
  coder.flags(isGolden ? 1 : 0, 0);
  if (!isGolden) coder.literal(0, 2);
  coder.literal(0, 2);
  // No signs of theirs, kept probabilities, the last frame refreshed or not.
  coder.flags(0, 0, 1, refreshed === "last" ? 1 : 0);
  writeUnchanged(coder);
  coder.literal(SET, 8);
  coder.literal(UNSET, 8);
  coder.literal(EVEN, 8);
  // Modes of blocks that are not predicted from another frame: there are none.
  coder.flags(0, 0);
  for (const probability of MOTION_UPDATES) coder.flag(probability, 0);
  const columns = blocksIn(width);
  const rows = blocksIn(height);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const above = row > 0 ? 2 : 0;
      const left = column > 0 ? 2 : 0;
      const around = above + left + (above > 0 && left > 0 ? 1 : 0);
      // No coefficients, predicted from another frame: the last, unmoved.
      coder.flag(SET, 1);
      coder.flag(SET, 1);
      coder.flag(UNSET, 0);
      coder.flag(STILL[around], 0);
    }
  }
  const head = framed(TAG_BYTES, coder.finish());
  writeVp8InterHeader(head, 0);
  return withSize(head, TAG_BYTES);
}

/** From segments to quantizers (section 9.3 to 9.6): one segment, no filter, one partition of coefficients. */
function writeCommon(coder: BoolEncoder): void {
  coder.flags(0);
  coder.literal(0, 1 + 6 + 3);
  coder.flags(0);
  coder.literal(0, 2);
  coder.literal(QUANTIZER, 7);
  coder.flags(0, 0, 0, 0, 0);
}

/** Probabilities of coefficients are as before, and blocks may have none: almost all have. */
function writeUnchanged(coder: BoolEncoder): void {
  coder.unchangedTokens();
  coder.flags(1);
  coder.literal(SET, 8);
}

function blocksIn(pixels: number): number {
  return Math.ceil(pixels / MACROBLOCK);
}

function framed(headerBytes: number, partition: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(headerBytes + partition.length);
  bytes.set(partition, headerBytes);
  return bytes;
}

/** Writes the size of the first partition into the tag of a frame that has one in front. */
function withSize(head: Uint8Array, headerBytes: number): Uint8Array {
  const size = head.length - headerBytes;
  const tag = (head[0] & ((1 << SIZE_SHIFT) - 1)) | (size << SIZE_SHIFT);
  head[0] = tag;
  head[1] = tag >> 8;
  head[2] = tag >> 16;
  return head;
}

/** The encoder of section 7.3. */
class BoolEncoder {
  readonly #out: number[] = [];
  #range = 255;
  #bottom = 0;
  #bitsLeft = 24;

  /** One flag, set with `256 − probability` of 256 chances. */
  flag(probability: number, isSet: 0 | 1): void {
    const split = 1 + (((this.#range - 1) * probability) >> 8);
    if (isSet === 1) {
      this.#bottom += split;
      this.#range -= split;
    } else {
      this.#range = split;
    }
    while (this.#range < 128) {
      this.#range *= 2;
      this.#shift();
    }
  }

  /** Flags of even chances. */
  flags(...all: (0 | 1)[]): void {
    for (const isSet of all) this.flag(EVEN, isSet);
  }

  /** A number of so many bits. */
  literal(value: number, bits: number): void {
    for (let bit = bits - 1; bit >= 0; bit--) {
      this.flag(EVEN, ((value >> bit) & 1) as 0 | 1);
    }
  }

  /** See {@linkcode UNCHANGED_TOKENS}. */
  unchangedTokens(): void {
    this.#range = UNCHANGED_TOKENS.to;
    for (let i = 0; i < UNCHANGED_TOKENS.shifts; i++) this.#shift();
  }

  /** All of it. */
  finish(): Uint8Array {
    for (let i = 0; i < 32; i++) this.#shift();
    return Uint8Array.from(this.#out);
  }

  #shift(): void {
    if (this.#bottom >= 0x80000000) this.#carryOut();
    this.#bottom = this.#bottom * 2 % 0x100000000;
    if (--this.#bitsLeft > 0) return;
    this.#out.push(Math.floor(this.#bottom / 0x1000000));
    this.#bottom %= 0x1000000;
    this.#bitsLeft = 8;
  }

  #carryOut(): void {
    for (let i = this.#out.length - 1; i >= 0; i--) {
      if (++this.#out[i] < 256) return;
      this.#out[i] = 0;
    }
  }
}
