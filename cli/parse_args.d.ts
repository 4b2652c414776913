/** Types of the part of `@std/cli`'s `parseArgs` that is used; the npm copy carries none. */

/** What each option is. */
export interface ParseOptions {
  /** Options with a value; `_` keeps positional arguments from becoming numbers. */
  readonly string: readonly string[];
  /** Options without a value. */
  readonly boolean: readonly string[];
  /** Short names, by name. */
  readonly alias: Readonly<Record<string, string>>;
  /** Options whose values are gathered in an array. */
  readonly collect: readonly string[];
  /** Called for what is not listed, with no `key` for a positional argument; `false` leaves it out. */
  readonly unknown: (arg: string, key?: string) => boolean;
}

/** Takes a command line apart. */
export function parseArgs(
  args: readonly string[],
  options: ParseOptions,
): { readonly _: readonly string[] } & Readonly<Record<string, unknown>>;
