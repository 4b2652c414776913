/**
 * How much is kept of what a server tells: it may name as many tracks as it
 * likes, such as there are and such as never come.
 *
 * @module
 */

/** More than any room has. */
export const MOST_TRACKS = 50_000;

/** Forgets what was said first of so many. */
export function forgetOldest<T>(
  said: Pick<Map<T, unknown> | Set<T>, "size" | "keys" | "delete">,
): void {
  if (said.size <= MOST_TRACKS) return;
  const [oldest] = said.keys();
  said.delete(oldest);
}
