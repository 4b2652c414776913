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

// Bidirectional controls, zero-width spaces, invisible operators,
// annotations, tags, and the byte order mark. ZWJ and ZWNJ (U+200D, U+200C)
// carry meaning in names and emoji, and stay.
const INVISIBLE =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const PILE = /(\p{M}{4})\p{M}+/gu;

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "␡" : "\ufffd";
}
