/**
 * The one figure of RTCP reports that the engine keeps: what a receiver says
 * it lost (RFC 3550 section 6.4.1).
 *
 * @module
 */

import { int32At } from "../../media/mod.ts";

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const BLOCK_BYTES = 24;

/** Calls `onLost` for each report block of a compound packet; `ssrc` is signed. */
export function readLost(
  bytes: Uint8Array,
  offset: number,
  length: number,
  onLost: (ssrc: number, packets: number) => void,
): void {
  const end = offset + length;
  for (let at = offset; at + 8 <= end;) {
    const size = (((bytes[at + 2] << 8) | bytes[at + 3]) + 1) << 2;
    if ((bytes[at] & 0xc0) !== 0x80 || at + size > end) return;
    const head = bytes[at + 1] === SENDER_REPORT
      ? 28
      : bytes[at + 1] === RECEIVER_REPORT
      ? 8
      : size;
    const blocks = Math.min(
      bytes[at] & 0x1f,
      Math.floor((size - head) / BLOCK_BYTES),
    );
    for (let i = 0; i < blocks; i++) {
      const block = at + head + i * BLOCK_BYTES;
      // 24 bits, signed: duplicates can make it negative.
      const lost = int32At(bytes, block + 4) << 8 >> 8;
      onLost(int32At(bytes, block), Math.max(0, lost));
    }
    at += size;
  }
}
