/**
 * A track of VP8 as a clip: what is in each frame's first bytes (RFC 6386
 * section 9.1), and how long it lasts.
 *
 * @module
 */

import {
  VIDEO_UNITS_PER_SEC,
  type VideoClip,
  type VideoFrame,
} from "./clip.ts";
import type { EncodedChunk, EncodedTrack } from "./encoded_track.ts";

/** Of the last frame, where nothing else says it. */
const USUAL_FRAME_SEC = 1 / 30;

/** The clip from its first key frame on; a sentence's end saying why not when there is none. */
export function vp8Clip({ codec, chunks }: EncodedTrack): VideoClip | string {
  if (codec !== "vp8") return `its video is ${codec}, and VP8 is what is sent`;
  const first = chunks.findIndex(({ data }) => isKeyFrame(data));
  if (first < 0) return "its video has no key frame";
  // An encoder that dropped a frame may have left an empty one.
  const whole = chunks.slice(first).filter(({ data }) => data.length > 0);
  const [{ data }] = whole;
  return {
    width: (data[6] | (data[7] << 8)) & 0x3fff,
    height: (data[8] | (data[9] << 8)) & 0x3fff,
    frames: timed(whole),
  };
}

/** The frames with what lies between them: whole units, so that no loop drifts. */
function timed(chunks: readonly EncodedChunk[]): VideoFrame[] {
  const startSec = chunks[0].atSec;
  const frames: VideoFrame[] = [];
  let at = 0;
  for (const [i, { data }] of chunks.entries()) {
    const endSec = chunks.at(i + 1)?.atSec ?? loopSec(chunks);
    // Frames that are decoded and not shown may have the time of the next one.
    const end = Math.max(at + 1, unitsOf(endSec - startSec));
    frames.push({ data, isKey: isKeyFrame(data), units: end - at });
    at = end;
  }
  return frames;
}

/** When the last frame is over: as the container says, or as long as the others on average. */
function loopSec(chunks: readonly EncodedChunk[]): number {
  const [first, last] = [chunks[0], chunks[chunks.length - 1]];
  const usual = chunks.length > 1
    ? (last.atSec - first.atSec) / (chunks.length - 1)
    : USUAL_FRAME_SEC;
  return last.atSec + (last.lengthSec || usual);
}

function unitsOf(sec: number): number {
  return Math.round(sec * VIDEO_UNITS_PER_SEC);
}

function isKeyFrame(data: Uint8Array): boolean {
  return data.length >= 10 && (data[0] & 0x01) === 0 && data[3] === 0x9d &&
    data[4] === 0x01 && data[5] === 0x2a;
}
