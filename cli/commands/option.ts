/**
 * Options as tables: a command says once what it takes, and reading, `--help`
 * and suggestions all come from that.
 *
 * The key of an option in its table is its name in camelCase: `maxAudio` is
 * `--max-audio`.
 *
 * @module
 */

import type { Reading, ValueKind } from "./value_kind.ts";

/** One option, whose values come to a `T`. */
export interface Option<T> {
  /** `flag`: no value; `maybe`: with or without; `once`: with one; `many`: each time with one. */
  readonly arity: "flag" | "maybe" | "once" | "many";
  /** Its name of one letter. */
  readonly short: string | undefined;
  /** How help names its value; empty for a flag. */
  readonly placeholder: string;
  /** What its value may be, to go behind "takes". */
  readonly takes: string;
  /** One line. */
  readonly help: string;
  /** What it comes to when it is not given. */
  readonly initial: T;
  /** The same as it would be typed; `undefined` when that is nothing. */
  readonly shownDefault: string | undefined;
  /** The value that it stands for when it is given without one. */
  readonly bare: string | undefined;
  /** What it comes to with one more value. */
  read(text: string, before: T): Reading<T>;
}

/** All options of a command, in the order in which help shows them. */
// deno-lint-ignore no-explicit-any -- each has its own type, which `ValuesOf` finds again
export type OptionTable = Readonly<Record<string, Option<any>>>;

/** What the options of a table come to. */
export type ValuesOf<Table extends OptionTable> = {
  readonly [Key in keyof Table]: Table[Key] extends Option<infer T> ? T : never;
};

/** What every option has. */
interface Common {
  readonly short?: string;
  readonly help: string;
}

/** An option without a value. */
export function flag({ short, help }: Common): Option<boolean> {
  return {
    arity: "flag",
    short,
    placeholder: "",
    takes: "no value",
    help,
    initial: false,
    shownDefault: undefined,
    bare: undefined,
    read: () => ({ value: true }),
  };
}

/** An option with a value and a default; `shown` is the default as it would be typed. */
export function withDefault<T>(
  kind: ValueKind<T>,
  { short, help, initial, shown }: Common & {
    readonly initial: NoInfer<T>;
    readonly shown: string;
  },
): Option<T> {
  return {
    ...option(kind, short, help, initial),
    shownDefault: shown,
    read: (text) => kind.read(text),
  };
}

/** An option with a value and no default. */
export function optional<T>(
  kind: ValueKind<T>,
  { short, help }: Common,
): Option<T | undefined> {
  return {
    ...option<T | undefined>(kind, short, help, undefined),
    read: (text) => kind.read(text),
  };
}

/** An option that stands for `bare` when it is given without a value. */
export function maybe<T>(
  kind: ValueKind<T>,
  { short, help, bare }: Common & { readonly bare: string },
): Option<T | undefined> {
  return { ...optional(kind, { short, help }), arity: "maybe", bare };
}

/** An option that may be given many times. */
export function many<T>(
  kind: ValueKind<T>,
  { short, help }: Common,
): Option<readonly T[]> {
  return {
    ...option<readonly T[]>(kind, short, help, []),
    arity: "many",
    read: (text, before) => {
      const reading = kind.read(text);
      return "problem" in reading
        ? reading
        : { value: [...before, reading.value] };
    },
  };
}

/** The name of an option as it is typed. */
export function optionName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (big) => `-${big.toLowerCase()}`)}`;
}

function option<T>(
  { placeholder, takes }: ValueKind<unknown>,
  short: string | undefined,
  help: string,
  initial: T,
): Omit<Option<T>, "read"> {
  return {
    arity: "once",
    short,
    placeholder,
    takes,
    help,
    initial,
    shownDefault: undefined,
    bare: undefined,
  };
}
