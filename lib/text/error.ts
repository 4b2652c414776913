/**
 * What was thrown, as text.
 *
 * @module
 */

/** Where things that are no errors have their words. */
const WORDS = ["message", "reason", "error"] as const;

/** What is said of the rest. */
const WORDLESS = "something without words";

/** The message of anything thrown, which need be no error. */
export function messageOf(thrown: unknown): string {
  try {
    if (thrown instanceof Error) return String(thrown.message || thrown.name);
    if (thrown === undefined || thrown === null) return WORDLESS;
    if (typeof thrown !== "object") return String(thrown);
    for (const key of WORDS) {
      const said = (thrown as Readonly<Record<string, unknown>>)[key];
      if (typeof said === "string") return said;
    }
    const text = String(thrown);
    return text === String({}) ? JSON.stringify(thrown) : text;
  } catch {
    return WORDLESS;
  }
}

/** What the system says, without its number and the names that files had for a moment. */
export function reasonOf(error: unknown): string {
  return messageOf(error).replace(/ \(os error \d+\).*$/s, "");
}
