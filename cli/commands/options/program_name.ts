/**
 * How the command line is begun where it is run: from a clone, from another
 * directory, or by URL.
 *
 * @module
 */

/** A module as `deno run` takes it in a directory: its path from there, a path in full, or its URL. */
export function namedFrom(dir: string | undefined, url: string): string {
  const { protocol, pathname } = new URL(url);
  if (protocol !== "file:") return url;
  const path = decodeURIComponent(pathname);
  if (dir === undefined) return path;
  const within = `${dir.replace(/\/$/, "")}/`;
  return path.startsWith(within) ? path.slice(within.length) : path;
}

/** How a module is run from here. */
export function runLine(url: string): string {
  return `deno run -A ${namedFrom(here(), url)}`;
}

/** How the command line is begun. */
export const PROGRAM: string = runLine(import.meta.resolve("../../main.ts"));

/** Where we are; `undefined` where that is gone. */
function here(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined;
  }
}
