/** Media files: damaged IVF, Ogg and WebM. */

import { ClipError, loadClip } from "../../../lib/clip/mod.ts";
import { interFrame, ivf, keyFrame, ogg } from "../../lib/clip/files.ts";
import { damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

/** So much of the built-in clip has its head and some clusters. */
const WEBM_BYTES = 20_000;

/** Each is read, or refused with a reason. */
export const clips: Door = {
  name: "clips",
  kind: "stateful",
  async open() {
    const frames = [0, 40, 80, 120].map((time, i) =>
      [time, i === 0 ? keyFrame() : interFrame()] as const
    );
    const opus = Array.from({ length: 10 }, () => ({
      data: Uint8Array.from([0xfc, 1, 2, 3, 4]),
      units: 960,
      sounds: true,
    }));
    const builtin = await Deno.readFile(
      new URL("../../../lib/clip/builtin.webm", import.meta.url),
    );
    const samples = [
      ivf(frames),
      await ogg(opus),
      builtin.slice(0, WEBM_BYTES),
      builtin,
    ];
    return {
      property: fc.asyncProperty(damagedBytes(samples), async (bytes) => {
        try {
          await loadClip("talk.any", () => Promise.resolve(bytes));
        } catch (error) {
          if (!(error instanceof ClipError)) throw error;
        }
      }),
    };
  },
};
