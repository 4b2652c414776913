/**
 * A typed line becomes a verb and its arguments: words, and options written
 * `name=value`. Quotes hold a word together.
 *
 * @module
 */

/** Why a line cannot be carried out, in one line, and what would be right. */
export interface Problem {
  readonly problem: string;
}

/** A line, taken apart. */
export interface Command {
  readonly verb: string;
  /** Everything behind the verb, as it was typed. */
  readonly rest: string;
}

/** What stands behind a verb. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
  /** Everything behind the verb, as it was typed. */
  readonly rest: string;
}

/** The verb of a line; `undefined` for an empty line or a comment. */
export function commandOf(line: string): Command | undefined {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return undefined;
  const [verb] = text.split(/\s/, 1);
  return { verb, rest: text.slice(verb.length).trim() };
}

/** Takes the rest of a line apart. */
export function argumentsOf(rest: string): Arguments | Problem {
  const words: string[] = [];
  const options = new Map<string, string>();
  for (const [token] of rest.matchAll(TOKEN)) {
    const [, name, text] = OPTION.exec(token) ?? [token, undefined, token];
    if (/^["']/.test(text) && !isQuoted(text)) {
      return { problem: `A quote is missing its end: ${text}` };
    }
    const value = unquoted(text);
    if (name === undefined) words.push(value);
    else if (options.has(name)) {
      return { problem: `${name}= is there twice.` };
    } else options.set(name, value);
  }
  return { words, options, rest };
}

/** A whole number within bounds. */
export function wholeOf(
  text: string,
  min: number,
  max: number,
): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= min && value <= max ? value : undefined;
}

/** A length of time in milliseconds: `30`, `500ms`, `90s`, `5m`, `1h`; bare numbers are seconds. */
export function durationOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d+\.?\d*|\.\d+)(ms|s|m|h|)$/.exec(text) ?? [];
  const ms = Math.round(Number(digits) * MS_PER_UNIT[unit]);
  return ms >= 0 && ms <= MAX_DURATION_MS ? ms : undefined;
}

/** A word of a list. */
export function oneOf<T extends string>(
  text: string,
  words: readonly T[],
): T | undefined {
  return words.find((word) => word === text);
}

/** Whether something cannot be done. */
export function isProblem(value: object): value is Problem {
  return "problem" in value;
}

const TOKEN = /(?:[\w-]+=)?(?:"[^"]*"?|'[^']*'?)|\S+/g;
const OPTION = /^([a-z][\w-]*)=(.*)$/s;

const MS_PER_UNIT: Readonly<Record<string, number>> = {
  "": 1000,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};
/** Ten days: timers and people both count further only badly. */
const MAX_DURATION_MS = 10 * 24 * 3_600_000;

function isQuoted(text: string): boolean {
  return text.length > 1 && /^["']/.test(text) && text.at(-1) === text[0];
}

function unquoted(text: string): string {
  return isQuoted(text) ? text.slice(1, -1) : text;
}
