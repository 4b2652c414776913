/**
 * The addresses that the server offers for media: by how many clients each
 * was taken, and which were tried in vain.
 *
 * @module
 */

import type { CandidateCount } from "./summary/summary.ts";

/** Of more a summary names no more. */
const MAX_CANDIDATES = 50;

/** Adds the counts of two nodes up. */
export function mergeCandidates(
  a: readonly CandidateCount[],
  b: readonly CandidateCount[],
): readonly CandidateCount[] {
  const merged = new Map(a.map((one) => [candidateKey(one), one]));
  for (const one of b) {
    const key = candidateKey(one);
    const clients = (merged.get(key)?.clients ?? 0) + one.clients;
    merged.set(key, { ...one, clients });
  }
  return sortedCandidates([...merged.values()]);
}

/** What tells one from another. */
export function candidateKey(
  { protocol, address, problem }: Pick<
    CandidateCount,
    "protocol" | "address" | "problem"
  >,
): string {
  return JSON.stringify([protocol, address, problem]);
}

/** Those taken first, then by clients, then by name; only the first of very many. */
export function sortedCandidates(
  candidates: readonly CandidateCount[],
): readonly CandidateCount[] {
  return candidates.toSorted((a, b) =>
    Number(a.problem !== null) - Number(b.problem !== null) ||
    b.clients - a.clients ||
    (candidateKey(a) < candidateKey(b) ? -1 : 1)
  ).slice(0, MAX_CANDIDATES);
}
