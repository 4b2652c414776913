/**
 * What publishers send, by name: synthetic media or files.
 *
 * @module
 */

import { ClipError, loadClip, type VideoClip } from "../clip/mod.ts";
import {
  packetize,
  type PacketizedAudio,
  type PacketizedVideo,
} from "./send/packetize.ts";

/** Media that no file is needed for. */
export const SYNTHETIC = "synthetic";

/** The clip that such a name stands for; `undefined` for synthetic media. */
export function clipNamed(media: string = SYNTHETIC): string | undefined {
  return media === SYNTHETIC ? undefined : media;
}

/** Which kinds of media are sent at all. */
export interface KindsSent {
  /** Whether audio is. @default {true} */
  readonly audio?: boolean;
  /** Whether video is. @default {true} */
  readonly video?: boolean;
}

/**
 * What is sent under a name, in words. Throws an `Error` in one line for a
 * file that cannot be used, or of which nothing would be sent.
 */
export async function describeMedia(
  media: string,
  { audio = true, video = true }: KindsSent = {},
): Promise<string> {
  const name = clipNamed(media);
  if (name === undefined) return SYNTHETIC;
  const clip = await loadClip(name);
  if (!(clip.audio && audio) && !(clip.video && video)) {
    const kinds = [
      ...(clip.audio ? ["audio"] : []),
      ...(clip.video ? ["video"] : []),
    ];
    throw new ClipError(
      `Cannot use ${name}: it has ${
        kinds.join(" and ")
      }, of which nothing is sent. Send some, or leave the file out.`,
    );
  }
  const packets = packetize(clip);
  const parts = [
    ...(video ? [videoText(clip.video, packets.video)] : []),
    ...(audio ? [audioText(packets.audio)] : []),
  ];
  return `${name} (${parts.join("; ")})`;
}

function videoText(
  clip: VideoClip | undefined,
  packets: PacketizedVideo | undefined,
): string {
  return clip === undefined || packets === undefined
    ? "its video synthetic"
    : `VP8 ${clip.width}x${clip.height} at ${round(packets.fps)} fps, ${
      kbps(packets.bitrateBps)
    }`;
}

function audioText(packets: PacketizedAudio | undefined): string {
  return packets === undefined
    ? "its audio synthetic"
    : `Opus, ${kbps(packets.bitrateBps)}`;
}

function kbps(bps: number): string {
  return `${Math.round(bps / 1000)} kbps`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
