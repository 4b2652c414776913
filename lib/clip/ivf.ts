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
const LEAST_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 12;
const CODECS: Readonly<Record<string, string>> = { VP80: "vp8", VP90: "vp9" };

/** Whether a file is IVF. */
export function isIvf(bytes: Uint8Array): boolean {
  return bytes.length >= LEAST_HEADER_BYTES && letters(bytes, 0) === SIGNATURE;
}

/**
 * Reads a file for which {@linkcode isIvf} holds; a frame that is cut short
 * ends it. `undefined` when its header makes no sense.
 */
export function readIvf(bytes: Uint8Array): EncodedTrack | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getUint16(6, true);
  const rate = view.getUint32(16, true);
  const scale = view.getUint32(20, true);
  if (headerBytes < LEAST_HEADER_BYTES || rate === 0 || scale === 0) {
    return undefined;
  }
  const chunks: EncodedChunk[] = [];
  let at = headerBytes;
  while (at + FRAME_HEADER_BYTES <= bytes.length) {
    const start = at + FRAME_HEADER_BYTES;
    const end = start + view.getUint32(at, true);
    if (end > bytes.length) break;
    const time = Number(view.getBigUint64(at + 4, true));
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
    chunks,
  };
}

function letters(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
