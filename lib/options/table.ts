/**
 * Tables of options: reading all that was given at once, what excludes what,
 * and the record of what was used.
 *
 * @module
 */

import { asSentence } from "../text/mod.ts";
import type { Option } from "./option.ts";
import type { Recorded } from "./value_kind.ts";

/** Options by name, in the order in which help shows them. */
export type OptionTable = Readonly<
  // deno-lint-ignore no-explicit-any -- each has its own types, which `OptionInput` and `OptionValues` find again
  Record<string, Option<any, any>>
>;

/** What is given of a table of options. */
export type OptionInput<Table> = {
  readonly [Key in keyof Table]?: Table[Key] extends
    Option<infer Given, infer _> ? Given : never;
};

/** What they come to: durations in milliseconds. */
export type OptionValues<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Option<infer _, infer Value>
    ? Value
    : never;
};

/** What a table comes to, and everything that is wrong with what was given, a line each. */
export interface ReadTable {
  /** By name; those that cannot be read are left out. */
  readonly values: Readonly<Record<string, unknown>>;
  /** A line each. */
  readonly mistakes: readonly string[];
}

/** Reads all options of a table; `null` is as good as not given. */
export function readTable(
  table: OptionTable,
  given: Readonly<Record<string, unknown>>,
): ReadTable {
  const values: Record<string, unknown> = {};
  const mistakes: string[] = [];
  for (const [key, option] of Object.entries(table)) {
    const reading = option.read(given[key] ?? option.default);
    if ("problem" in reading) {
      mistakes.push(`${key}: ${asSentence(reading.problem)}`);
    } else values[key] = reading.value;
  }
  return { values, mistakes: [...mistakes, ...exclusions(table, given)] };
}

/** Of options that leave no room for each other, those that were given both, a line each; `nameOf` is how they are spelled. */
export function exclusions(
  table: OptionTable,
  given: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = (key) => key,
): string[] {
  return Object.entries(table).flatMap(
    ([key, { excludes = [], default: initial }]) =>
      (given[key] ?? initial) === initial ? [] : excludes
        .filter((other) => (given[other] ?? undefined) !== undefined)
        .map((other) => exclusion(nameOf(key), nameOf(other))),
  );
}

/** That two cannot be had together. */
export function exclusion(one: string, other: string): string {
  return `${one}, ${other}: they exclude each other, leave one out.`;
}

/** What speaks against the values here and now, a line each. */
export async function verifyTable(
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
): Promise<string[]> {
  const problems = await Promise.all(
    Object.entries(table).map(([key, option]) =>
      option.verify?.(values[key], values)
    ),
  );
  return problems.filter((problem) => problem !== undefined);
}

/** The values for the record, as they could be given again. */
export function recordOf(
  table: OptionTable,
  values: Readonly<Record<string, unknown>>,
): Record<string, Recorded> {
  return Object.fromEntries(
    Object.entries(table).map(([key, option]) => [
      key,
      option.toJson(values[key]),
    ]),
  );
}

/** The table with other defaults. */
export function withDefaults<Table extends object>(
  table: Table,
  defaults: OptionInput<Table>,
): Table {
  return Object.fromEntries(
    Object.entries(table).map(([key, option]) => [
      key,
      Object.hasOwn(defaults, key)
        ? { ...option, default: defaults[key as keyof Table] }
        : option,
    ]),
  ) as unknown as Table;
}

/** Those of a table that may change while clients are there. */
export function liveOptions(table: OptionTable): OptionTable {
  return Object.fromEntries(
    Object.entries(table).filter(([, { live }]) => live === true),
  );
}
