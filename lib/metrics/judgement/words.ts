/**
 * Numbers as the sentences of a judgement say them.
 *
 * @module
 */

import { formatCount, formatCounted } from "../../text/mod.ts";

/** A share in percent; only exactly all is `100 %` and only exactly nothing `0 %`. */
export function percent(share: number): string {
  if (Number.isInteger(share)) return `${share * 100} %`;
  const shown = Math.min(99.9, Math.max(0.1, share * 100));
  return `${(share > 1 ? share * 100 : shown).toFixed(1)} %`;
}

/** So many of so many clients: `2 of 20 clients`, `1 of 1 client`. */
export function ofClients(part: number, whole: number): string {
  return `${formatCount(part)} of ${formatCounted(whole, "client")}`;
}

/** The text that comes most often; `undefined` of none. */
export function mostFrequent(texts: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).at(0)?.[0];
}
