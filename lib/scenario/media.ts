/**
 * What publishers send, by name: synthetic media or files.
 *
 * @module
 */

import { loadClip } from "../clip/mod.ts";
import { packetize } from "../media/mod.ts";

/** Media that no file is needed for. */
export const SYNTHETIC = "synthetic";

/** The clip that such a name stands for; `undefined` for synthetic media. */
export function clipNamed(media: string = SYNTHETIC): string | undefined {
  return media === SYNTHETIC ? undefined : media;
}

/**
 * What is sent under a name, in words. Throws an `Error` in one line for a
 * file that cannot be used.
 */
export async function describeMedia(media: string): Promise<string> {
  const name = clipNamed(media);
  if (name === undefined) return SYNTHETIC;
  const clip = await loadClip(name);
  const { video, audio } = packetize(clip);
  const parts = [
    video === undefined
      ? "its video synthetic"
      : `VP8 ${clip.video!.width}x${clip.video!.height} at ${
        round(video.fps)
      } fps, ${kbps(video.bitrateBps)}`,
    audio === undefined
      ? "its audio synthetic"
      : `Opus, ${kbps(audio.bitrateBps)}`,
  ];
  return `${name} (${parts.join("; ")})`;
}

function kbps(bps: number): string {
  return `${Math.round(bps / 1000)} kbps`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
