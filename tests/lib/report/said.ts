/** Blocks of a report as plain text, for tests of what they say. */

import type { Block } from "../../../lib/report/document/blocks.ts";

/** What is said under a label, or in sentences where none is given; `undefined` where nothing is. */
export function said(
  blocks: readonly Block[],
  label?: string,
): string | undefined {
  const texts = blocks.flatMap((block) => {
    if (block.kind === "sentence" && label === undefined) return [block.text];
    if (block.kind !== "figures" || block.label !== label) return [];
    return block.rows.map((row) =>
      row.map((figure) => typeof figure === "string" ? figure : figure.text)
        .join(", ")
    );
  });
  return texts.length === 0 ? undefined : texts.join(" | ");
}
