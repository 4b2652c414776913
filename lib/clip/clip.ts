/**
 * A clip: encoded video, audio or both, to be sent over and over.
 *
 * @module
 */

/** One encoded video frame. */
export interface VideoFrame {
  /** A whole VP8 frame (RFC 6386), never empty. */
  readonly data: Uint8Array;
  /** Whether a decoder can begin with it. */
  readonly isKey: boolean;
  /** From it to the next one, or round to the first, in units of 1/90000 s; at least 1. */
  readonly units: number;
}

/** Encoded video; its first frame is a key frame. */
export interface VideoClip {
  /** From the beginning of the clip to its first frame, in units of 1/90000 s. @default {0} */
  readonly startUnits?: number | undefined;
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Height of the picture in pixels. */
  readonly height: number;
  /** In order of decoding, at least one. */
  readonly frames: readonly VideoFrame[];
}

/** One Opus packet. */
export interface AudioPacket {
  /** As RFC 6716 section 3 lays it out. */
  readonly data: Uint8Array;
  /** From it to the next one, or round to the first, in units of 1/48000 s: as long as it sounds, or longer where a gap follows. */
  readonly units: number;
  /** Whether nothing sounds between its end and the next one. @default {false} */
  readonly isBeforeGap?: boolean | undefined;
  /** Whether it carries any sound: the encoder sends next to nothing for silence (RFC 7587 section 3.1.3). */
  readonly sounds: boolean;
}

/** Encoded audio. */
export interface AudioClip {
  /** From the beginning of the clip to its first packet, in units of 1/48000 s. @default {0} */
  readonly startUnits?: number | undefined;
  /** In order, at least one. */
  readonly packets: readonly AudioPacket[];
}

/** What is sent over and over; one of the two at least. Where there are both, they are equally long. */
export interface Clip {
  /** VP8. */
  readonly video: VideoClip | undefined;
  /** Opus. */
  readonly audio: AudioClip | undefined;
}

/** A file cannot be used; the message says why, in one line, and what to do. */
export class ClipError extends Error {
  /** `ClipError`. */
  override readonly name: string = "ClipError";
}

/** Units of video time a second: the clock of VP8 in RTP (RFC 7741). */
export const VIDEO_UNITS_PER_SEC = 90_000;
/** Units of audio time a second: the clock of Opus in RTP (RFC 7587). */
export const AUDIO_UNITS_PER_SEC = 48_000;
