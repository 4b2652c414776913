/**
 * What can be believed of what a server says: counts, sizes and times are
 * never negative, and none is larger than what a double holds exactly.
 *
 * @module
 */

/** Whether a number can be a figure of a server. */
export function isPlausible(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}
