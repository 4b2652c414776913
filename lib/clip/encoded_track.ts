/**
 * What a container gives of one track, before anyone has looked into it.
 *
 * @module
 */

/** One frame or packet. */
export interface EncodedChunk {
  readonly data: Uint8Array;
  /** When it is shown or heard, in seconds from anywhere. */
  readonly atSec: number;
  /** How long it lasts, in seconds; 0 where the container does not say. */
  readonly lengthSec: number;
}

/** One track of a file. */
export interface EncodedTrack {
  readonly kind: "audio" | "video";
  /** Such as `vp8`; `unknown` when it is none that has a name. */
  readonly codec: string;
  /** Channels of audio; 0 for video. */
  readonly channels: number;
  /** Streams that are coded apart and lie together in each chunk: of audio with many channels there are several. @default {1} */
  readonly streams?: number | undefined;
  /** In the order in which they stand in the file. */
  readonly chunks: readonly EncodedChunk[];
}
