/**
 * VP8 in RTP (RFC 7741): the payload descriptor with a 15-bit picture id,
 * and telling key frames and first packets from others.
 *
 * The SFU refuses descriptors without an extension byte, and widens 7-bit
 * picture ids, so ours have 15 bits from the start.
 *
 * @module
 */

/** Bytes of the descriptor that rtcrowd sends. */
const VP8_DESCRIPTOR_BYTES = 4;

/** Bytes of a VP8 key frame's header: frame tag, start code, width, height (RFC 6386 section 9.1). */
export const VP8_KEY_HEADER_BYTES = 10;

const EXTENDED = 0x80;
const START_OF_PARTITION = 0x10;
const HAS_PICTURE_ID = 0x80;
const HAS_BASE_INDEX = 0x40;
const HAS_TEMPORAL_ID = 0x20;
const LONG_PICTURE_ID = 0x80;
const IN_LAYERS = HAS_PICTURE_ID | HAS_BASE_INDEX | HAS_TEMPORAL_ID;
/** In the first byte of a frame. */
const SHOW_FRAME = 0x10;

/** Writes a payload descriptor; returns where the data begins. */
export function writeVp8Descriptor(
  bytes: Uint8Array,
  offset: number,
  isFirst: boolean,
  pictureId: number,
): number {
  bytes[offset] = isFirst ? EXTENDED | START_OF_PARTITION : EXTENDED;
  bytes[offset + 1] = HAS_PICTURE_ID;
  bytes[offset + 2] = LONG_PICTURE_ID | ((pictureId >> 8) & 0x7f);
  bytes[offset + 3] = pictureId;
  return offset + VP8_DESCRIPTOR_BYTES;
}

/**
 * Writes the payload descriptor of a frame that is one layer of a picture;
 * returns where the data begins. `baseIndex` counts the frames of the base
 * layer in time: an SFU that goes from one layer to another renumbers pictures
 * only where it can renumber these. `layerBits` are the frame's own layer in
 * time, and whether it needs nothing but the base.
 */
export function writeVp8LayerDescriptor(
  bytes: Uint8Array,
  offset: number,
  isFirst: boolean,
  pictureId: number,
  baseIndex: number,
  layerBits: number,
): number {
  const at = writeVp8Descriptor(bytes, offset, isFirst, pictureId);
  bytes[offset + 1] = IN_LAYERS;
  bytes[at] = baseIndex;
  bytes[at + 1] = layerBits;
  return at + 2;
}

/** Writes the header of a key frame of this size; its first bit says "key frame". */
export function writeVp8KeyHeader(
  bytes: Uint8Array,
  offset: number,
  width: number,
  height: number,
): void {
  bytes[offset] = 0x10;
  bytes[offset + 1] = 0x02;
  bytes[offset + 2] = 0x00;
  bytes[offset + 3] = 0x9d;
  bytes[offset + 4] = 0x01;
  bytes[offset + 5] = 0x2a;
  bytes[offset + 6] = width;
  bytes[offset + 7] = width >> 8;
  bytes[offset + 8] = height;
  bytes[offset + 9] = height >> 8;
}

/** Writes the first byte of any other frame, one that is shown. */
export function writeVp8InterHeader(bytes: Uint8Array, offset: number): void {
  bytes[offset] = 0x11;
}

/** Length of the descriptor at the start of a payload; -1 when it is cut short. */
export function vp8DescriptorBytes(
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  if (length < 1) return -1;
  let size = 1;
  if ((bytes[offset] & EXTENDED) !== 0) {
    if (length < 2) return -1;
    const fields = bytes[offset + 1];
    size = 2;
    if ((fields & HAS_PICTURE_ID) !== 0) {
      size += (bytes[offset + size] & LONG_PICTURE_ID) !== 0 ? 2 : 1;
    }
    if ((fields & HAS_BASE_INDEX) !== 0) size++;
    if ((fields & 0x30) !== 0) size++;
  }
  return size > length ? -1 : size;
}

/** Whether a payload begins a frame: S = 1, partition 0. */
export function isVp8Start(
  bytes: Uint8Array,
  offset: number,
  length: number,
): boolean {
  return length > 0 &&
    (bytes[offset] & (START_OF_PARTITION | 0x07)) === START_OF_PARTITION;
}

/** Whether a payload begins a key frame: P = 0 in the frame's first byte. */
export function isVp8KeyFrameStart(
  bytes: Uint8Array,
  offset: number,
  length: number,
): boolean {
  return isVp8Start(bytes, offset, length) &&
    (firstFrameByte(bytes, offset, length) & 0x01) === 0;
}

/** Whether a payload that begins a frame begins one that is to be shown (RFC 6386 section 9.1). */
export function isVp8Shown(
  bytes: Uint8Array,
  offset: number,
  length: number,
): boolean {
  const first = firstFrameByte(bytes, offset, length);
  return first >= 0 && (first & SHOW_FRAME) !== 0;
}

/** Whether a whole frame is to be shown; others are only predicted from. */
export function isVp8FrameShown(frame: Uint8Array): boolean {
  return (frame[0] & SHOW_FRAME) !== 0;
}

/** The byte behind the descriptor; -1, every bit set, when there is none. */
function firstFrameByte(
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  const descriptor = vp8DescriptorBytes(bytes, offset, length);
  return descriptor > 0 && descriptor < length
    ? bytes[offset + descriptor]
    : -1;
}

/** The picture id of a payload; -1 when it has none of 15 bits. */
export function vp8PictureId(
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  const isThere = length >= 4 &&
    (bytes[offset] & EXTENDED) !== 0 &&
    (bytes[offset + 1] & HAS_PICTURE_ID) !== 0 &&
    (bytes[offset + 2] & LONG_PICTURE_ID) !== 0;
  return isThere ? ((bytes[offset + 2] & 0x7f) << 8) | bytes[offset + 3] : -1;
}

/**
 * Where a payload's frame stands among layers in time: the counter of base
 * frames (TL0PICIDX) above two bits of the layer and one of layer sync; -1
 * when the descriptor does not tell all of that and a picture id of 15 bits.
 */
export function vp8Layer(
  bytes: Uint8Array,
  offset: number,
  length: number,
): number {
  const isThere = length >= 6 &&
    (bytes[offset] & EXTENDED) !== 0 &&
    (bytes[offset + 1] & IN_LAYERS) === IN_LAYERS &&
    (bytes[offset + 2] & LONG_PICTURE_ID) !== 0;
  return isThere ? (bytes[offset + 4] << 3) | (bytes[offset + 5] >> 5) : -1;
}
