/**
 * One option: what it takes, what it is when it is not given, what help says
 * of it, and what it leaves no room for. The command line, scenarios, the
 * session's `set`, help, completion and the record of a run all read the same
 * rows.
 *
 * @module
 */

import type { OptionReading, ValueKind } from "./value_kind.ts";

/** What every option may say of itself. */
export interface OptionTraits<Value> {
  /** One line. */
  readonly help: string;
  /** Its name of one letter on the command line. @default {none} */
  readonly short?: string | undefined;
  /** Other options that it leaves no room for, unless it has its default. @default {none} */
  readonly excludes?: readonly string[] | undefined;
  /** Whether it may change while clients are there, for those yet to come. @default {false} */
  readonly live?: boolean | undefined;
  /** How the command line says it in a word without a value. @default {its own name, where its default is no} */
  readonly flag?: FlagSpelling | undefined;
  /**
   * Why the value is of no use here and now, beside the values of all options,
   * in one line; looked at before anything begins.
   * @default {nothing speaks against it}
   */
  readonly verify?:
    | ((
      value: Value,
      values: Readonly<Record<string, unknown>>,
    ) => Promise<string | undefined>)
    | undefined;
}

/** A word on the command line that gives an option a value. */
export interface FlagSpelling {
  /** The word, in camelCase. */
  readonly name: string;
  /** What it does, in one line. */
  readonly help: string;
  /** What it gives. */
  readonly given: unknown;
  /** Words of the command line that it leaves no room for. */
  readonly excludes?: readonly string[] | undefined;
}

/** One option: it is given as a `Given`, and what it comes to is a `Value`. */
export interface Option<Given, Value>
  extends ValueKind<Value>, OptionTraits<Value> {
  /** On the command line: `once` with a value, `flag` without, `maybe` either way, `many` each time with one. */
  readonly arity: "once" | "flag" | "maybe" | "many";
  /** What it is when it is not given, as it would be given. */
  readonly default: Given;
  /** What it stands for on the command line when it is given without a value. */
  readonly bare?: string | undefined;
  /** Which word behind it is its value even without a `=`. @default {none} */
  readonly follows?: RegExp | undefined;
}

/** An option with a value and a default. */
export function withDefault<Given, Value>(
  kind: ValueKind<Value>,
  traits: OptionTraits<Value> & { readonly default: Given },
): Option<Given, Value> {
  return { ...kind, arity: "once", ...traits };
}

/** An option without a default. */
export function optional<Given, Value>(
  kind: ValueKind<Value>,
  traits: OptionTraits<Value | undefined>,
): Option<Given | undefined, Value | undefined> {
  return {
    ...kind,
    arity: "once",
    ...traits,
    default: undefined,
    read: (given): OptionReading<Value | undefined> =>
      given === undefined ? { value: undefined } : kind.read(given),
    toJson: (value) => value === undefined ? null : kind.toJson(value),
  };
}

/** An option that stands for `bare` when it is given without a value. */
export function maybe<Value>(
  kind: ValueKind<Value>,
  { bare, follows, ...traits }: OptionTraits<Value | undefined> & {
    readonly bare: string;
    readonly follows?: RegExp;
  },
): Option<string | undefined, Value | undefined> {
  return {
    ...optional<string, Value>(kind, traits),
    arity: "maybe",
    bare,
    follows,
  };
}

/** An option of several values, of which the command line gives one at a time. */
export function many<Value>(
  kind: ValueKind<readonly Value[]>,
  traits: OptionTraits<readonly Value[]> & {
    readonly default?: readonly string[];
  },
): Option<readonly string[] | string, readonly Value[]> {
  return { ...kind, arity: "many", default: [], ...traits };
}

/** An option that is no unless it is given. */
export function toggle(
  kind: ValueKind<boolean>,
  traits: OptionTraits<boolean> & { readonly default: boolean },
): Option<boolean, boolean> {
  return { ...kind, arity: "flag", ...traits };
}
