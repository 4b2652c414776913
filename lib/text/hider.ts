/**
 * Known secrets, taken out of texts from outside: servers and gateways like
 * to repeat what they were asked, `Cannot GET /ws?token=…`.
 *
 * @module
 */

/** Puts {@linkcode HIDDEN} in the place of every secret in a text. */
export type Hider = (text: string) => string;

/** What stands where a secret stood. */
export const HIDDEN = "***";

/** What is shorter is in every text, and secret to nobody. */
const MIN_CHARS = 4;

/** A hider of these secrets, as they are and as URLs, JSON and HTTP's basic authentication spell them. */
export function createHider(secrets: readonly string[]): Hider {
  const spelled = secrets
    .filter((secret) => secret.length >= MIN_CHARS)
    .flatMap(spellings);
  if (spelled.length === 0) return (text) => text;
  // Longest first: one secret may begin with another.
  const choices = [...new Set(spelled)]
    .sort((a, b) => b.length - a.length)
    .map((text) => RegExp.escape(text));
  const pattern = new RegExp(choices.join("|"), "gi");
  return (text) => text.replace(pattern, HIDDEN);
}

function spellings(secret: string): string[] {
  const whole = secret.toWellFormed();
  const escaped = encodeURIComponent(whole);
  return [
    secret,
    escaped,
    escaped.replaceAll("%20", "+"),
    encodeURI(whole),
    JSON.stringify(secret).slice(1, -1),
  ];
}
