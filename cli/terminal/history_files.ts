/**
 * The history's file access on a real disk.
 *
 * @module
 */

import { readPathBounded } from "../../lib/read_bounded.ts";
import type { HistoryFiles } from "./history.ts";

/** Of a thousand lines there are less; nobody waits longer for what was typed before. */
const BOUNDS = { mostBytes: 16e6, withinMs: 2_000 };

/** Reads and writes a history through Deno, for its owner's eyes only. */
export const denoHistoryFiles: HistoryFiles = {
  async read(path) {
    const bytes = await readPathBounded(path, BOUNDS);
    return new TextDecoder().decode(bytes);
  },

  async append(path, text) {
    await makeFolder(path);
    await Deno.writeTextFile(path, text, { append: true, mode: 0o600 });
  },

  async replace(path, text) {
    await makeFolder(path);
    const temporary = `${path}.${crypto.randomUUID()}`;
    try {
      await Deno.writeTextFile(temporary, text, {
        createNew: true,
        mode: 0o600,
      });
      await Deno.rename(temporary, path);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
  },
};

async function makeFolder(path: string): Promise<void> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
}
