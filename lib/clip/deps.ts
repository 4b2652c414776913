/**
 * The third-party module of this folder. It is loaded only when a WebM or
 * Ogg file is read.
 *
 * @module
 */

/** The types of mediabunny; importing types loads nothing. */
export type {
  InputAudioTrack,
  InputTrack,
  InputVideoTrack,
} from "npm:mediabunny@1.61.0";

/** Loads mediabunny, which reads WebM, Matroska and Ogg in TypeScript alone. */
export function loadMediabunny(): Promise<
  typeof import("npm:mediabunny@1.61.0")
> {
  return import("npm:mediabunny@1.61.0");
}
