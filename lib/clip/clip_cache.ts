/**
 * The clips of one thread: each is loaded once, and all clients that send it
 * share what is made of it.
 *
 * @module
 */

import type { Clip } from "./clip.ts";
import { loadClip } from "./load_clip.ts";

/** Who sends a clip, by what `--media` takes; nothing for synthetic media. */
export interface ClipNamed {
  readonly clip?: string | undefined;
}

/** What was made of each clip, by its name. */
export class ClipCache<Made> {
  readonly #make: (clip: Clip) => Made;
  readonly #made = new Map<string, Made>();

  /** `make` is called once a clip. */
  constructor(make: (clip: Clip) => Made) {
    this.#make = make;
  }

  /** Loads what these name. Throws a `ClipError` for a file that cannot be used. */
  async load(named: readonly ClipNamed[]): Promise<void> {
    for (const { clip } of named) {
      if (clip === undefined || this.#made.has(clip)) continue;
      this.#made.set(clip, this.#make(await loadClip(clip)));
    }
  }

  /** What was made of it; `undefined` for synthetic media. Throws a `RangeError` for what was not loaded. */
  get({ clip }: ClipNamed): Made | undefined {
    if (clip === undefined) return undefined;
    const made = this.#made.get(clip);
    if (made !== undefined) return made;
    throw new RangeError(`Cannot send ${clip}: it was not loaded`);
  }
}
