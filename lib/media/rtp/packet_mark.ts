/**
 * The mark at the end of every synthetic payload: which packet of its track
 * this is, counted from zero. It passes the SFU unchanged, so a receiver can
 * tell how many packets were really sent to it, on whatever node or machine
 * the sender is, and even where the SFU renumbers what it forwards.
 *
 * Layout: 4 bytes of magic, then the number in 32 bits.
 *
 * @module
 */

import { int32At, writeInt32 } from "./rtp.ts";

/** Bytes of a mark. */
export const MARK_BYTES = 8;

/** "rtcr". */
const MAGIC = 0x72746372;

/** Writes a mark so that it ends at `end`. */
export function writeMark(bytes: Uint8Array, end: number, count: number): void {
  writeInt32(bytes, end - MARK_BYTES, MAGIC);
  writeInt32(bytes, end - 4, count);
}

/** Writes none, over whatever the buffer held. */
export function writeNoMark(bytes: Uint8Array, end: number): void {
  writeInt32(bytes, end - MARK_BYTES, 0);
}

/** The number in the mark that ends at `end`; -1 when there is none. */
export function readMark(bytes: Uint8Array, end: number): number {
  if (int32At(bytes, end - MARK_BYTES) !== MAGIC) return -1;
  return int32At(bytes, end - 4) >>> 0;
}
