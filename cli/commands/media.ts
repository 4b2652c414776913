/**
 * `--media`: what it may not be given with, and what is in its files.
 *
 * @module
 */

import { describeMedia, SYNTHETIC } from "../../mod.ts";

/** What is sent comes from the files: another quality or frame rate is out of reach. */
export function mediaContradictions(
  media: string,
  given: ReadonlySet<string>,
): string[] {
  if (media === SYNTHETIC) return [];
  return ["quality", "fps"].filter((key) => given.has(key)).map((key) =>
    `--media, --${key}: they exclude each other, leave one out.`
  );
}

/** What is sent, in words, or why it cannot be. */
export async function readMedia(
  media: string,
): Promise<{ readonly text: string } | { readonly problem: string }> {
  try {
    return { text: await describeMedia(media) };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
