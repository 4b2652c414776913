/**
 * What is wrong, as the end of a line.
 *
 * @module
 */

/** With a full stop, where it does not ask whether something else was meant. */
export function asSentence(problem: string): string {
  return problem.endsWith("?") ? problem : `${problem}.`;
}
