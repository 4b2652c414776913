/**
 * A track of Opus as a clip: how long each packet sounds stands in its first
 * bytes (RFC 6716 section 3.1).
 *
 * @module
 */

import type { AudioClip, AudioPacket } from "./clip.ts";
import type { EncodedTrack } from "./encoded_track.ts";

/** Units of one frame, by the configuration's number modulo four. */
const SILK_UNITS = [480, 960, 1920, 2880];
const HYBRID_UNITS = [480, 960, 480, 960];
const CELT_UNITS = [120, 240, 480, 960];
/** 120 ms. */
const MOST_UNITS = 5760;
/** A packet must fit a path of 1,280 bytes with all that goes around it. */
const MOST_BYTES = 1160;
/** A packet of so few bytes a frame says that there is nothing to hear. */
const SILENT_BYTES = 2;

/** The clip; a sentence's end saying why not when it cannot be one. */
export function opusClip(
  { codec, channels, chunks }: EncodedTrack,
): AudioClip | string {
  if (codec !== "opus") {
    return `its audio is ${codec}, and Opus is what is sent`;
  }
  if (channels > 2) return `its audio has ${channels} channels, two at most`;
  const packets: AudioPacket[] = [];
  for (const { data } of chunks) {
    const units = unitsOf(data);
    if (units === 0 || units > MOST_UNITS) {
      return `packet ${packets.length} of its audio is no Opus`;
    }
    if (data.length > MOST_BYTES) {
      return `packet ${packets.length} of its audio has ${data.length} bytes, ${MOST_BYTES} at most`;
    }
    packets.push({ data, units, sounds: data.length > SILENT_BYTES });
  }
  return packets.length === 0 ? "its audio is empty" : { packets };
}

/** How long a packet sounds; 0 when it is none. */
function unitsOf(data: Uint8Array): number {
  if (data.length === 0) return 0;
  const configuration = data[0] >> 3;
  const frame = configuration & 0x03;
  if (configuration < 12) return framesOf(data) * SILK_UNITS[frame];
  if (configuration < 16) return framesOf(data) * HYBRID_UNITS[frame];
  return framesOf(data) * CELT_UNITS[frame];
}

function framesOf(data: Uint8Array): number {
  switch (data[0] & 0x03) {
    case 0:
      return 1;
    case 3:
      return data.length < 2 ? 0 : data[1] & 0x3f;
    default:
      return 2;
  }
}
