/**
 * WebM, Matroska and Ogg, read in a worker: a damaged file can keep its parser
 * busy for ever, and only a thread of its own can be ended then.
 *
 * @module
 */

import type { EncodedTrack } from "./encoded_track.ts";
import { systemClock } from "../time/mod.ts";
import { IN_CIRCLES } from "./parse_container.ts";

/** From when the parser is there. Reading takes some ten milliseconds a megabyte. */
const DEADLINE_MS = 10_000;
const DEADLINE_MS_PER_BYTE = 500 / 2 ** 20;

/** A file was not read in the time, or the reads, that a whole one needs many times over. */
export class ReadTimeoutError extends Error {
  override readonly name = "ReadTimeoutError";
}

/** The tracks of a file. Throws an `Error` when it is none of these, or broken, a {@linkcode ReadTimeoutError} when it cannot be read in time. */
export async function readContainer(
  bytes: Uint8Array,
  deadlineMs: number = DEADLINE_MS + bytes.length * DEADLINE_MS_PER_BYTE,
): Promise<EncodedTrack[]> {
  const worker = new Worker(import.meta.resolve("./container_worker.ts"), {
    type: "module",
  });
  const answer = Promise.withResolvers<EncodedTrack[]>();
  let cancel = () => {};
  const giveUp = () =>
    answer.reject(
      new ReadTimeoutError(
        `it could not be read in ${Math.ceil(deadlineMs / 1000)} s`,
      ),
    );
  worker.onmessage = ({ data: { isReady, tracks, why } }) => {
    if (isReady) {
      cancel = systemClock.setTimer(deadlineMs, giveUp);
      worker.postMessage(bytes);
    } else if (tracks !== undefined) answer.resolve(tracks);
    else if (why === IN_CIRCLES) answer.reject(new ReadTimeoutError(why));
    else answer.reject(new Error(why));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    answer.reject(new Error(event.message));
  };
  try {
    return await answer.promise;
  } finally {
    cancel();
    worker.terminate();
  }
}
