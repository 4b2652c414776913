/**
 * Numbers in network byte order in the midst of bytes, read and written
 * without anything that is made for it.
 *
 * @module
 */

/** A 32-bit number; signed, so that it stays a small integer for the engine. */
export function int32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) |
    bytes[at + 3];
}

/** Writes the low 32 bits of `value`. */
export function writeInt32(
  bytes: Uint8Array,
  at: number,
  value: number,
): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Writes the low 16 bits of `value`. */
export function writeInt16(
  bytes: Uint8Array,
  at: number,
  value: number,
): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}
