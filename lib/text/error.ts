/**
 * What was thrown, as text.
 *
 * @module
 */

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
