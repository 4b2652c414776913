/**
 * `--media` and `--simulcast`: what they may not be given with, and what is in
 * the files.
 *
 * @module
 */

import { describeMedia, type EngineKind, SYNTHETIC } from "../../tool.ts";

/** What is sent comes from the files: another quality or frame rate is out of reach. */
export function mediaContradictions(
  media: string,
  given: ReadonlySet<string>,
): string[] {
  if (media === SYNTHETIC) return [];
  return ["quality", "fps", "simulcast"].filter((key) => given.has(key)).map((
    key,
  ) => `--media, --${key}: they exclude each other, leave one out.`);
}

/** Layers need video, and a server that forwards them. */
export function simulcastContradictions(
  { simulcast, audioOnly }: {
    readonly simulcast: boolean;
    readonly audioOnly: boolean;
  },
  engine: EngineKind | undefined,
): string[] {
  if (!simulcast) return [];
  return [
    ...(audioOnly
      ? ["--simulcast, --audio-only: they exclude each other, leave one out."]
      : []),
    ...(engine === "werift"
      ? [
        "--simulcast: the engine werift forwards no layers, add --embedded=mediasoup.",
      ]
      : []),
  ];
}

/** What is sent, in words, or why it cannot be. */
export async function readMedia(
  { media, audioOnly, videoOnly }: {
    readonly media: string;
    readonly audioOnly: boolean;
    readonly videoOnly: boolean;
  },
): Promise<{ readonly text: string } | { readonly problem: string }> {
  try {
    const sent = { audio: !videoOnly, video: !audioOnly };
    return { text: await describeMedia(media, sent) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
