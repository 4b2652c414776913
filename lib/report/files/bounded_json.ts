/**
 * JSON of a file that anybody may have written, looked at before it is taken
 * in: three characters of it can be sixty bytes of memory, and what is nested
 * without end would break whoever walks through it.
 *
 * @module
 */

/** Nobody keeps so much of a run, by far; what is larger would only fill the memory. */
const MAX_CHARACTERS = 400_000_000;
/** Of a hundred thousand clients, each with all that is known of it, there are so many. */
const MAX_VALUES = 25_000_000;
/** What is written here has a tenth of it. */
const MAX_DEPTH = 100;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Looks at a text as it comes, part by part. */
export class JsonBounds {
  #characters = 0;
  #values = 0;
  #depth = 0;
  #isText = false;
  #isEscaped = false;

  /** Takes the next part. Returns whether all so far is within bounds. */
  take(part: string): boolean {
    this.#characters += part.length;
    if (this.#characters > MAX_CHARACTERS) return false;
    // Locals, for there may be very much of it.
    let values = this.#values;
    let depth = this.#depth;
    let isText = this.#isText;
    let isEscaped = this.#isEscaped;
    for (let i = 0; i < part.length; i++) {
      const code = part.charCodeAt(i);
      if (isText) {
        if (isEscaped) isEscaped = false;
        else if (code === BACKSLASH) isEscaped = true;
        else if (code === QUOTE) isText = false;
      } else if (code === COMMA) values++;
      else if (code === QUOTE) isText = true;
      else if (code === OPEN_LIST || code === OPEN_OBJECT) {
        values++;
        if (++depth > MAX_DEPTH) return false;
      } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) depth--;
    }
    this.#values = values;
    this.#depth = depth;
    this.#isText = isText;
    this.#isEscaped = isEscaped;
    return values <= MAX_VALUES;
  }
}

/** The value of a text, of which a `SyntaxError` says in one line why there is none. */
export function jsonOf(text: string, what: string): unknown {
  if (!new JsonBounds().take(text)) throw unreadable(what, TOO_LARGE);
  return checkedJsonOf(text, what);
}

/** The value of a text that has been looked at. */
export function checkedJsonOf(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unreadable(what, "it is not JSON");
  }
}

/** Says in one line why there is nothing to be read. */
export function unreadable(what: string, why: string): SyntaxError {
  return new SyntaxError(`Cannot read ${what}: ${why}`);
}

/** Of what is out of bounds. */
export const TOO_LARGE = "it is larger than any run";
