/**
 * The two files of a run. A reader never sees half of one: each is written
 * under another name and then renamed, also while the run goes on, so that
 * whatever ends it leaves the last of them.
 *
 * @module
 */

import { type Summary, toResults } from "../../mod.ts";

/** What the files are made from. */
export interface RunRecord {
  readonly summary: Summary;
  readonly clients: Parameters<typeof toResults>[0];
}

/** The names of the files, summary first. */
export const SUMMARY_FILE = "load_test_summary.json";
/** One object a client. */
export const RESULTS_FILE = "load_test_results.json";

/**
 * Why files cannot be written to `dir`, or `undefined`. It may be missing as
 * long as the directory above it is there. Leaves nothing behind.
 */
export async function whyNotWritable(dir: string): Promise<string | undefined> {
  try {
    const kind = await kindOf(dir);
    if (kind === "file") return `"${dir}" is not a directory`;
    const above = kind === "missing" ? parentOf(dir) : dir;
    if (await kindOf(above) !== "directory") {
      return `"${dir}" has no directory above it`;
    }
    await Deno.remove(await Deno.makeTempFile({ dir: above }));
  } catch (error) {
    return `"${dir}" is not writable: ${reasonOf(error)}`;
  }
}

/** The files of one run in one directory. */
export class RunFiles {
  readonly #dir: string;
  #writing: Promise<void> | undefined;

  /** Makes the directory, if it is missing. */
  constructor(dir: string) {
    this.#dir = dir;
    Deno.mkdirSync(dir, { recursive: true });
  }

  /** Writes both files, unless that is still going on from before. Throws in one line when it cannot. */
  async checkpoint(record: () => RunRecord): Promise<void> {
    if (this.#writing === undefined) await this.#write(record());
  }

  /** Writes both files for good, and resolves when they are there. Throws in one line when it cannot. */
  async finish(record: RunRecord): Promise<void> {
    // A checkpoint that failed was told of by whoever asked for it.
    await this.#writing?.catch(() => {});
    await this.#write(record);
  }

  /** Removes what a write that is cut off leaves. */
  discardUnfinished(): void {
    for (const name of [SUMMARY_FILE, RESULTS_FILE]) {
      removeIfThere(this.#unfinished(name));
    }
  }

  async #write({ summary, clients }: RunRecord): Promise<void> {
    this.#writing = Promise.all([
      this.#replace(SUMMARY_FILE, summary),
      this.#replace(RESULTS_FILE, toResults(clients)),
    ]).then(() => {});
    try {
      await this.#writing;
    } catch (error) {
      this.discardUnfinished();
      throw new Error(
        `Cannot write the results to ${this.#dir}: ${reasonOf(error)}.`,
      );
    } finally {
      this.#writing = undefined;
    }
  }

  async #replace(name: string, value: unknown): Promise<void> {
    const unfinished = this.#unfinished(name);
    await Deno.writeTextFile(
      unfinished,
      JSON.stringify(value, null, 2) + "\n",
    );
    await Deno.rename(unfinished, `${this.#dir}/${name}`);
  }

  #unfinished(name: string): string {
    return `${this.#dir}/.${name}.${Deno.pid}`;
  }
}

async function kindOf(
  path: string,
): Promise<"directory" | "file" | "missing"> {
  try {
    return (await Deno.stat(path)).isDirectory ? "directory" : "file";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
}

/** Taken from the text: what is missing has no `..`. */
function parentOf(dir: string): string {
  return dir.replace(/[/\\]+$/, "").replace(/[^/\\]+$/, "") || ".";
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
