/**
 * A command line against its table of options. Nothing is ignored, and every
 * mistake is told at once, in a line each.
 *
 * @module
 */

import {
  asSentence,
  exclusions,
  nearest,
  type Option,
  type OptionTable,
  type OptionValues,
} from "../../../tool.ts";
import { namedElsewhere } from "../../../lib/options/mod.ts";
import { parseArgs } from "../../deps.ts";
import { optionName } from "./option.ts";

/** What a command line comes to. */
export interface Parsed<Table extends OptionTable> {
  /** The options' values; those that cannot be read are `undefined`. */
  readonly values: OptionValues<Table>;
  /** What was given, by the options' keys: a text, or of those that may be repeated several. */
  readonly given: ReadonlyMap<string, unknown>;
  /** Whether `--help` was among them. */
  readonly help: boolean;
  /** What is no option and was allowed to be none, in order. */
  readonly operands: readonly string[];
  /** Everything that is wrong, a line each. */
  readonly mistakes: readonly string[];
}

/** Reads what follows the command's name; what is no option must look like `operand`, or is a mistake. */
export function parseOptions<Table extends OptionTable>(
  table: Table,
  args: readonly string[],
  operand?: RegExp,
): Parsed<Table> {
  const mistakes: string[] = [];
  const operands: string[] = [];
  const raw = takeApart(table, args, mistakes, (arg) => {
    const isOne = operand?.test(arg) === true;
    if (isOne) operands.push(arg);
    return isOne;
  });
  const given = new Map<string, unknown>();
  const values: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(table)) {
    const name = optionName(key);
    const found = raw[name.slice(2)];
    const texts: readonly string[] = Array.isArray(found)
      ? found
      : found === true
      ? [""]
      : [];
    if (texts.length > 0) given.set(key, givenBy(option, texts));
    const problems = problemsOf(option, texts);
    const reading = option.read(given.get(key) ?? option.default);
    if (problems.length === 0 && "problem" in reading) {
      problems.push(asSentence(reading.problem));
    }
    mistakes.push(...problems.map((problem) => `${name}: ${problem}`));
    values[key] = problems.length === 0 && "value" in reading
      ? reading.value
      : undefined;
  }
  mistakes.push(...exclusions(table, Object.fromEntries(given), optionName));
  return {
    values: values as OptionValues<Table>,
    given,
    help: raw.help === true,
    operands,
    mistakes,
  };
}

/** As a script would give it. */
function givenBy(
  { arity }: Option<unknown, unknown>,
  texts: readonly string[],
): unknown {
  switch (arity) {
    case "flag":
      return true;
    case "many":
      return texts;
    case "once":
    case "maybe":
      return texts[0];
  }
}

/** What is wrong with single texts. */
function problemsOf(
  { arity, takes, read }: Option<unknown, unknown>,
  texts: readonly string[],
): string[] {
  if (arity === "flag") return [];
  if (texts.length > 1 && arity !== "many") {
    return [`it was given ${texts.length} times.`];
  }
  return texts.flatMap((text) => {
    if (text === "") return [`its value is missing; it takes ${takes}.`];
    const reading = arity === "many" ? read([text]) : { value: text };
    return "problem" in reading ? [asSentence(reading.problem)] : [];
  });
}

function takeApart(
  table: OptionTable,
  args: readonly string[],
  mistakes: string[],
  takeOperand: (arg: string) => boolean,
): Readonly<Record<string, unknown>> {
  const entries = Object.entries(table).map(([key, option]) => ({
    name: optionName(key).slice(2),
    option,
  }));
  const flags = entries
    .filter(({ option }) => option.arity === "flag")
    .map(({ name }) => name)
    .concat("help");
  const valued = entries
    .filter(({ option }) => option.arity !== "flag")
    .map(({ name }) => name);
  const bare = new Map(
    entries.flatMap(({ name, option }) =>
      option.bare === undefined
        ? []
        : [[`--${name}`, `--${name}=${option.bare}`]]
    ),
  );
  const names = [...valued, ...flags].map((name) => `--${name}`);
  const unknown = new Set<string>();
  const raw = parseArgs(
    withNegative(withFollowing(table, args), entries)
      .filter((arg) => isNoFlagWithValue(arg, flags, mistakes))
      .map((arg) => bare.get(arg) ?? arg),
    {
      string: ["_", ...valued],
      boolean: flags,
      collect: valued,
      alias: Object.fromEntries([
        ["help", "h"],
        ...entries.flatMap(({ name, option }) =>
          option.short === undefined ? [] : [[name, option.short]]
        ),
      ]),
      unknown: (arg, key) => {
        if (key !== undefined) {
          unknown.add(arg);
          mistakes.push(unknownOption(arg.replace(/=.*$/s, ""), table, names));
          return false;
        }
        if (takeOperand(arg)) return false;
        // The value of an option that was mistyped is no second mistake, and may be a secret.
        if (!unknown.has(args[args.indexOf(arg) - 1])) {
          mistakes.push(surplus(arg, args, bare));
        }
        return false;
      },
    },
  );
  for (const arg of raw._) mistakes.push(surplus(arg, args, bare));
  return raw;
}

/** Options that need no value, each in one word with the value that follows it, if one does. */
function withFollowing(table: OptionTable, args: readonly string[]): string[] {
  const patterns = new Map(
    Object.entries(table).map(([key, { follows }]) =>
      [optionName(key), follows] as const
    ),
  );
  return args.flatMap((arg, i) => {
    const isTaken = patterns.get(args[i - 1])?.test(arg) === true;
    const next = args[i + 1];
    const takes = next !== undefined && patterns.get(arg)?.test(next) === true;
    return isTaken ? [] : [takes ? `${arg}=${next}` : arg];
  });
}

/** The parser would take a number below zero for options, and miss the value of the one before. */
function withNegative(
  args: readonly string[],
  entries: readonly {
    readonly name: string;
    readonly option: Option<unknown, unknown>;
  }[],
): string[] {
  const takers = new Set(
    entries.filter(({ option }) =>
      option.arity !== "flag" && option.bare === undefined
    ).flatMap(({ name, option: { short } }) => [
      `--${name}`,
      ...(short === undefined ? [] : [`-${short}`]),
    ]),
  );
  return args.flatMap((arg, i) => {
    const isNumber = (text = "") => /^-[.\d]/.test(text);
    if (isNumber(arg) && takers.has(args[i - 1])) return [];
    return takers.has(arg) && isNumber(args[i + 1])
      ? [`${arg}=${args[i + 1]}`]
      : [arg];
  });
}

/** The parser would take `--quiet=anything` for `--quiet`. */
function isNoFlagWithValue(
  arg: string,
  flags: readonly string[],
  mistakes: string[],
): boolean {
  const name = /^--([^=]+)=/.exec(arg)?.[1];
  if (name === undefined || !flags.includes(name)) return true;
  mistakes.push(`--${name}: it takes no value.`);
  return false;
}

function unknownOption(
  name: string,
  table: OptionTable,
  names: readonly string[],
): string {
  const elsewhere = namedElsewhere(name.replace(/^-+/, ""), Object.keys(table));
  const near = name.startsWith("--") ? nearest(name, names) : undefined;
  const meant = elsewhere.length > 0
    ? elsewhere.map(optionName).join(" or ")
    : near;
  return meant === undefined
    ? `${name}: there is no such option; --help lists them.`
    : `${name}: there is no such option, did you mean ${meant}?`;
}

function surplus(
  arg: string,
  args: readonly string[],
  bare: ReadonlyMap<string, string>,
): string {
  const before = args[args.indexOf(arg) - 1];
  return bare.has(before)
    ? `"${arg}": write ${before}=${arg} if it belongs to ${before}.`
    : `"${arg}": there is no use for it; options begin with --.`;
}
