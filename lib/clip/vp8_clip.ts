/**
 * A track of VP8 as a clip: what is in each frame's first bytes (RFC 6386
 * section 9.1), and how long it lasts. What no camera would send is refused by
 * the frame that it begins with.
 *
 * @module
 */

import {
  VIDEO_UNITS_PER_SEC,
  type VideoClip,
  type VideoFrame,
} from "./clip.ts";
import type { EncodedChunk, EncodedTrack } from "./encoded_track.ts";
import { MAX_FRAME_BYTES } from "./ivf.ts";

/** Of the last frame, where nothing else says it. */
const USUAL_FRAME_SEC = 1 / 30;
/** Frames a second, on average. */
const MIN_FPS = 1;
const MAX_FPS = 120;
/** A still picture may last so long. */
const MAX_GAP_SEC = 60;
const MAX_BPS = 100_000_000;
/** A frame says in three bytes what it is; a key frame in ten. */
const MIN_FRAME_BYTES = 3;

/** A frame and its number in the file. */
interface Numbered extends EncodedChunk {
  readonly number: number;
}

/** The clip from its first key frame on; a sentence's end saying why not when there is none. */
export function vp8Clip({ codec, chunks }: EncodedTrack): VideoClip | string {
  if (codec !== "vp8") return `its video is ${codec}, and VP8 is what is sent`;
  // An encoder that dropped a frame may have left an empty one.
  const all = chunks.map((chunk, number): Numbered => ({ ...chunk, number }))
    .filter(({ data }) => data.length > 0);
  const first = all.findIndex(({ data }) => isKeyFrame(data));
  if (first < 0) return "its video has no key frame";
  const frames = all.slice(first);
  const problem = faultyFrame(frames) ?? faultyTime(frames) ??
    faultyRate(frames);
  if (problem !== undefined) return problem;
  const [{ data }] = frames;
  return {
    startUnits: unitsOf(frames[0].atSec),
    width: (data[6] | (data[7] << 8)) & 0x3fff,
    height: (data[8] | (data[9] << 8)) & 0x3fff,
    frames: timed(frames),
  };
}

function faultyFrame(frames: readonly Numbered[]): string | undefined {
  for (const { data, number } of frames) {
    const name = `frame ${number} of its video`;
    if (data.length > MAX_FRAME_BYTES) {
      return `${name} has ${data.length} bytes, ${MAX_FRAME_BYTES} at most`;
    }
    const saysKey = (data[0] & 0x01) === 0;
    if (data.length < MIN_FRAME_BYTES || (saysKey && !isKeyFrame(data))) {
      return `${name} is no VP8`;
    }
  }
}

/** Times go on from frame to frame, but for those that nobody sees. */
function faultyTime(frames: readonly Numbered[]): string | undefined {
  for (const [i, { data, atSec, number }] of frames.entries()) {
    const name = `frame ${number} of its video`;
    if (!Number.isFinite(atSec)) return `${name} has no time`;
    if (i === 0) continue;
    const before = frames[i - 1];
    const gapSec = atSec - before.atSec;
    const others = `frame ${before.number}`;
    if (gapSec < 0) {
      return `${name} is ${
        seconds(-gapSec)
      } before ${others}: its times go back`;
    }
    if (gapSec === 0 && isShown(data) && isShown(before.data)) {
      return `${name} has the time of ${others}`;
    }
    if (gapSec > MAX_GAP_SEC) {
      return `${name} comes ${
        seconds(gapSec)
      } after ${others}, ${MAX_GAP_SEC} s at most`;
    }
  }
}

/** What makes a rate what no camera has is named: the longest gap, the shortest, or the largest frame. */
function faultyRate(frames: readonly Numbered[]): string | undefined {
  const startSec = frames[0].atSec;
  const lengthSec = endSec(frames) - startSec;
  const shown = frames.filter(({ data }) => isShown(data)).length;
  const fps = shown / lengthSec;
  const bps = frames.reduce((sum, { data }) => sum + data.length, 0) * 8 /
    lengthSec;
  const told = (frame: Numbered, rate: string, bounds: string) =>
    `frame ${frame.number} of its video, at ${
      seconds(frame.atSec)
    }, is one of many with which it has ${rate}, ${bounds}`;
  if (fps < MIN_FPS || fps > MAX_FPS) {
    const sign = fps < MIN_FPS ? 1 : -1;
    const gaps = frames.slice(1).map((frame, i) => ({
      frame,
      gapSec: frame.atSec - frames[i].atSec,
    }));
    const worst = gaps.reduce(
      (found, one) => sign * (one.gapSec - found.gapSec) > 0 ? one : found,
      gaps[0] ?? { frame: frames[0], gapSec: lengthSec },
    );
    return told(
      worst.frame,
      `${figure(fps)} frames a second`,
      `${MIN_FPS} to ${MAX_FPS} can be`,
    );
  }
  if (bps > MAX_BPS) {
    const largest = frames.reduce((found, one) =>
      one.data.length > found.data.length ? one : found
    );
    return told(
      largest,
      `${figure(bps / 1e6)} Mbps`,
      `${MAX_BPS / 1e6} at most`,
    );
  }
}

/** The frames with what lies between them: whole units, so that no loop drifts. */
function timed(frames: readonly Numbered[]): VideoFrame[] {
  const startSec = frames[0].atSec;
  let at = 0;
  return frames.map(({ data }, i) => {
    const nextSec = frames.at(i + 1)?.atSec ?? endSec(frames);
    // Frames that are decoded and not shown may have the time of the next one.
    const end = Math.max(at + 1, unitsOf(nextSec - startSec));
    const units = end - at;
    at = end;
    return { data, isKey: isKeyFrame(data), units };
  });
}

/** When the last frame is over: as the container says, or as long as the others on average. */
function endSec(frames: readonly EncodedChunk[]): number {
  const [first, last] = [frames[0], frames[frames.length - 1]];
  const usual = frames.length > 1
    ? (last.atSec - first.atSec) / (frames.length - 1)
    : USUAL_FRAME_SEC;
  return last.atSec + (last.lengthSec || usual);
}

function unitsOf(sec: number): number {
  return Math.round(sec * VIDEO_UNITS_PER_SEC);
}

function seconds(sec: number): string {
  return `${figure(sec)} s`;
}

function figure(value: number): string {
  return `${Number(value.toPrecision(3))}`;
}

function isKeyFrame(data: Uint8Array): boolean {
  return data.length >= 10 && (data[0] & 0x01) === 0 && data[3] === 0x9d &&
    data[4] === 0x01 && data[5] === 0x2a;
}

/** Some are only there for others to be predicted from. */
function isShown(data: Uint8Array): boolean {
  return (data[0] & 0x10) !== 0;
}
