/**
 * What the clients of a node found of tracks that no client of the run sends.
 *
 * @module
 */

import { type OtherTrack, shorter } from "../../metrics/mod.ts";
import type { OtherTrackFound } from "../../client/mod.ts";

/** A room has not so many; what is more is not named. */
const MOST = 1000;
/** A server's words may be long. */
const MAX_LETTERS = 200;

/** The book of one node. */
export class OtherTrackBook {
  readonly #tracks = new Map<string, OtherTrack>();

  /** All of them. */
  get tracks(): readonly OtherTrack[] {
    return [...this.#tracks.values()];
  }

  /** A client found something. */
  note(
    { producerId, found }: Pick<OtherTrackFound, "found" | "producerId">,
  ): void {
    if (found.is === "own") {
      this.#tracks.delete(producerId);
      return;
    }
    const before = this.#tracks.get(producerId);
    if (before === undefined && this.#tracks.size >= MOST) return;
    const track = before ?? {
      producerId,
      hasFlowed: false,
      isSilent: false,
      codec: null,
      refusal: null,
    };
    this.#tracks.set(producerId, { ...track, ...changeOf(track, found) });
  }
}

function changeOf(
  { codec }: OtherTrack,
  found: Exclude<OtherTrackFound["found"], { readonly is: "own" }>,
): Partial<OtherTrack> {
  switch (found.is) {
    case "flowing":
      return { hasFlowed: true, isSilent: false };
    case "silent":
      return { isSilent: true };
    case "codec":
      return { codec: shorter(codec, codecsOf(found.codecs)) };
    case "refused":
      return { refusal: found.reason.slice(0, MAX_LETTERS) };
  }
}

function codecsOf(codecs: readonly string[]): string {
  return codecs.join(" or ").slice(0, MAX_LETTERS) || "another codec";
}
