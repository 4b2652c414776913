/**
 * The word that somebody probably meant.
 *
 * @module
 */

/**
 * The candidate that `word` is the fewest single-letter edits away from;
 * `undefined` when over a third of it would have to change.
 */
export function nearest(
  word: string,
  candidates: readonly string[],
): string | undefined {
  const ranked = candidates
    .map((candidate) => ({
      candidate,
      distance: editDistance(word.toLowerCase(), candidate.toLowerCase()),
    }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked.at(0);
  const tolerance = Math.max(1, Math.ceil(word.length / 3));
  return best !== undefined && best.distance <= tolerance
    ? best.candidate
    : undefined;
}

/** Levenshtein distance: insertions, deletions and replacements between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length];
}
