/**
 * Options as the command line spells them. The key of an option in its table
 * is its name in camelCase: `maxAudio` is `--max-audio`.
 *
 * @module
 */

import { type OptionTable, toggle, yesOrNo } from "../../../lib/options/mod.ts";

/** The name of an option as it is typed. */
export function optionName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (big) => `-${big.toLowerCase()}`)}`;
}

/** A scenario's options as options of the command line: what has a word without a value is said by that. */
export function commandLineOf(table: OptionTable): OptionTable {
  return Object.fromEntries(
    Object.entries(table).map(([key, option]) => {
      const { flag } = option;
      return flag === undefined
        ? [key, option]
        : [flag.name, toggle(yesOrNo, { ...flag, default: false })];
    }),
  );
}

/** What was given on the command line of a scenario's options, as a script would give it. */
export function inputOf(
  table: OptionTable,
  given: ReadonlyMap<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).flatMap(([key, { flag }]) =>
      given.has(flag?.name ?? key)
        ? [[key, flag === undefined ? given.get(key) : flag.given]]
        : []
    ),
  );
}
