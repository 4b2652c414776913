/**
 * The summary in a file, whole or not at all.
 *
 * @module
 */

import { renderCsv, renderText, type Summary } from "../../tool.ts";
import { messageOf } from "../../lib/text/mod.ts";

/** Writes the summary in the format that the path ends with: `.json`, `.txt` or `.csv`. */
export async function writeSummary(
  path: string,
  summary: Summary,
): Promise<void> {
  const unfinished = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    await Deno.writeTextFile(unfinished, textOf(path, summary));
    await Deno.rename(unfinished, path);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    const reason = messageOf(error);
    throw new Error(`Cannot write ${path}: ${reason}`);
  }
}

function textOf(path: string, summary: Summary): string {
  if (path.endsWith(".csv")) return renderCsv(summary);
  return path.endsWith(".txt")
    ? renderText(summary, { color: false, width: 100 })
    : JSON.stringify(summary, null, 2) + "\n";
}
