/**
 * A track of Opus as a clip: how long each packet sounds stands in its first
 * bytes (RFC 6716 section 3.1), and where the next one begins later, there is
 * a gap in the sound, which is kept.
 *
 * @module
 */

import {
  AUDIO_UNITS_PER_SEC,
  type AudioClip,
  type AudioPacket,
} from "./clip.ts";
import type { EncodedTrack } from "./encoded_track.ts";

/** Units of one frame, by the configuration's number modulo four. */
const SILK_UNITS = [480, 960, 1920, 2880];
const HYBRID_UNITS = [480, 960, 480, 960];
const CELT_UNITS = [120, 240, 480, 960];
/** 120 ms. */
const MAX_UNITS = 5760;
/** A packet must fit a path of 1,280 bytes with all that goes around it. */
const MAX_BYTES = 1160;
/** A packet of so few bytes a frame says that there is nothing to hear. */
const SILENT_BYTES = 2;
/** Containers round times, and leave out what a decoder skips at first: what is shorter is no gap. */
const MIN_GAP_UNITS = 480;
/** Recorders that write down when packets came are ahead of the sound by no more. */
const MAX_AHEAD_SEC = 1;
const MAX_GAP_SEC = 600;

/** The clip; a sentence's end saying why not when it cannot be one. */
export function opusClip(
  { codec, channels, streams = 1, chunks }: EncodedTrack,
): AudioClip | string {
  if (codec !== "opus") {
    return `its audio is ${codec}, and Opus is what is sent`;
  }
  if (channels > 2) return `its audio has ${channels} channels, two at most`;
  if (streams > 1) return `its audio is in ${streams} streams, one at most`;
  const packets: AudioPacket[] = [];
  /** Where the packet at hand begins, from the first one on. */
  let at = 0;
  for (const [i, { data, atSec }] of chunks.entries()) {
    const name = `packet ${i} of its audio`;
    const sounding = unitsOf(data);
    if (sounding === 0 || sounding > MAX_UNITS) return `${name} is no Opus`;
    if (data.length > MAX_BYTES) {
      return `${name} has ${data.length} bytes, ${MAX_BYTES} at most`;
    }
    if (!Number.isFinite(atSec)) return `${name} has no time`;
    const end = at + sounding;
    const next = chunks.at(i + 1);
    let units = sounding;
    if (next !== undefined) {
      const problem = faultyTime(atSec, next.atSec, i + 1);
      if (problem !== undefined) return problem;
      const nextAt = Math.round(
        (next.atSec - chunks[0].atSec) * AUDIO_UNITS_PER_SEC,
      );
      if (end - nextAt > MAX_AHEAD_SEC * AUDIO_UNITS_PER_SEC) {
        return `packet ${
          i + 1
        } of its audio begins more than ${MAX_AHEAD_SEC} s before those before it are over`;
      }
      if (nextAt - end >= MIN_GAP_UNITS) units = nextAt - at;
    }
    packets.push({
      data,
      units,
      isBeforeGap: units > sounding,
      sounds: data.length > SILENT_BYTES,
    });
    at += units;
  }
  if (packets.length === 0) return "its audio is empty";
  const startUnits = Math.round(chunks[0].atSec * AUDIO_UNITS_PER_SEC);
  return { startUnits, packets };
}

function faultyTime(
  sec: number,
  nextSec: number,
  number: number,
): string | undefined {
  const name = `packet ${number} of its audio`;
  const gapSec = nextSec - sec;
  if (gapSec < 0) {
    return `${name} is before packet ${number - 1}: its times go back`;
  }
  if (gapSec > MAX_GAP_SEC) {
    return `${name} comes ${Math.round(gapSec)} s after packet ${
      number - 1
    }, ${MAX_GAP_SEC} s at most`;
  }
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
