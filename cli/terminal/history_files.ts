/**
 * The history's file access on a real disk.
 *
 * @module
 */

import type { HistoryFiles } from "./history.ts";

/** Reads and writes a history through Deno, for its owner's eyes only. */
export const denoHistoryFiles: HistoryFiles = {
  read(path) {
    return Deno.readTextFile(path);
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
