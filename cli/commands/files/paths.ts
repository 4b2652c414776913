/**
 * Places for files: whether something can be written there, and how it is
 * written so that nobody reads half of it.
 *
 * @module
 */
import { reasonOf } from "../../../lib/text/mod.ts";

/**
 * Why files cannot be written to `dir`, or `undefined`, also where it is not
 * known which is meant. It may be missing as long as the directory above it is
 * there. Leaves nothing behind.
 */
export async function whyNotWritable(
  dir: string | undefined,
): Promise<string | undefined> {
  if (dir === undefined) return undefined;
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

/** Why `path` cannot be a file that is written, or `undefined`; `dir` is a directory that will be there. */
export async function whyNoFile(
  path: string,
  dir?: string,
): Promise<string | undefined> {
  try {
    const kind = await kindOf(path);
    if (kind === "directory") return `"${path}" is a directory`;
    if (kind === "file") return undefined;
    if (/[/\\]$/.test(path)) return `"${path}" is the name of a directory`;
    const above = parentOf(path);
    // Made with the other files of a run, where those can be.
    if (dir !== undefined && sameDirectory(above, dir)) return undefined;
    if (await kindOf(above) !== "directory") {
      return `"${path}" has no directory above it`;
    }
    return await whyNotWritable(above);
  } catch (error) {
    return `"${path}" is not writable: ${reasonOf(error)}`;
  }
}

/** Puts a text in the place of a file, as a whole; what is no plain file, such as a pipe, is written to. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const isPlain = await Deno.lstat(path).then(
    ({ isFile }) => isFile,
    (error) => {
      if (error instanceof Deno.errors.NotFound) return true;
      throw error;
    },
  );
  if (!isPlain) {
    using file = await openToWrite(path);
    return await writeAll(file, new TextEncoder().encode(text));
  }
  const unfinished = `${path}.${crypto.randomUUID()}`;
  try {
    await Deno.writeTextFile(unfinished, text, { createNew: true });
    await Deno.rename(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
}

/** Writes to the end; a stream of the file would not tell of a device that is full. */
async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

/** How long a pipe may be without a reader. */
const READER_MS = 5_000;

/**
 * Opens a file, a pipe or a device to be written, empty. Throws where that
 * cannot be, also where a pipe has no reader for a while.
 */
export async function openToWrite(
  path: string,
  withinMs: number = READER_MS,
): Promise<Deno.FsFile> {
  const opening = Deno.open(path, {
    write: true,
    create: true,
    truncate: true,
  });
  // It may fail before somebody waits for it.
  opening.catch(() => {});
  if (!await isPipe(path)) return await opening;
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), withinMs);
  const file = await Promise.race([opening, late.promise])
    .finally(() => clearTimeout(timer));
  if (file !== undefined) return file;
  // Whoever opens a pipe waits in the system, until the other end is opened.
  const [here, other] = await Promise.all([
    opening,
    Deno.open(path, { read: true }),
  ]);
  here.close();
  other.close();
  throw new Error("nobody reads that pipe");
}

async function isPipe(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isFifo === true;
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

function sameDirectory(one: string, other: string): boolean {
  return one.replace(/[/\\]+$/, "") === other.replace(/[/\\]+$/, "");
}

/** Taken from the text: what is missing has no `..`. */
function parentOf(dir: string): string {
  return dir.replace(/[/\\]+$/, "").replace(/[^/\\]+$/, "") || ".";
}
