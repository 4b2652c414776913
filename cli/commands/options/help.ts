/**
 * Help, made of a command's table of options.
 *
 * @module
 */

import {
  type Option,
  type OptionTable,
  type Recorded,
  typedValue,
} from "../../../lib/options/mod.ts";
import { wrapWords } from "../../../lib/text/mod.ts";
import {
  EXIT_CODES,
  EXIT_REASONS,
  type ExitReasons,
} from "../../../lib/exit_codes.ts";
import { optionName } from "./option.ts";
import { PROGRAM } from "./program_name.ts";

/** What a command's exit codes say, as lines; those of a run, where no others are given. */
export function exitCodeLines(
  reasons: ExitReasons = EXIT_REASONS,
  more = "",
): string[] {
  const codes = Object.entries(EXIT_CODES).flatMap(([name, code]) => {
    const reason = reasons[name as keyof ExitReasons];
    return reason === undefined ? [] : [`${code} ${reason}`];
  });
  return wrapWords(`Exit codes: ${codes.join("; ")}.${more}`, COLUMNS);
}

const COLUMNS = 80;

/** The commands, each in one line. */
export const SUMMARIES = {
  session:
    "Watch and steer a running load; this is what happens without a command.",
  run: "One load test against a server, then the summary and an exit code.",
  capacity: "How many clients a server holds, and what limits it.",
  serve:
    "A server to test against: SimplestChat's protocol, or mediasoup-demo's.",
  report: "Runs that are over: one in full, several side by side.",
  merge: "What agents left of a run whose coordinator is gone, as one result.",
  compare: "Whether some runs are worse than others.",
  adapter: "Whether an adapter of your own does what clients need of it.",
  agent: "Drives clients of others' runs, which claim it at a broker.",
  agents: "Which agents are at a broker: free or busy, and what they are.",
  doctor: "What would limit a run on this machine, and how to fix it.",
} as const;

/** The name of a command. */
export type CommandName = keyof typeof SUMMARIES;

/** What help says of a command besides its options. */
export interface CommandHelp {
  readonly name: CommandName;
  /** How it is written behind its name. @default {"[options]"} */
  readonly usage?: string;
  /** Lines of further text, behind the options. */
  readonly notes: readonly string[];
}

/** All that `--help` prints. */
export function commandHelp(
  { name, usage = "[options]", notes }: CommandHelp,
  table: OptionTable,
): string {
  const rows = [
    ...Object.entries(table).map(([key, option]) =>
      [spelling(key, option), describe(option)] as const
    ),
    ["-h, --help", "this text"] as const,
  ];
  return [
    `${PROGRAM} ${name} ${usage}`,
    "",
    SUMMARIES[name],
    "",
    ...twoColumns(rows),
    ...(Object.values(table).some(({ placeholder }) => placeholder === "T")
      ? ["", "T is a time: 30 (seconds), 500ms, 90s, 5m or 1h."]
      : []),
    ...(notes.length > 0 ? ["", ...notes] : []),
  ].map((line) => `${line}\n`).join("");
}

/** Rows of two columns, the second behind the widest of the first. */
export function twoColumns(
  rows: readonly (readonly [string, string])[],
): string[] {
  const columns = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(columns)}  ${right}`);
}

/** Rows of several columns, each behind the widest of the one before. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => row[column].length))
  );
  return rows.map((row) =>
    `  ${row.map((cell, i) => cell.padEnd(widths[i])).join("  ")}`.trimEnd()
  );
}

function spelling(
  key: string,
  { arity, short, placeholder }: Option<unknown, unknown>,
): string {
  const name = `${short === undefined ? "    " : `-${short}, `}${
    optionName(key)
  }`;
  switch (arity) {
    case "flag":
      return name;
    case "maybe":
      return `${name}[=${placeholder}]`;
    case "once":
    case "many":
      return `${name} ${placeholder}`;
  }
}

function describe(
  { arity, help, default: initial }: Option<unknown, unknown>,
): string {
  switch (arity) {
    case "many":
      return `${help} (may be repeated)`;
    case "flag":
      return help;
    case "maybe":
    case "once":
      return initial === undefined
        ? help
        : `${help} [${typedValue(initial as Recorded)}]`;
  }
}
