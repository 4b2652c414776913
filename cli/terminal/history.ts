/**
 * The lines typed before, kept from one session to the next in a file that
 * only its owner can read. It is a convenience: a file that is broken, or
 * cannot be read or written, costs the history and nothing else.
 *
 * A line that begins with a space is not kept, so that a secret can be typed.
 *
 * @module
 */

import { sanitize } from "../../lib/text/mod.ts";

/** The file access that a history needs; every call may reject. */
export interface HistoryFiles {
  /** The text of the file. */
  read(path: string): Promise<string>;
  /** Adds to the end of the file, which is made (0600, in a folder 0700) when missing. */
  append(path: string, text: string): Promise<void>;
  /** Puts a new file (0600) in the place of the old one, whole or not at all. */
  replace(path: string, text: string): Promise<void>;
}

/** How much a history keeps. */
export interface HistoryOptions {
  /**
   * Most lines kept.
   * @default {1000}
   */
  readonly limit?: number;
}

/** Longest line kept, in UTF-16 units; a longer one was pasted by mistake. */
export const MAX_HISTORY_LINE_LENGTH = 4_096;

/**
 * Where the history belongs: `$XDG_STATE_HOME/rtcrowd/history`, else
 * `~/.local/state/rtcrowd/history` (XDG Base Directory Specification, which
 * also says to pass over a relative path). `undefined` without a home.
 */
export function historyPath(
  env: (name: string) => string | undefined,
): string | undefined {
  const state = env("XDG_STATE_HOME");
  if (state?.startsWith("/")) return `${state}/rtcrowd/history`;
  const home = env("HOME");
  return home ? `${home}/.local/state/rtcrowd/history` : undefined;
}

/** The lines typed before. */
export class History {
  readonly #path: string | undefined;
  readonly #files: HistoryFiles;
  readonly #limit: number;
  #entries: readonly string[];

  private constructor(
    path: string | undefined,
    files: HistoryFiles,
    limit: number,
    entries: readonly string[],
  ) {
    this.#path = path;
    this.#files = files;
    this.#limit = limit;
    this.#entries = entries;
  }

  /** Reads the history at `path`; without a path it lasts as long as the process. */
  static async open(
    path: string | undefined,
    files: HistoryFiles,
    options: HistoryOptions = {},
  ): Promise<History> {
    const { limit = 1_000 } = options;
    const text = await quietly(() => path ? files.read(path) : undefined);
    const lines = (text ?? "").split("\n");
    const entries = lines.reduce<readonly string[]>(
      (kept, line) => withLine(kept, line, limit),
      [],
    );
    // Lines are only ever added to the file, so now and then it is rewritten.
    if (path && lines.length > 2 * limit) {
      await quietly(() => files.replace(path, fileText(entries)));
    }
    return new History(path, files, limit, entries);
  }

  /** The lines, oldest first, each once. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  /** Adds a line as the newest; never rejects. */
  async add(line: string): Promise<void> {
    const before = this.#entries;
    this.#entries = withLine(before, line, this.#limit);
    const newest = this.#entries.at(-1);
    const path = this.#path;
    if (!path || newest === undefined || this.#entries === before) return;
    await quietly(() => this.#files.append(path, fileText([newest])));
  }
}

/** `entries` with `line` as the newest, or the same array when it is not one to keep. */
function withLine(
  entries: readonly string[],
  line: string,
  limit: number,
): readonly string[] {
  const clean = sanitize(line).trimEnd();
  const unwanted = clean === "" || line.startsWith(" ") ||
    clean.length > MAX_HISTORY_LINE_LENGTH || clean === entries.at(-1);
  if (unwanted) return entries;
  return [...entries.filter((entry) => entry !== clean), clean].slice(-limit);
}

function fileText(lines: readonly string[]): string {
  return lines.map((line) => line + "\n").join("");
}

async function quietly<T>(
  task: () => Promise<T> | undefined,
): Promise<T | undefined> {
  try {
    return await task();
  } catch {
    return undefined;
  }
}
