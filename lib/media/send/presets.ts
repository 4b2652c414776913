/**
 * What a synthetic camera and microphone send: bit rates, sizes and packet
 * counts, by quality and frame rate. They are those of SimplestChat's own
 * load tester, so that results compare.
 *
 * A video frame is a key frame every 5 s, five times the size of the inter
 * frames between. With `i` bytes an inter frame, 5 s of video weigh
 * `i · (5 · fps − 1) + 5 · i` bytes, and `i` is chosen so that this is the
 * bit rate.
 *
 * @module
 */

/** A video quality, named after its height. */
export type Quality = "480p" | "720p" | "1080p";

/** Video frames a second. */
export type Fps = 15 | 30 | 60;

/** What one quality looks like at 30 frames a second. */
export interface QualityPreset {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Bit rate at 30 frames a second, of the encoded video alone. */
  readonly bitrateBps: number;
}

/** One video source, down to its packets. */
export interface VideoPreset {
  /** Width in pixels. */
  readonly width: number;
  /** Height in pixels. */
  readonly height: number;
  /** Frames a second. */
  readonly fps: Fps;
  /** Bit rate of the encoded video, headers not counted. */
  readonly bitrateBps: number;
  /** Every how many milliseconds a key frame is due. */
  readonly keyFrameIntervalMs: number;
  /** Encoded bytes of a key frame. */
  readonly keyFrameBytes: number;
  /** Encoded bytes of any other frame. */
  readonly interFrameBytes: number;
  /** RTP packets of a key frame. */
  readonly keyFramePackets: number;
  /** RTP packets of any other frame. */
  readonly interFramePackets: number;
  /** RTP packets a second, on average. */
  readonly packetsPerSecond: number;
}

/** The qualities, worst first. */
export const QUALITIES: Readonly<Record<Quality, QualityPreset>> = {
  "480p": { width: 640, height: 480, bitrateBps: 1_000_000 },
  "720p": { width: 1280, height: 720, bitrateBps: 2_500_000 },
  "1080p": { width: 1920, height: 1080, bitrateBps: 4_500_000 },
};

/** By how much a frame rate changes a quality's bit rate. */
export const FPS_BITRATE_FACTORS: Readonly<Record<Fps, number>> = {
  15: 0.6,
  30: 1,
  60: 1.5,
};

/** Encoded bytes in a full video packet; with descriptor, RTP header, extensions and SRTP tag it stays below 1,200. */
export const VIDEO_PACKET_DATA_BYTES = 1097;

/** The synthetic microphone: 20 ms Opus frames at 128 kbit/s. */
export const AUDIO_PRESET = {
  /** RTP packets a second, one a frame. */
  packetsPerSecond: 50,
  /** Encoded bytes a packet. */
  payloadBytes: 320,
  /** RTP timestamp units a packet, at 48 kHz. */
  timestampStep: 960,
  /** Bit rate of the encoded audio, headers not counted. */
  bitrateBps: 128_000,
} as const;

/** One audio source, down to its packets. */
export type AudioPreset = Readonly<Record<keyof typeof AUDIO_PRESET, number>>;

/** What settles how a synthetic camera and microphone send. */
export interface SourceOptions {
  /** Quality of the video. */
  readonly quality: Quality;
  /** Frames of it a second. */
  readonly fps: Fps;
  /** Whether it goes out in layers. @default {false} */
  readonly simulcast?: boolean | undefined;
  /** Bit rate of the audio, in kbps. */
  readonly audioBitrate: number;
}

/** Of audio, over a second in packets of 20 ms can be sent again; packets as large as video's are rare. */
export const KEPT_AUDIO = { packets: 64, bytes: 512 } as const;

const KEY_FRAME_INTERVAL_SEC = 5;
const KEY_FRAME_WEIGHT = 5;

/** The streams in which a source goes out, the smallest first; video has several as layers. */
export function streamsOf<Kind extends "audio" | "video">(
  kind: Kind,
  options: SourceOptions,
): readonly PresetOf[Kind][];
export function streamsOf(
  kind: "audio" | "video",
  { quality, fps, simulcast, audioBitrate }: SourceOptions,
): readonly (AudioPreset | VideoPreset)[] {
  if (kind === "audio") return [audioPreset(audioBitrate)];
  const video = videoPreset(quality, fps);
  return simulcast ? simulcastPresets(video) : [video];
}

/** What describes a stream of each kind. */
interface PresetOf {
  readonly audio: AudioPreset;
  readonly video: VideoPreset;
}

/** The audio source of this bit rate, in kbps. */
function audioPreset(kbps: number): AudioPreset {
  const bitrateBps = kbps * 1000;
  const { packetsPerSecond } = AUDIO_PRESET;
  const payloadBytes = Math.round(bitrateBps / 8 / packetsPerSecond);
  return { ...AUDIO_PRESET, bitrateBps, payloadBytes };
}

/** The video source of this quality and frame rate. */
export function videoPreset(quality: Quality, fps: Fps): VideoPreset {
  const { width, height, bitrateBps } = QUALITIES[quality];
  return presetOf(width, height, fps, bitrateBps * FPS_BITRATE_FACTORS[fps]);
}

/** One layer of simulcast: by how much its picture is smaller, and its bit rate. */
interface LayerPreset {
  readonly scale: number;
  readonly bitrateBps: number;
}

/** The layers that SimplestChat's web client sends, the smallest first. */
const LAYERS: readonly LayerPreset[] = [
  { scale: 4, bitrateBps: 100_000 },
  { scale: 2, bitrateBps: 300_000 },
  { scale: 1, bitrateBps: 900_000 },
];

/** How many layers simulcast has. */
export const SIMULCAST_LAYERS = LAYERS.length;

/**
 * The layers in which simulcast sends a source, the smallest first. Their bit
 * rates are always the same; only size and frame rate are the source's.
 */
export function simulcastPresets(
  { width, height, fps }: Pick<VideoPreset, "width" | "height" | "fps">,
): VideoPreset[] {
  return LAYERS.map(({ scale, bitrateBps }) =>
    presetOf(width / scale, height / scale, fps, bitrateBps)
  );
}

function presetOf(
  width: number,
  height: number,
  fps: Fps,
  bitrateBps: number,
): VideoPreset {
  const framesPerKeyFrame = fps * KEY_FRAME_INTERVAL_SEC;
  const interFrameBytes = Math.floor(
    bitrateBps / 8 * KEY_FRAME_INTERVAL_SEC /
      (framesPerKeyFrame - 1 + KEY_FRAME_WEIGHT),
  );
  const keyFrameBytes = interFrameBytes * KEY_FRAME_WEIGHT;
  const interFramePackets = packetsOfFrame(interFrameBytes);
  const keyFramePackets = packetsOfFrame(keyFrameBytes);
  return {
    width,
    height,
    fps,
    bitrateBps,
    keyFrameIntervalMs: KEY_FRAME_INTERVAL_SEC * 1000,
    keyFrameBytes,
    interFrameBytes,
    keyFramePackets,
    interFramePackets,
    packetsPerSecond:
      (interFramePackets * (framesPerKeyFrame - 1) + keyFramePackets) /
      KEY_FRAME_INTERVAL_SEC,
  };
}

/** How many RTP packets a frame of this many encoded bytes takes. */
function packetsOfFrame(bytes: number): number {
  return Math.ceil(bytes / VIDEO_PACKET_DATA_BYTES);
}
