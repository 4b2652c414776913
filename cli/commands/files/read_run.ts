/**
 * Reading what a run has left: its summary, or all that is kept of it.
 *
 * @module
 */

import {
  type ClientResult,
  EMPTY_COURSE,
  type NamedRun,
  type SavedRun,
  type Summary,
  toResults,
  unpackRun,
} from "../../../tool.ts";
import { parseResults, parseSummary } from "../../../lib/report/reading.ts";
import { reasonOf } from "../../../lib/text/mod.ts";
import type { OutputInput } from "./output_files.ts";
import { RESULTS_FILE, SNAPSHOT_FILE, SUMMARY_FILE } from "./run_files.ts";

/** A run, with what was wrong with its file, or its clients where that was their file. */
export interface ReadRun extends NamedRun {
  /** Where it was read from. */
  readonly path: string;
  readonly problem: string | null;
  readonly clients?: readonly ClientResult[];
  /** All of it, where that had to be read anyway. */
  readonly saved?: SavedRun;
}

/** All that is kept of a run, as far as it is there. */
export interface WholeRun
  extends OutputInput, Pick<SavedRun, "found" | "stories"> {
  /** What was wrong with a file beside its summary. */
  readonly problem: string | null;
}

/** A directory without a summary is a run that left none; one that cannot be read shall not hide the others. */
export async function readRun(path: string): Promise<ReadRun> {
  const name = path.replace(/[/\\]+$/, "").split(/[/\\]/).at(-1) ?? path;
  try {
    return { name, path, ...await readFiles(path), problem: null };
  } catch (error) {
    const why = reasonOf(error);
    return {
      name,
      path,
      summary: null,
      problem: `Cannot report ${path}: ${why}`,
    };
  }
}

/** Why a directory has nothing to show, as a clause: of `run --repeat` the runs are in directories below it. */
export async function whyNoSummary(path: string): Promise<string> {
  const dir = path.replace(/[/\\]+$/, "");
  const runs: number[] = [];
  try {
    for await (const { name } of Deno.readDir(dir)) {
      if (!/^[1-9]\d*$/.test(name)) continue;
      const has = await ofRun(`${dir}/${name}/${SUMMARY_FILE}`, Deno.stat);
      if (has !== undefined && !(has instanceof Error)) runs.push(Number(name));
    }
  } catch {
    // What cannot be listed has none to name.
  }
  const [first, ...others] = runs.toSorted((a, b) => a - b);
  const none = `it has no ${SUMMARY_FILE}`;
  if (first === undefined) return none;
  const last = others.at(-1);
  return last === undefined
    ? `${none}, ${dir}/${first} has: name that`
    : `${none}, ${dir}/${first} to ${dir}/${last} have: name those`;
}

/** The rest of a run that has a summary: what stands beside that, where it is of the same run. */
export async function readWhole(
  { path, summary, saved }: ReadRun & { readonly summary: Summary | null },
): Promise<WholeRun> {
  const dir = await folderOf(path);
  const kept = saved ?? await ofRun(`${dir}/${SNAPSHOT_FILE}`, unpack);
  const problem = kept instanceof Error
    ? `Cannot read ${dir}/${SNAPSHOT_FILE}: ${
      kept.message.replace("Cannot read snapshot: ", "")
    }. It is left out.`
    : null;
  const rest = kept instanceof Error || kept === undefined ||
      kept.summary.startedAt !== summary!.startedAt
    ? undefined
    : kept;
  // While a run goes on its summary may be newer.
  if (rest !== undefined && rest.summary.elapsedMs === summary!.elapsedMs) {
    const { snapshot } = rest;
    const clients = toResults(snapshot.clients);
    return { ...rest, summary: summary!, clients, problem };
  }
  // Written together: beside what is kept of another run are that one's clients.
  const areOthers = rest === undefined && kept !== undefined &&
    !(kept instanceof Error);
  const results = areOthers ? undefined : await ofRun(
    `${dir}/${RESULTS_FILE}`,
    async (file) =>
      parseResults(new TextDecoder().decode(await readPlain(file))),
  );
  return {
    summary: summary!,
    clients: results instanceof Error ? [] : results ?? [],
    snapshot: rest?.snapshot,
    found: [],
    stories: rest?.stories ?? [],
    course: rest?.course ?? EMPTY_COURSE,
    problem: results instanceof Error
      ? `Cannot read ${dir}/${RESULTS_FILE}: ${results.message}. It is left out.`
      : problem,
  };
}

/** What is in a file; `undefined` where it is not there, and why not where it cannot be read. */
async function ofRun<T>(
  file: string,
  read: (file: string) => Promise<T>,
): Promise<T | Error | undefined> {
  try {
    return await read(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    return new Error(reasonOf(error));
  }
}

async function unpack(file: string): Promise<SavedRun> {
  return await unpackRun(await readPlain(file));
}

/** The directory of a file that a run left, whatever it is called now, or itself. */
async function folderOf(path: string): Promise<string> {
  const { isDirectory } = await Deno.stat(path);
  return isDirectory ? path : path.replace(/[^/\\]*$/, "") || ".";
}

type Read = Pick<ReadRun, "clients" | "saved" | "summary">;

async function readFiles(path: string): Promise<Read> {
  const { isDirectory } = await Deno.stat(path);
  if (!isDirectory) return await readFile(path);
  for (const name of [SUMMARY_FILE, SNAPSHOT_FILE]) {
    try {
      return await readFile(`${path}/${name}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return { summary: null };
}

/** All that is taken of a run fits into it several times. */
const MAX_FILE_BYTES = 1e9;

/** The bytes of a file; a pipe or a device may have no end, and nobody may ever write to it. */
export async function readPlain(
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { isFile, size } = await Deno.stat(path);
  if (!isFile) throw new Error("it is not a plain file");
  if (size > MAX_FILE_BYTES) throw new Error("it is larger than any run");
  return await Deno.readFile(path);
}

/** Which of the files it is, what is in it says: gzip is all of a run, results are an array, NDJSON has a summary in its last line. */
async function readFile(path: string): Promise<Read> {
  const bytes = await readPlain(path);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    const saved = await unpackRun(bytes);
    return { summary: saved.summary, saved };
  }
  const text = new TextDecoder().decode(bytes);
  if (text.startsWith(`{"type":`)) {
    const last = text.trimEnd().split("\n").at(-1)!;
    if (!last.startsWith(`{"type":"end"`)) {
      throw new SyntaxError("its last line has no summary: it was cut off");
    }
    const { summary } = JSON.parse(last);
    return { summary: parseSummary(JSON.stringify(summary)) };
  }
  return text.trimStart().startsWith("[")
    ? { summary: null, clients: parseResults(text) }
    : { summary: parseSummary(text) };
}
