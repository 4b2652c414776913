/**
 * Completing what is being typed: the part that all candidates share is put
 * in, and when there is nothing more to put in, the candidates are shown.
 *
 * @module
 */

/** What the text before the cursor could become. */
export interface Completion {
  /** Where the text to be replaced begins, a UTF-16 offset; it ends at the cursor. */
  readonly from: number;
  /** Everything that could stand there instead, whole. */
  readonly candidates: readonly string[];
}

/** Finds what could stand at `cursor` of `text`. */
export type Completer = (text: string, cursor: number) => Completion;

/**
 * The text to put in the place of `typed`: the start that all candidates
 * share, with a space after it when there is only one, or `undefined` when
 * that is nothing new.
 */
export function completed(
  typed: string,
  candidates: readonly string[],
): string | undefined {
  if (candidates.length === 1) return candidates[0] + " ";
  const shared = commonPrefix(candidates);
  return shared.length > typed.length ? shared : undefined;
}

function commonPrefix(texts: readonly string[]): string {
  if (texts.length === 0) return "";
  const [first, ...others] = texts.map((text) => [...text]);
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && first[same] === other[same]) same++;
    length = same;
  }
  return first.slice(0, length).join("");
}
