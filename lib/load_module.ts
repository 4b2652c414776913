/**
 * Loading modules of others: what one awaits may never come, and its file, or
 * that of a module which it imports, may be a device or a pipe without an end.
 * Whatever reads that cannot be called off, so it must not begin.
 *
 * @module
 */

import { systemClock } from "./time/mod.ts";

/** How long a module may take, and how large it may be. */
export interface LoadBounds {
  /** Until it is loaded, with all that it imports and awaits, in milliseconds. */
  readonly withinMs: number;
  /** A file of more bytes is no module. */
  readonly mostBytes: number;
  /** What the process may take more of while it loads, in bytes. @default {as much as it likes} */
  readonly mostMemory?: number;
}

const USUAL: LoadBounds = { withinMs: 60_000, mostBytes: 50e6 };
/** Between two looks at the memory, in milliseconds. */
const LOOK_MS = 50;

/** What a module exports. Throws what it throws, or an `Error` whose message is a phrase. */
export async function loadModule(
  url: string,
  bounds: Partial<LoadBounds> = {},
): Promise<Readonly<Record<string, unknown>>> {
  const { withinMs, mostBytes, mostMemory } = { ...USUAL, ...bounds };
  await checkFiles(url, mostBytes);
  const late = Promise.withResolvers<never>();
  const fail = (why: string) => late.reject(new Error(why));
  const cancelDeadline = systemClock.setTimer(
    withinMs,
    () =>
      fail(
        `it is not there after ${
          withinMs / 1000
        } s: what it imports, or awaits outside of functions, does not end`,
      ),
  );
  const cancelLooks = mostMemory === undefined
    ? () => {}
    : whenGrown(mostMemory, () =>
      fail(
        `it takes more than ${mostMemory / 1e6} MB: what it imports has no end`,
      ));
  try {
    const loading = import(url);
    loading.catch(() => {});
    return await Promise.race([loading, late.promise]);
  } finally {
    cancelDeadline();
    cancelLooks();
  }
}

/** Calls once the process has so much more memory than now; what it returns ends that. */
function whenGrown(bytes: number, then: () => void): () => void {
  const atFirst = Deno.memoryUsage().rss;
  let cancel: () => void;
  const look = () => {
    if (Deno.memoryUsage().rss - atFirst > bytes) then();
    else cancel = systemClock.setTimer(LOOK_MS, look);
  };
  cancel = systemClock.setTimer(LOOK_MS, look);
  return () => cancel();
}

/** What answers later is left to who loads it. */
const ANSWER_MS = 10_000;
/** Our own modules are plain files. */
const OURS = new URL("../", import.meta.url).href;
/** What a module imports or exports from, also where it only seems to. */
const IMPORTED = /\b(?:from|import)\s*\(?\s*(["'])([^"'\n]+)\1/g;

/** Throws where a file, or one that it imports by its path, is none that can be read to its end. */
async function checkFiles(url: string, mostBytes: number): Promise<void> {
  const found = new Set([url]);
  for (const one of found) {
    if (one.startsWith("http")) await checkAnswer(one, mostBytes);
    if (!one.startsWith("file:") || one.startsWith(OURS)) continue;
    const file = new URL(one);
    const stat = await Deno.stat(file).catch(() => undefined);
    // Who loads it says so best.
    if (stat === undefined || stat.isDirectory) continue;
    const it = one === url ? "it" : `${file.pathname}, which it imports,`;
    if (!stat.isFile) throw new Error(`${it} is not a plain file`);
    if (stat.size > mostBytes) {
      throw new Error(`${it} is larger than ${mostBytes / 1e6} MB`);
    }
    const text = await Deno.readTextFile(file).catch(() => "");
    for (const [, , specifier] of text.matchAll(IMPORTED)) {
      if (!/^(\.{0,2}\/|file:)/.test(specifier)) continue;
      if (URL.canParse(specifier, one)) {
        found.add(new URL(specifier, one).href);
      }
    }
  }
}

/** Throws where what a URL answers with is too large; whatever else is wrong with it, who loads it says best. */
async function checkAnswer(url: string, mostBytes: number): Promise<void> {
  const signal = AbortSignal.timeout(ANSWER_MS);
  let left = mostBytes;
  try {
    const { body } = await fetch(url, { signal });
    for await (const part of body ?? []) {
      left -= part.length;
      if (left < 0) break;
    }
  } catch {
    // It may be kept from an earlier time, or want a token of the loader's.
  }
  if (left < 0) throw new Error(`it is larger than ${mostBytes / 1e6} MB`);
}
