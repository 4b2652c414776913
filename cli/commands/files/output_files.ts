/**
 * Writing the further files of a run. What renders them is loaded once there
 * are any.
 *
 * @module
 */

import type { ClientResult, SavedRun, Snapshot } from "../../../tool.ts";
import { reasonOf, safeValue } from "../../../lib/text/mod.ts";
import { optionName } from "../options/option.ts";
import { type OutputFile, STDOUT } from "../options/output_options.ts";
import { replaceFile } from "./paths.ts";
import { printData } from "../shell.ts";

/** What they are written from. */
export interface OutputInput
  extends Pick<SavedRun, "course" | "stories" | "summary"> {
  /** As `load_test_results.json` has them; nobody where that is not there. */
  readonly clients: readonly ClientResult[];
  /** Everything measured; `undefined` where that is not known. */
  readonly snapshot: Snapshot | undefined;
}

type Render = (input: OutputInput) => string | Promise<string>;

/** How each is rendered. */
const RENDERERS: Readonly<Record<OutputFile["kind"], () => Promise<Render>>> = {
  html: async () => {
    const { renderHtml } = await import("../../../lib/output/mod.ts");
    return ({ summary, clients, stories, course, snapshot }) =>
      renderHtml({
        summary: safeValue(summary),
        clients: safeValue(clients),
        stories: safeValue(stories),
        course,
        trends: snapshot?.trends,
      });
  },
  junit: async () => {
    const { renderJunit } = await import("../../../lib/output/mod.ts");
    return ({ summary }) => renderJunit(safeValue(summary));
  },
  summaryMd: async () => {
    const { renderMarkdown } = await import("../../../lib/output/mod.ts");
    return ({ summary }) => renderMarkdown(safeValue(summary));
  },
  ndjson: async () => {
    const { renderNdjson } = await import("../../../lib/output/mod.ts");
    return ({ summary, course }) => renderNdjson(summary, course);
  },
};

/**
 * Takes away what an earlier run left where this one is to write: whatever
 * becomes of this one, what stands there then is its own. Devices and what is
 * only added to stay, and so does `but`.
 */
export async function discardOld(
  files: readonly OutputFile[],
  but: readonly string[] = [],
): Promise<void> {
  const kept = await Promise.all(but.map(whereIs));
  for (const { path, isAppended } of files) {
    if (isAppended || path === STDOUT) continue;
    try {
      const { isFile } = await Deno.lstat(path);
      if (isFile && !kept.includes(await whereIs(path))) {
        await Deno.remove(path);
      }
    } catch {
      // What is not there, or may not be taken away, is told of where it is written.
    }
  }
}

/** A path that is the same for the same file. */
async function whereIs(path: string): Promise<string> {
  return await Deno.realPath(path).catch(() => path);
}

/** Writes them; `tell` hears of each that cannot be. Resolves with whether all are there. */
export async function writeOutputs(
  files: readonly OutputFile[],
  input: OutputInput,
  tell: (line: string) => void,
): Promise<boolean> {
  let areThere = true;
  for (const { kind, path, isAppended } of files) {
    const text = await (await RENDERERS[kind]())(input);
    try {
      if (path === STDOUT) printData(text);
      else if (isAppended) {
        await Deno.writeTextFile(path, text, { append: true });
      } else await replaceFile(path, text);
    } catch (error) {
      areThere = false;
      tell(
        `Cannot write ${optionName(kind)} to ${path}: ${
          reasonOf(error)
        }. Write it later, with report.`,
      );
    }
  }
  return areThere;
}
