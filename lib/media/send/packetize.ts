/**
 * A clip cut into RTP payloads, once for all tracks that send it: VP8 frames
 * into packets that fit a path (RFC 7741), Opus packets as they are
 * (RFC 7587). The pieces are views into the file's bytes.
 *
 * @module
 */

import {
  AUDIO_UNITS_PER_SEC,
  type AudioClip,
  type AudioPacket,
  type Clip,
  VIDEO_UNITS_PER_SEC,
  type VideoClip,
  type VideoFrame,
} from "../../clip/mod.ts";
import { VIDEO_PACKET_DATA_BYTES } from "./presets.ts";
import { layOutFrame } from "./schedule.ts";
import { isVp8FrameShown } from "../payload/vp8.ts";

/** What a track sends, as the server and the receivers of silence must know it. */
export interface MediaRate {
  /** Of the encoded media, headers not counted. */
  readonly bitrateBps: number;
  /** RTP packets a second, on average. */
  readonly packetsPerSecond: number;
  /** Without a packet for so long at most, in milliseconds. @default {next to nothing} */
  readonly longestGapMs?: number | undefined;
}

/** One video frame, cut. */
export interface PacketizedFrame {
  /** The data of each packet, without descriptors. */
  readonly parts: readonly Uint8Array[];
  /** Whether a decoder can begin with it. */
  readonly isKey: boolean;
  /** The first key frame from this one on, round the end. */
  readonly nextKey: number;
  /** From it to the next one, in RTP timestamp units. */
  readonly units: number;
  /** The same in milliseconds. */
  readonly ms: number;
  /** Pause between two bursts of its packets, in milliseconds. */
  readonly burstPauseMs: number;
}

/** Video, cut; its first frame is a key frame. */
export interface PacketizedVideo extends MediaRate {
  /** From the beginning of the clip to its first frame, in milliseconds. */
  readonly startMs: number;
  readonly frames: readonly PacketizedFrame[];
  /** Frames shown a second, on average. */
  readonly fps: number;
}

/** Audio, one packet a payload. */
export interface PacketizedAudio extends MediaRate {
  /** From the beginning of the clip to its first packet, in milliseconds. */
  readonly startMs: number;
  readonly packets: readonly AudioPacket[];
}

/** A clip, ready to be sent. */
export interface PacketizedClip {
  readonly video: PacketizedVideo | undefined;
  readonly audio: PacketizedAudio | undefined;
}

/** Cuts a clip. */
export function packetize({ video, audio }: Clip): PacketizedClip {
  return {
    video: video && packetizeVideo(video),
    audio: audio && packetizeAudio(audio),
  };
}

function packetizeVideo(
  { startUnits = 0, frames }: VideoClip,
): PacketizedVideo {
  const nextKeys = nextKeysOf(frames);
  const cut = frames.map((frame, i) => cutFrame(frame, nextKeys[i]));
  const perSec = VIDEO_UNITS_PER_SEC / sum(frames.map(({ units }) => units));
  const bytes = sum(frames.map(({ data }) => data.length));
  const shown = frames.filter(({ data }) => isVp8FrameShown(data));
  return {
    startMs: startUnits / VIDEO_UNITS_PER_SEC * 1000,
    longestGapMs: longest(frames) / VIDEO_UNITS_PER_SEC * 1000,
    frames: cut,
    fps: shown.length * perSec,
    bitrateBps: Math.round(bytes * 8 * perSec),
    packetsPerSecond: sum(cut.map(({ parts }) => parts.length)) * perSec,
  };
}

function packetizeAudio(
  { startUnits = 0, packets }: AudioClip,
): PacketizedAudio {
  const perSec = AUDIO_UNITS_PER_SEC / sum(packets.map(({ units }) => units));
  const bytes = sum(packets.map(({ data }) => data.length));
  return {
    startMs: startUnits / AUDIO_UNITS_PER_SEC * 1000,
    longestGapMs: longest(packets) / AUDIO_UNITS_PER_SEC * 1000,
    packets,
    bitrateBps: Math.round(bytes * 8 * perSec),
    packetsPerSecond: packets.length * perSec,
  };
}

function cutFrame(
  { data, isKey, units }: VideoFrame,
  nextKey: number,
): PacketizedFrame {
  const ms = units / VIDEO_UNITS_PER_SEC * 1000;
  const { packets, burstPauseMs } = layOutFrame(
    data.length,
    VIDEO_PACKET_DATA_BYTES,
    0,
    ms,
  );
  const parts = Array.from({ length: packets }, (_, i) => {
    const start = i * VIDEO_PACKET_DATA_BYTES;
    return data.subarray(start, start + VIDEO_PACKET_DATA_BYTES);
  });
  return { parts, isKey, nextKey, units, ms, burstPauseMs };
}

/** For each frame, the first key frame from it on; round the end that is the first of all. */
function nextKeysOf(frames: readonly VideoFrame[]): number[] {
  let next = 0;
  return frames.map(({ isKey }, i) => ({ isKey, i })).reverse()
    .map(({ isKey, i }) => next = isKey ? i : next).reverse();
}

function longest(all: readonly { readonly units: number }[]): number {
  return all.reduce((most, { units }) => Math.max(most, units), 0);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
