/**
 * What a run came to, as it is printed: when it is over, and later.
 *
 * @module
 */

import { renderText, type SavedRun } from "../../tool.ts";
import { safeValue } from "../../lib/text/mod.ts";
import { textColumns } from "./shell.ts";

/** Columns where there is no terminal. */
const FILE_COLUMNS = 100;

/** The summary, and what a scenario found besides. */
export function runText(
  { summary, found }: Pick<SavedRun, "found" | "summary">,
): string {
  const terminal = Deno.stdout.isTerminal();
  const text = renderText(safeValue(summary), {
    color: terminal && !Deno.noColor,
    width: textColumns(FILE_COLUMNS),
  });
  return found.length === 0 ? text : `${text}\n${found.join("\n")}\n`;
}
