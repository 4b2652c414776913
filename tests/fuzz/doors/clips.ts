/** Media files: damaged IVF, Ogg and WebM. */

import { opusClip } from "../../../lib/clip/opus_clip.ts";
import type { EncodedTrack } from "../../../lib/clip/encoded_track.ts";
import { isIvf, readIvf } from "../../../lib/clip/ivf.ts";
import { together } from "../../../lib/clip/together.ts";
import { vp8Clip } from "../../../lib/clip/vp8_clip.ts";
import { packetize } from "../../../lib/media/mod.ts";
import {
  interFrame,
  ivf as ivfFile,
  keyFrame,
  ogg,
} from "../../lib/clip/files.ts";
import { damagedBytes } from "../damaged.ts";
import { fc } from "../deps.ts";
import type { Door } from "../door.ts";

/** IVF, which is read here. */
export const ivf: Door = {
  name: "ivf",
  kind: "pure",
  open() {
    const samples = [1, 3, 40].map((count) =>
      ivfFile(
        Array.from({ length: count }, (_, i) => [
          i * 40,
          i % 10 === 0 ? keyFrame() : interFrame(),
        ]),
      )
    );
    return {
      property: fc.property(damagedBytes(samples), (bytes) => {
        if (!isIvf(bytes)) return;
        const track = readIvf(bytes);
        if (typeof track !== "string") use([track]);
      }),
    };
  },
};

/** So much of the built-in clip has its head and some clusters. */
const WEBM_BYTES = 20_000;
/** A parser that is busy for longer is ended, as `readContainer` does. */
const DEADLINE_MS = 200;
const WORKER = new URL(
  "../../../lib/clip/container_worker.ts",
  import.meta.url,
);

/** Ogg and WebM, which a library reads in a worker. */
export const containers: Door = {
  name: "containers",
  kind: "stateful",
  async open() {
    const opus = Array.from({ length: 10 }, () => ({
      data: Uint8Array.from([0xfc, 1, 2, 3, 4]),
      units: 960,
      sounds: true,
    }));
    const builtin = await Deno.readFile(
      new URL("../../../lib/clip/builtin.webm", import.meta.url),
    );
    const samples = [await ogg(opus), builtin.slice(0, WEBM_BYTES)];
    let reader = await Reader.open();
    return {
      property: fc.asyncProperty(damagedBytes(samples), async (bytes) => {
        const tracks = await reader.read(bytes);
        if (tracks === "busy") {
          reader.close();
          reader = await Reader.open();
        } else if (tracks !== undefined) use(tracks);
      }),
      [Symbol.asyncDispose]: () => Promise.resolve(reader.close()),
    };
  },
};

/** A worker that reads one file after another. */
class Reader {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async open(): Promise<Reader> {
    const worker = new Worker(WORKER, { type: "module" });
    await new Promise((resolve) => worker.onmessage = resolve);
    return new Reader(worker);
  }

  /** Its tracks; `undefined` when it is refused, `busy` when it takes too long. */
  async read(
    bytes: Uint8Array,
  ): Promise<readonly EncodedTrack[] | undefined | "busy"> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((resolve) => {
        timer = setTimeout(() => resolve("busy"), DEADLINE_MS);
        this.#worker.onmessage = ({ data }) => resolve(data.tracks);
        this.#worker.postMessage(bytes);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    this.#worker.terminate();
  }
}

/** Makes packets of what can be sent; a text is a refusal. */
function use(tracks: readonly EncodedTrack[]): void {
  const [video, audio] = (["video", "audio"] as const).map((kind) =>
    tracks.find((track) => track.kind === kind)
  );
  const picture = video && vp8Clip(video);
  const sound = audio && opusClip(audio);
  if (typeof picture === "string" || typeof sound === "string") return;
  packetize(together(picture, sound));
}
