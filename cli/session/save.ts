/**
 * A session in a file, whole or not at all. What renders pages is loaded once
 * one is asked for.
 *
 * @module
 */

import {
  packRun,
  renderCsv,
  renderText,
  type SavedRun,
  toResults,
} from "../../tool.ts";
import { reasonOf, rowJson, safeValue } from "../../lib/text/mod.ts";

type Render = (
  run: SavedRun,
) => string | Uint8Array | Promise<string | Uint8Array>;

/** What is written, by the ending of its file. */
const RENDERERS: Readonly<Record<string, Render>> = {
  ".json": ({ summary }) => rowJson(summary) + "\n",
  ".txt": ({ summary }) => renderText(summary, { color: false, width: 100 }),
  ".csv": ({ summary }) => renderCsv(summary),
  ".html": async ({ summary, snapshot, course, stories }) => {
    const { renderHtml } = await import("../../lib/output/mod.ts");
    return await renderHtml({
      summary: safeValue(summary),
      clients: safeValue(toResults(snapshot.clients)),
      stories: safeValue(stories),
      course,
      trends: snapshot.trends,
    });
  },
  ".md": async ({ summary }) => {
    const { renderMarkdown } = await import("../../lib/output/mod.ts");
    return renderMarkdown(safeValue(summary));
  },
  ".ndjson": async ({ summary, course }) => {
    const { renderNdjson } = await import("../../lib/output/mod.ts");
    return renderNdjson(summary, course);
  },
  ".json.gz": packRun,
};

/** Endings that a file can have. */
export const SAVED_ENDINGS: readonly string[] = Object.keys(RENDERERS);

/** How a file of that name is written; `undefined` where its ending says nothing. */
export function savedAs(path: string): Render | undefined {
  const ending = SAVED_ENDINGS.find((ending) => path.endsWith(ending));
  return ending === undefined ? undefined : RENDERERS[ending];
}

/** Writes what its ending says. */
export async function writeSession(
  path: string,
  run: SavedRun,
): Promise<void> {
  const unfinished = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const content = await savedAs(path)?.(run) ?? "";
    await Deno.writeFile(
      unfinished,
      typeof content === "string" ? new TextEncoder().encode(content) : content,
    );
    await Deno.rename(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw new Error(`Cannot write ${path}: ${reasonOf(error)}.`);
  }
}
