/**
 * Reading what may have no end: a path can be a device, or a pipe to which
 * nobody ever writes, and a URL can be of any server.
 *
 * @module
 */

import { ABORTED, systemClock } from "./time/mod.ts";

/** How much is read, and for how long. */
export interface ReadBounds {
  /** What has more bytes is refused. */
  readonly mostBytes: number;
  /** The same of a file on a disk, which ends by itself; left out, as of all else. */
  readonly mostFileBytes?: number;
  /** What has not ended by then is given up, in milliseconds. */
  readonly withinMs: number;
}

/** All bytes of what a path names. Throws what the system says, or an `Error` whose message is a phrase. */
export async function readPathBounded(
  path: string | URL,
  { mostBytes, mostFileBytes = mostBytes, withinMs }: ReadBounds,
): Promise<Uint8Array<ArrayBuffer>> {
  const { isFile, isFifo, size } = await Deno.stat(path);
  const bounds = { mostBytes: isFile ? mostFileBytes : mostBytes, withinMs };
  if (isFile && size > mostFileBytes) throw tooLarge(mostFileBytes);
  using late = deadline(withinMs);
  const opening = Deno.open(path, { read: true });
  // It may fail before somebody waits for it.
  opening.catch(() => {});
  const file = await Promise.race([opening, late.passed]);
  if (file !== undefined) {
    return await readStreamBounded(file.readable, bounds, late);
  }
  // Whoever opens a pipe waits in the system, until the other end is opened.
  if (isFifo) (await Deno.open(path, { write: true })).close();
  (await opening).close();
  throw new Error(`nothing came in ${withinMs / 1000} s`);
}

/** All bytes that a URL answers with; redirects are followed. */
export async function fetchBounded(
  url: string | URL,
  bounds: ReadBounds,
): Promise<Uint8Array<ArrayBuffer>> {
  using late = deadline(bounds.withinMs);
  const giveUp = new AbortController();
  const asking = fetch(url, { signal: giveUp.signal });
  asking.catch(() => {});
  const response = await Promise.race([asking, late.passed]);
  if (response === undefined) {
    giveUp.abort(ABORTED);
    throw new Error(`no answer in ${bounds.withinMs / 1000} s`);
  }
  const { ok, status, body } = response;
  if (ok && body !== null) return await readStreamBounded(body, bounds, late);
  await body?.cancel();
  throw new Error(`the server answers with ${status}`);
}

interface Deadline extends Disposable {
  /** Resolves once it has passed. */
  readonly passed: Promise<undefined>;
}

function deadline(ms: number): Deadline {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const cancel = systemClock.setTimer(ms, () => resolve(undefined));
  return { passed: promise, [Symbol.dispose]: cancel };
}

async function readStreamBounded(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { mostBytes, withinMs }: ReadBounds,
  late: Deadline,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  let isLate = false;
  // No race: it would keep each part until the deadline.
  late.passed.then(() => {
    isLate = true;
    return reader.cancel();
  }).catch(() => {});
  let all = new Uint8Array(FIRST_BYTES);
  let length = 0;
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (isLate) throw new Error(`it has not ended in ${withinMs / 1000} s`);
      if (done) return all.slice(0, length);
      if (length + value.length > mostBytes) throw tooLarge(mostBytes);
      if (length + value.length > all.length) {
        all = new Uint8Array(all.buffer.transfer(2 * (length + value.length)));
      }
      all.set(value, length);
      length += value.length;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** Most of what is read is smaller. */
const FIRST_BYTES = 65_536;

function tooLarge(bytes: number): Error {
  return new Error(`it is larger than ${bytes / 1e6} MB`);
}
