/**
 * Video and audio as one clip: over and over they stay together only when both
 * are equally long. The shorter one waits at its end, with its last picture or
 * in silence.
 *
 * @module
 */

import {
  AUDIO_UNITS_PER_SEC,
  type AudioClip,
  type Clip,
  VIDEO_UNITS_PER_SEC,
  type VideoClip,
} from "./clip.ts";

/** Both clocks go by whole numbers of these: 1/6000 s. */
const TICKS_PER_SEC = 6000;
const VIDEO_UNITS = VIDEO_UNITS_PER_SEC / TICKS_PER_SEC;
/** Containers round times to milliseconds, at either end. */
const ROUNDED_UNITS = 2 * AUDIO_UNITS_PER_SEC / 1000;
const AUDIO_UNITS = AUDIO_UNITS_PER_SEC / TICKS_PER_SEC;

/** The two as one clip, which begins with the earlier of them. */
export function together(
  video: VideoClip | undefined,
  audio: AudioClip | undefined,
): Clip {
  if (video === undefined || audio === undefined) {
    return {
      video: video && { ...video, startUnits: 0 },
      audio: audio && { ...audio, startUnits: 0 },
    };
  }
  const videoTicks = Math.ceil(lengthOf(video.frames) / VIDEO_UNITS);
  const trimmed = trim(audio, videoTicks * AUDIO_UNITS);
  const audioTicks = Math.ceil(lengthOf(trimmed.packets) / AUDIO_UNITS);
  const ticks = Math.max(videoTicks, audioTicks);
  const { startUnits: videoStart = 0 } = video;
  const { startUnits: audioStart = 0 } = audio;
  const beginSec = Math.min(
    videoStart / VIDEO_UNITS_PER_SEC,
    audioStart / AUDIO_UNITS_PER_SEC,
  );
  const frames = stretch(video.frames, ticks * VIDEO_UNITS);
  const packets = stretch(trimmed.packets, ticks * AUDIO_UNITS);
  const last = packets[packets.length - 1];
  const waits = last.units > audio.packets[packets.length - 1].units;
  return {
    video: {
      ...video,
      frames,
      startUnits: videoStart - Math.round(beginSec * VIDEO_UNITS_PER_SEC),
    },
    audio: {
      packets: waits
        ? packets.with(-1, { ...last, isBeforeGap: true })
        : packets,
      startUnits: audioStart - Math.round(beginSec * AUDIO_UNITS_PER_SEC),
    },
  };
}

/** An encoder fills its last packet up: what that makes sound longer than the video is left out. */
function trim(audio: AudioClip, units: number): AudioClip {
  const { packets } = audio;
  const last = packets[packets.length - 1];
  const overUnits = lengthOf(packets) - units;
  const isFilling = packets.length > 1 && overUnits > 0 &&
    overUnits <= last.units + ROUNDED_UNITS;
  return isFilling ? { ...audio, packets: packets.slice(0, -1) } : audio;
}

function lengthOf(all: readonly { readonly units: number }[]): number {
  return all.reduce((sum, { units }) => sum + units, 0);
}

/** The same, the last one so much longer that all of them last so long. */
function stretch<One extends { readonly units: number }>(
  all: readonly One[],
  toUnits: number,
): readonly One[] {
  const last = all[all.length - 1];
  const units = last.units + toUnits - lengthOf(all);
  return all.with(-1, { ...last, units });
}
