/**
 * IVF: a header of 32 bytes, then frames with 12 bytes before each; numbers
 * have their lowest byte first.
 *
 * ```
 *  0 "DKIF"  4 version  6 header bytes  8 codec, as four letters
 * 12 width  14 height  16 time units a second: rate  20 scale  24 frames
 * frame: 0 bytes of data  4 time, 64 bits  12 data
 * ```
 *
 * @module
 */

import type { EncodedChunk, EncodedTrack } from "./encoded_track.ts";

const SIGNATURE = "DKIF";
const MIN_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;
/** What says to be longer is no frame; nor would it be sent. */
export const MAX_FRAME_BYTES = 2 ** 20;
const CODECS: Readonly<Record<string, string>> = { VP80: "vp8", VP90: "vp9" };

/** Whether a file is IVF. */
export function isIvf(bytes: Uint8Array): boolean {
  return bytes.length >= MIN_HEADER_BYTES && letters(bytes, 0) === SIGNATURE;
}

/**
 * Reads a file for which {@linkcode isIvf} holds; a frame that is cut short
 * ends it, whatever number of frames its header tells. A sentence's end saying
 * why not when it makes no sense.
 */
export function readIvf(bytes: Uint8Array): EncodedTrack | string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint16(6, true);
  const rate = view.getUint32(16, true);
  const scale = view.getUint32(20, true);
  if (headerBytes < MIN_HEADER_BYTES || rate === 0 || scale === 0) {
    return "its IVF header makes no sense";
  }
  const chunks: EncodedChunk[] = [];
  let at = headerBytes;
  let first: bigint | undefined;
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const start = at + FRAME_HEADER_BYTES;
    const length = view.getUint32(at, true);
    if (length > MAX_FRAME_BYTES) {
      return `frame ${chunks.length} of its video has ${length} bytes, ${MAX_FRAME_BYTES} at most`;
    }
    const end = start + length;
    if (end > bytes.length) break;
    const ticks = view.getBigUint64(at + 4, true);
    first ??= ticks;
    // As whole numbers they may be too large to be told apart otherwise.
    const time = Number(ticks - first);
    chunks.push({
      data: bytes.subarray(start, end),
      atSec: time * scale / rate,
      lengthSec: 0,
    });
    at = end;
  }
  const fourcc = letters(bytes, 8);
  return {
    kind: "video",
    codec: CODECS[fourcc] ?? fourcc.trim().toLowerCase(),
    channels: 0,
    streams: 1,
    chunks,
  };
}

function letters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
