/**
 * Makes a text from outside safe to show. A name or a message that a server
 * sends may hold anything; shown raw it could move the cursor, change the
 * title, answer as if typed, or reverse the text around it.
 *
 * @module
 */

/**
 * `text` on one row, without anything that a terminal acts upon: escape
 * sequences and invisible format characters go (joiners stay), line breaks
 * and tabs become a space, other control characters become their pictures
 * (`␛`), broken UTF-16 becomes U+FFFD, and of a pile of combining marks the
 * first few stay.
 */
export function sanitize(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.toWellFormed()
    .replace(ESCAPE_SEQUENCE, "")
    .replace(LINE_BREAK, " ")
    .replace(CONTROL, picture)
    .replace(INVISIBLE, "")
    .replace(PILE, "$1");
}

const PLAIN = /^[\x20-\x7e]*$/;

// Control strings (OSC, DCS, SOS, PM, APC) up to their end, control
// sequences (CSI), and two-character escapes; in 7-bit and in C1 form.
const ESCAPE_SEQUENCE = new RegExp(
  [
    "(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)",
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]",
    "\x1b[ -/]*[0-OQ-WYZ\\\\`-~]",
  ].join("|"),
  "g",
);
const LINE_BREAK = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;
const CONTROL = /\p{Cc}/gu;

// Format characters: bidirectional controls, zero-width spaces, invisible
// operators, tags, the byte order mark. ZWJ and ZWNJ (U+200D, U+200C) carry
// meaning in names and emoji, and signs that enclose a number are seen: they stay.
const FORMAT =
  "[\\p{Cf}--[\\u200c\\u200d\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}]]";
const INVISIBLE = new RegExp(FORMAT, "gv");

/** What {@linkcode sanitize} changes in well-formed text, below U+0020 and piles of marks aside. */
export const UNSAFE: RegExp = new RegExp(
  `[\\x7f-\\x9f\\p{Zl}\\p{Zp}${FORMAT}]`,
  "gv",
);

const PILE = /(\p{M}{4})\p{M}+/gu;

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : "\ufffd";
}
