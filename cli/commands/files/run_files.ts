/**
 * The files of a run: two that are there while it goes on, and a third with
 * all that is kept of it, once it is over. A reader never sees half of one: each is written
 * under another name and then renamed, also while the run goes on, so that
 * whatever ends it leaves the last of them.
 *
 * Results are not lost because their directory is: one that was removed is
 * made again, and where that or anything else does not help they go to
 * another place, which is named. They may be read by whom the umask lets:
 * there are no secrets in them.
 *
 * @module
 */

import {
  packRun,
  type SavedRun,
  type Summary,
  toResults,
} from "../../../tool.ts";
import { reasonOf, rowJson } from "../../../lib/text/mod.ts";
import { EXIT_CODES } from "../../../lib/exit_codes.ts";

/** What the files are made from. */
export interface RunRecord {
  readonly summary: Summary;
  readonly clients: Parameters<typeof toResults>[0];
  /** Everything else. @default {that is not written} */
  readonly rest?: Omit<SavedRun, "summary"> | undefined;
}

/** The names of the files, summary first. */
export const SUMMARY_FILE = "load_test_summary.json";
/** One object a client. */
export const RESULTS_FILE = "load_test_results.json";
/** All that is kept of a run: once it is over, and before while that is little. */
export const SNAPSHOT_FILE = "load_test_snapshot.json.gz";

/** A file that gets its name once all of it is written. */
interface Unfinished {
  readonly unfinished: string;
  readonly name: string;
  readonly content: Uint8Array;
}

/** Makes a new directory for what cannot go where it should, and returns its path. */
export type Refuge = () => Promise<string>;

/** The summary of a run whose files are not where they should be: its verdict stands, its exit code tells. */
export function withoutFiles(summary: Summary): Summary {
  return { ...summary, exitCode: summary.exitCode || EXIT_CODES.broke };
}

/** The files of one run. */
export class RunFiles {
  readonly #asked: string;
  readonly #tell: (line: string) => void;
  readonly #refuges: readonly Refuge[];
  readonly #unfinished = new Set<string>();
  /** Where they go: as asked, or where they had to. */
  #dir: string;
  #told = false;
  /** Whether the snapshot that is there is this run's. */
  #hasSnapshot = false;
  #writing: Promise<void> | undefined;

  /** Makes the directory, if it is missing. `tell` hears once when they have to go elsewhere. */
  constructor(
    dir: string,
    tell: (line: string) => void,
    refuges: readonly Refuge[] = REFUGES,
  ) {
    this.#asked = this.#dir = dir;
    this.#tell = tell;
    this.#refuges = refuges;
    Deno.mkdirSync(dir, { recursive: true });
  }

  /** Writes both files, unless that is still going on from before. */
  async checkpoint(record: () => RunRecord): Promise<void> {
    if (this.#writing === undefined) await this.#write(record());
  }

  /** Writes both files for good, and resolves once they are there; with `false` when that is not where they were asked for. */
  async finish(record: RunRecord): Promise<boolean> {
    await this.#writing;
    await this.#write(record);
    return !this.#told;
  }

  /** Removes what a write that is cut off leaves. */
  discardUnfinished(): void {
    for (const path of this.#unfinished) removeIfThere(path);
  }

  async #write(record: RunRecord): Promise<void> {
    this.#writing = this.#writeSomewhere(record);
    try {
      await this.#writing;
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeSomewhere(record: RunRecord): Promise<void> {
    const isAsAsked = this.#dir === this.#asked;
    const elsewhere = { ...record, summary: withoutFiles(record.summary) };
    const reason = await this.#whyNotIn(
      this.#dir,
      isAsAsked ? record : elsewhere,
    );
    if (reason === undefined) return;
    for (const open of this.#refuges) {
      try {
        const dir = await open();
        if (await this.#whyNotIn(dir, elsewhere) !== undefined) {
          await Deno.remove(dir, { recursive: true });
          continue;
        }
        this.#dir = dir;
        return this.#tellOnce(reason, ` They go to ${dir} instead.`);
      } catch {
        // Where no directory can be made, the next place may have room.
      }
    }
    this.#tellOnce(reason, "");
  }

  #tellOnce(reason: string, instead: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#tell(
      `Cannot write the results to ${this.#asked}: ${reason}.${instead} A run that passes exits with 1.`,
    );
  }

  async #whyNotIn(
    dir: string,
    { summary, clients, rest }: RunRecord,
  ): Promise<string | undefined> {
    try {
      // Whoever removed it did not want the results to be lost.
      await Deno.mkdir(dir, { recursive: true });
      const files = [
        { name: SUMMARY_FILE, content: jsonOf(summary) },
        { name: RESULTS_FILE, content: jsonOf(toResults(clients)) },
        ...(rest === undefined ? [] : [{
          name: SNAPSHOT_FILE,
          content: await packRun({ ...rest, summary }),
        }]),
      ].map((file) => ({
        ...file,
        // Nobody can have put a link there before: the name is new, and must be.
        unfinished: `${dir}/.${file.name}.${crypto.randomUUID()}`,
      }));
      await this.#replace(dir, files);
      if (rest !== undefined) this.#hasSnapshot = true;
      // That of a run before would be read as this one's.
      else if (!this.#hasSnapshot) removeIfThere(`${dir}/${SNAPSHOT_FILE}`);
    } catch (error) {
      return reasonOf(error);
    }
  }

  /** Where there is no room for all of them, none takes the place of what was there. */
  async #replace(dir: string, files: readonly Unfinished[]): Promise<void> {
    for (const { unfinished } of files) this.#unfinished.add(unfinished);
    try {
      for (const { unfinished, content } of files) {
        await Deno.writeFile(unfinished, content, { createNew: true });
      }
      for (const { unfinished, name } of files) {
        await Deno.rename(unfinished, `${dir}/${name}`);
      }
    } finally {
      for (const { unfinished } of files) {
        await Deno.remove(unfinished).catch(() => {});
        this.#unfinished.delete(unfinished);
      }
    }
  }
}

const PREFIX = "rtcrowd-results-";

/** On the disk for what passes, at home, and in memory: one of them has room. */
const REFUGES: readonly Refuge[] = [
  () => Deno.makeTempDir({ prefix: PREFIX }),
  async () => {
    const home = Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE");
    if (home === undefined) throw new Error("nobody is at home");
    return await Deno.makeTempDir({ dir: home, prefix: PREFIX });
  },
  () => Deno.makeTempDir({ dir: "/dev/shm", prefix: PREFIX }),
];

function jsonOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${rowJson(value)}\n`);
}

function removeIfThere(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
