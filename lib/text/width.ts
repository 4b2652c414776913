/**
 * How many columns a text takes on a terminal. Text is cut into clusters
 * (what a reader sees as one character), and a cluster takes 0, 1 or 2
 * columns: 2 for what Unicode's East Asian Width calls wide and for emoji, 0
 * for what has no base to stand on.
 *
 * Terminals disagree about some clusters (emoji joined by ZWJ, variation
 * selectors, flags). Those are marked `doubtful`, so that the screen can put
 * the cursor right after each of them.
 *
 * @module
 */

/** One user-perceived character. */
export interface Cluster {
  /** The characters of the cluster, at least one. */
  readonly text: string;
  /** Columns that it takes. */
  readonly width: 0 | 1 | 2;
  /** Whether terminals disagree about its width. */
  readonly doubtful: boolean;
}

/** Where {@linkcode fit} puts a text that is shorter than its field. */
export type Alignment = "left" | "right" | "center";

/** The clusters of `text`, in order; a control character becomes U+FFFD. */
export function clusters(text: string): Cluster[] {
  if (NARROW.test(text)) return [...text].map(narrow);
  const found: Cluster[] = [];
  for (const { segment } of segmenter().segment(text)) {
    found.push(clusterOf(segment));
  }
  return found;
}

/** Columns that `text` takes. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const cluster of clusters(text)) width += cluster.width;
  return width;
}

/** The longest start of `text` that takes at most `columns`; ends with `…` when cut. */
export function truncate(text: string, columns: number): string {
  if (columns <= 0) return "";
  if (displayWidth(text) <= columns) return text;
  let width = 0;
  let kept = "";
  for (const cluster of clusters(text)) {
    if (width + cluster.width > columns - 1) break;
    width += cluster.width;
    kept += cluster.text;
  }
  return kept + "…";
}

/** `text` in exactly `columns` columns: cut with `…`, or filled with spaces. */
export function fit(
  text: string,
  columns: number,
  alignment: Alignment = "left",
): string {
  const cut = truncate(text, columns);
  const missing = Math.max(0, columns - displayWidth(cut));
  switch (alignment) {
    case "left":
      return cut + " ".repeat(missing);
    case "right":
      return " ".repeat(missing) + cut;
    case "center": {
      const before = missing >> 1;
      return " ".repeat(before) + cut + " ".repeat(missing - before);
    }
  }
}

/** `text` broken between words into lines of at most `columns`; a longer word stays whole. */
export function wrapWords(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && displayWidth(longer) <= columns) {
      lines[lines.length - 1] = longer;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

let made: Intl.Segmenter | undefined;

/** Making one takes longer than loading all of this folder, and most texts need none. */
function segmenter(): Intl.Segmenter {
  return made ??= new Intl.Segmenter("en", { granularity: "grapheme" });
}

/** Texts of these alone are one column a UTF-16 unit, and need no segmenter. */
const NARROW =
  /^[\x20-\x7e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2211\u2500-\u25a1\u25cf]*$/;

const CONTROL = /^\p{Cc}/u;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}\u1160-\u11ff]+$/u;
const EMOJI = /\p{Emoji_Presentation}|\p{Emoji}\ufe0f/u;

/**
 * Blocks that are wide or full-width (Unicode 16, EastAsianWidth.txt), emoji
 * aside: those come from the runtime's own character properties.
 */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f], // Hangul initial consonants
  [0x2329, 0x232a], // angle brackets
  [0x2e80, 0x303e], // CJK radicals, punctuation
  [0x3041, 0x33ff], // kana, Bopomofo, compatibility
  [0x3400, 0x4dbf], // CJK extension A
  [0x4dc0, 0x4dff], // hexagrams (wide since Unicode 16)
  [0x4e00, 0xa4cf], // CJK, Yi
  [0xa960, 0xa97f], // Hangul extended A
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff], // CJK compatibility
  [0xfe10, 0xfe19], // vertical forms
  [0xfe30, 0xfe6f], // CJK compatibility and small forms
  [0xff01, 0xff60], // full-width forms
  [0xffe0, 0xffe6], // full-width signs
  [0x16fe0, 0x18dff], // Tangut, Khitan
  [0x1aff0, 0x1b2ff], // kana supplements, Nushu
  [0x1d300, 0x1d376], // Tai Xuan Jing, counting rods
  [0x1f200, 0x1f2ff], // enclosed ideographs
  [0x20000, 0x3fffd], // CJK extensions B and later
];

function narrow(text: string): Cluster {
  return { text, width: 1, doubtful: false };
}

function clusterOf(text: string): Cluster {
  if (CONTROL.test(text)) return narrow("\ufffd");
  if (ZERO.test(text)) return { text, width: 0, doubtful: true };
  const code = text.codePointAt(0)!;
  const single = text.length === (code > 0xffff ? 2 : 1);
  // Newly wide blocks are drawn narrow by older terminals.
  if (isWide(code)) {
    return { text, width: 2, doubtful: !single || isNewlyWide(code) };
  }
  if (EMOJI.test(text)) return { text, width: 2, doubtful: true };
  return { text, width: 1, doubtful: !single };
}

function isNewlyWide(code: number): boolean {
  return code >= 0x4dc0 && code <= 0x4dff || code > 0xffff && code < 0x20000;
}

function isWide(code: number): boolean {
  let low = 0;
  let high = WIDE.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = WIDE[middle];
    if (code < first) high = middle - 1;
    else if (code > last) low = middle + 1;
    else return true;
  }
  return false;
}
