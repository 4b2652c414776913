/**
 * What frames of synthetic VP8 begin with, so that a decoder takes them: made
 * once for each size, whoever sends it, and cut as its packets are.
 *
 * @module
 */

import {
  type Refreshed,
  vp8StillInter,
  vp8StillKey,
} from "../payload/vp8_still.ts";
import { VIDEO_PACKET_DATA_BYTES } from "./presets.ts";

/** The beginning of a frame: what the first packets' data begins with; all of it in all but the last. */
export type FrameHead = readonly Uint8Array[];

/** The beginnings of a video's frames: of key frames, and of others by what they leave for those after them. */
export type StillFrames = Readonly<Record<"key" | Refreshed, FrameHead>>;

/** Presets have few sizes. */
const made = new Map<string, StillFrames>();

/** Those of this size in pixels. */
export function stillFrames(width: number, height: number): StillFrames {
  const size = `${width}x${height}`;
  const known = made.get(size);
  if (known !== undefined) return known;
  const inter = (refreshed: Refreshed) =>
    cut(vp8StillInter(width, height, refreshed));
  const frames: StillFrames = {
    key: cut(vp8StillKey(width, height)),
    last: inter("last"),
    golden: inter("golden"),
    none: inter("none"),
  };
  made.set(size, frames);
  return frames;
}

/** Bytes of a frame's beginning. */
export function headBytes(head: FrameHead): number {
  return head.reduce((sum, { length }) => sum + length, 0);
}

function cut(head: Uint8Array): FrameHead {
  const packets = Math.ceil(head.length / VIDEO_PACKET_DATA_BYTES);
  return Array.from({ length: packets }, (_, i) => {
    const at = i * VIDEO_PACKET_DATA_BYTES;
    return head.subarray(at, at + VIDEO_PACKET_DATA_BYTES);
  });
}
