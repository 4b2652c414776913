/**
 * Writing the further files of a run. What renders them is loaded once there
 * are any.
 *
 * @module
 */

import type { ClientResult, Summary, WholeStory } from "../../tool.ts";
import { safeValue } from "../../lib/text/mod.ts";
import { optionName } from "./option.ts";
import type { OutputFile } from "./output_options.ts";
import { reasonOf, replaceFile } from "./paths.ts";

type Render = (
  summary: Summary,
  clients: readonly ClientResult[],
  stories: readonly WholeStory[],
) => string | Promise<string>;

/** How each is rendered. */
const RENDERERS: Readonly<Record<OutputFile["kind"], () => Promise<Render>>> = {
  html: async () => (await import("../../lib/output/mod.ts")).renderHtml,
  junit: async () => (await import("../../lib/output/mod.ts")).renderJunit,
  summaryMd: async () =>
    (await import("../../lib/output/mod.ts")).renderMarkdown,
};

/** What they are written from. */
export interface OutputInput {
  readonly summary: Summary;
  /** As `load_test_results.json` has them; nobody where that is not there. */
  readonly clients: readonly ClientResult[];
  /** What became of each; nobody where that is not known. */
  readonly stories: readonly WholeStory[];
}

/** Writes them; `tell` hears of each that cannot be. Resolves with whether all are there. */
export async function writeOutputs(
  files: readonly OutputFile[],
  { summary, clients, stories }: OutputInput,
  tell: (line: string) => void,
): Promise<boolean> {
  if (files.length === 0) return true;
  const safe = safeValue(summary);
  const results = safeValue(clients);
  const told = safeValue(stories);
  let areThere = true;
  for (const { kind, path, isAppended } of files) {
    const render = await RENDERERS[kind]();
    const text = await render(safe, results, told);
    try {
      if (isAppended) await Deno.writeTextFile(path, text, { append: true });
      else await replaceFile(path, text);
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
