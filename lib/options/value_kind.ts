/**
 * The kinds of value that an option takes. A value may be given as a script
 * does (`20`, `true`) or as text (`"20"`, `"on"`), as a command line does:
 * there is one reader for both. None throws: what is wrong is said in words
 * that go behind the option's name.
 *
 * @module
 */

import {
  formatDuration,
  MAX_DURATION_HOURS,
  readDuration,
} from "./duration.ts";

/** A value, or what is wrong with what was given. */
export type OptionReading<T> =
  | { readonly value: T }
  | { readonly problem: string };

/** A value as a record keeps it: plain JSON data. */
export type Recorded =
  | string
  | number
  | boolean
  | null
  | readonly Recorded[]
  | { readonly [key: string]: Recorded };

/** A kind of value. */
export interface ValueKind<Value> {
  /** How help names the value. */
  readonly placeholder: string;
  /** What it takes, to go behind "takes" or "is not". */
  readonly takes: string;
  /** What it may be, word by word, where these are few. @default {many} */
  readonly words?: readonly string[] | undefined;
  /** Reads what was given. */
  readonly read: (given: unknown) => OptionReading<Value>;
  /** The value for the record, as it could be given again. */
  readonly toJson: (value: Value) => Recorded;
}

/** A whole number within bounds. */
export function whole(
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): ValueKind<number> {
  const range = max === Number.MAX_SAFE_INTEGER
    ? `of at least ${min}`
    : `from ${min} to ${max}`;
  return kind("N", `a whole number ${range}`, (given) => {
    const value = numberOf(given, /^\d+$/);
    return Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : undefined;
  });
}

/** A number, fractions allowed, within bounds. */
export function decimal(
  placeholder: string,
  min: number,
  max: number,
): ValueKind<number> {
  return kind(placeholder, `a number from ${min} to ${max}`, (given) => {
    const value = numberOf(given, /^(\d+\.?\d*|\.\d+)$/);
    return value >= min && value <= max ? value : undefined;
  });
}

/** A length of time in milliseconds, given as text; the shortest as it would be given. */
export function duration(min = "0s"): ValueKind<number> {
  const minMs = readDuration(min) ?? 0;
  const above = minMs > 0 ? `of at least ${min} ` : "";
  const text = kind(
    "T",
    `a duration ${above}such as 30, 500ms, 90s, 5m or 1h, up to ${MAX_DURATION_HOURS}h`,
    (given) => {
      const ms = typeof given === "string" ? readDuration(given) : undefined;
      return ms !== undefined && ms >= minMs ? ms : undefined;
    },
  );
  return {
    ...text,
    // A script that gives a number may mean seconds or milliseconds.
    read: (given) =>
      typeof given === "number"
        ? {
          problem: `${given} is of no unit, write "${given}s" or "${given}ms"`,
        }
        : text.read(given),
    toJson: formatDuration,
  };
}

/** One of a few words. */
export function choice<const Word extends string>(
  words: readonly Word[],
): ValueKind<Word> {
  return {
    ...kind(
      words.join("|"),
      inWords(words),
      (given) => words.find((word) => word === given),
    ),
    words,
  };
}

/** One of a few numbers. */
export function numberOfFew<const N extends number>(
  numbers: readonly N[],
): ValueKind<N> {
  const words = numbers.map(String);
  return {
    ...kind(
      words.join("|"),
      inWords(words),
      (given) => numbers.find((one) => one === given || `${one}` === given),
    ),
    words,
  };
}

/** Yes or no. */
export const yesOrNo: ValueKind<boolean> = {
  ...kind("on|off", "on or off", (given) => {
    if (typeof given === "boolean") return given;
    if (given === "on" || given === "true") return true;
    return given === "off" || given === "false" ? false : undefined;
  }),
  words: ["on", "off"],
};

/** A whole number, or a word that stands for one. */
export function wholeOr<const Word extends string>(
  word: Word,
  min: number,
  max: number,
): ValueKind<number | Word> {
  const number = whole(min, max);
  return kind(`N|${word}`, `${number.takes}, or ${word}`, (given) => {
    if (given === word) return word;
    const reading = number.read(given);
    return "value" in reading ? reading.value : undefined;
  });
}

/** Any text that is not empty. */
export function text(placeholder: string): ValueKind<string> {
  return kind(
    placeholder,
    "a text",
    (given) => typeof given === "string" && given !== "" ? given : undefined,
  );
}

/** Whatever `parse` makes of a text; what is wrong with one is what it throws. */
export function parsed<Value>(
  { placeholder, takes, parse, toJson }: {
    readonly placeholder: string;
    readonly takes: string;
    /** Throws a `SyntaxError`, `RangeError` or `TypeError` in one line. */
    readonly parse: (text: string) => Value;
    readonly toJson: (value: Value) => Recorded;
  },
): ValueKind<Value> {
  return {
    placeholder,
    takes,
    read: (given) => {
      try {
        return { value: parse(String(given)) };
      } catch (error) {
        if (
          error instanceof SyntaxError || error instanceof RangeError ||
          error instanceof TypeError
        ) {
          return { problem: error.message.replace(/\.$/, "") };
        }
        throw error;
      }
    },
    toJson,
  };
}

/** Several of a kind: a list, or a text with `;` between; `check` says what is wrong with all of them together. */
export function listOf<Value>(
  one: ValueKind<Value>,
  takes: string,
  check: (values: readonly Value[]) => string | undefined = () => undefined,
): ValueKind<readonly Value[]> {
  return {
    placeholder: one.placeholder,
    takes,
    read: (given) => {
      const parts = typeof given === "string" ? partsOf(given) : given;
      if (!Array.isArray(parts)) return refused(given, takes);
      const values: Value[] = [];
      for (const part of parts) {
        const reading = one.read(part);
        if ("problem" in reading) return reading;
        values.push(reading.value);
      }
      const problem = check(values);
      return problem === undefined ? { value: values } : { problem };
    },
    toJson: (values) => values.map(one.toJson),
  };
}

/** As {@linkcode listOf}, where each text of a list, too, may hold several with `;` between. */
export function seriesOf<Value>(
  one: ValueKind<Value>,
  takes: string,
  check?: (values: readonly Value[]) => string | undefined,
): ValueKind<readonly Value[]> {
  const list = listOf(one, takes, check);
  return {
    ...list,
    read: (given) => {
      if (!Array.isArray(given)) return list.read(given);
      const parts = given.map((part) =>
        typeof part === "string" ? partsOf(part) : [part]
      );
      const empty = parts.findIndex((one) => one.length === 0);
      return empty < 0 ? list.read(parts.flat()) : refused(given[empty], takes);
    },
  };
}

function partsOf(text: string): string[] {
  return text.split(";").map((part) => part.trim()).filter((part) =>
    part !== ""
  );
}

/** A kind whose texts are repeated to nobody, and kept in no record. */
export function secretKind<Value>(
  placeholder: string,
  takes: string,
  read: (text: string) => Value | undefined,
): ValueKind<Value> {
  return {
    placeholder,
    takes,
    read: (given) => {
      const value = read(String(given));
      return value === undefined ? { problem: `it takes ${takes}` } : { value };
    },
    toJson: () => true,
  };
}

/** A kind of plain values; `show` is how a text that is none of them is repeated. */
export function kind<Value extends Recorded>(
  placeholder: string,
  takes: string,
  read: (given: unknown) => Value | undefined,
  show?: (text: string) => string,
): ValueKind<Value> {
  return {
    placeholder,
    takes,
    read: (given) => {
      const value = read(given);
      return value === undefined ? refused(given, takes, show) : { value };
    },
    toJson: (value) => value,
  };
}

/** What is wrong with something that is none of what is taken. */
export function refused(
  given: unknown,
  takes: string,
  show: (text: string) => string = (text) => text,
): { readonly problem: string } {
  const shown = typeof given === "string" ? show(given) : inOneLine(given);
  return { problem: `"${shown}" is not ${takes}` };
}

function inOneLine(given: unknown): string {
  if (typeof given === "function") return "function";
  if (typeof given !== "object") return String(given);
  try {
    return JSON.stringify(given);
  } catch {
    // What holds itself, or what JSON has no words for.
    return Object.prototype.toString.call(given);
  }
}

/** A value as it could be typed. */
export function typedValue(value: Recorded): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "on" : "off";
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.every((one) => typeof one === "string")
    ? value.join("; ")
    : value.map((one) => Object.values(one ?? {}).join(":")).join(",");
}

function inWords(words: readonly string[]): string {
  return words.length === 1
    ? words[0]
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function numberOf(given: unknown, pattern: RegExp): number {
  if (typeof given === "number") return given;
  return typeof given === "string" && pattern.test(given) ? Number(given) : NaN;
}
