/**
 * A typed line becomes a verb and its arguments: words, and options written
 * `name=value`. Quotes hold a word together.
 *
 * @module
 */

import type { ValueKind } from "../../tool.ts";

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

/** A value of a kind; `undefined` where the text is none. */
export function valueOf<Value>(
  kind: Pick<ValueKind<Value>, "read">,
  text: string | undefined,
): Value | undefined {
  const reading = kind.read(text);
  return "value" in reading ? reading.value : undefined;
}

/** Whether something cannot be done. */
export function isProblem(value: object): value is Problem {
  return "problem" in value;
}

const TOKEN = /(?:[\w-]+=)?(?:"[^"]*"?|'[^']*'?)|\S+/g;
const OPTION = /^([a-z][\w-]*)=(.*)$/s;

function isQuoted(text: string): boolean {
  return text.length > 1 && /^["']/.test(text) && text.at(-1) === text[0];
}

function unquoted(text: string): string {
  return isQuoted(text) ? text.slice(1, -1) : text;
}
