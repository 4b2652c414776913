/**
 * Opus packets of 20 ms with nothing to hear in them (RFC 6716): a frame of
 * two bytes, and as much padding as makes up any size, which may hold
 * anything.
 *
 * @module
 */

/** Full band, 20 ms, one channel, any number of frames (section 3.1). */
const TOC = (31 << 3) | 3;
/** One frame, with padding (section 3.2.5). */
const ONE_PADDED = 0x40 | 1;
/** As an encoder leaves silence. */
const SILENCE = [0xff, 0xfe];
/** A byte of the padding's length that says: so much, and more. */
const MORE = 255;
const MORE_BYTES = 254;

/** What a packet of so many bytes begins with, as far as a decoder reads it; the rest is padding. */
export function opusSilence(packetBytes: number): Uint8Array {
  const lengths: number[] = [];
  let padding = packetBytes - 2 - SILENCE.length - 1;
  // Each further byte of the length is one less of padding.
  while (padding > MORE_BYTES) {
    lengths.push(MORE);
    padding -= MORE_BYTES + 1;
  }
  return Uint8Array.of(TOC, ONE_PADDED, ...lengths, padding, ...SILENCE);
}
