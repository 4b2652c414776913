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

/** From here on, configurations are CELT only (section 3.1). */
const FIRST_CELT = 16;
const CONFIGURATION_SHIFT = 3;
/** How a packet's frames lie: one alone, or so many as the next byte says. */
const CODE = 3;
const ONE = 0;
const COUNTED = 3;
const FRAMES = 0x3f;
const PADDED = 0x40;

/**
 * Whether a packet is one frame of CELT with the flag of silence (section
 * 4.3), which is its first symbol and almost never set: the first 15 bits.
 */
export function isOpusSilence(
  bytes: Uint8Array,
  at: number,
  length: number,
): boolean {
  const toc = bytes[at];
  if (toc >> CONFIGURATION_SHIFT < FIRST_CELT) return false;
  const end = at + length;
  let frame = at + 1;
  if ((toc & CODE) === COUNTED) {
    const count = bytes[frame++];
    if ((count & FRAMES) !== 1) return false;
    if ((count & PADDED) !== 0) {
      while (frame < end && bytes[frame] === MORE) frame++;
      frame++;
    }
  } else if ((toc & CODE) !== ONE) return false;
  return frame + 1 < end && bytes[frame] === 0xff && bytes[frame + 1] >= 0xfe;
}
