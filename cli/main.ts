/**
 * The command line: finds the command, and turns what it throws into a line
 * and an exit code.
 *
 * @module
 */

import { nearest, VERSION } from "../tool.ts";
import {
  COMMANDS,
  errorLine,
  printError,
  printOut,
  PROGRAM,
  twoColumns,
} from "./commands/mod.ts";

if (import.meta.main) Deno.exitCode = await main(Deno.args);

/** Carries a command line out; resolves with the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const [name, ...args] = words;
  try {
    switch (name) {
      case "help":
      case "--help":
      case "-h":
        return await showHelp(args);
      case "--version":
        if (args.length > 0) return surplus(args[0]);
        printOut(`rtcrowd ${VERSION}\n`);
        return 0;
    }
    // Without a command it is the session, with these options.
    if (name === undefined || name.startsWith("-")) {
      return await COMMANDS.get("session")!.perform(words);
    }
    const command = COMMANDS.get(name);
    return command === undefined
      ? unknownCommand(name)
      : await command.perform(args);
  } catch (error) {
    printError(errorLine(error));
    return 1;
  }
}

async function showHelp(
  [name, ...more]: readonly string[],
): Promise<number> {
  if (more.length > 0) return surplus(more[0]);
  if (name === undefined) {
    printOut(help());
    return 0;
  }
  const command = COMMANDS.get(name);
  return command === undefined
    ? unknownCommand(name)
    : await command.perform(["--help"]);
}

function unknownCommand(name: string): number {
  const guess = nearest(name, [...COMMANDS.keys(), "help"]);
  printError(
    `${name}: there is no such command, ${
      guess === undefined ? "help lists them." : `did you mean ${guess}?`
    }`,
  );
  return 2;
}

function surplus(arg: string): number {
  printError(`"${arg}": there is no use for it.`);
  return 2;
}

function help(): string {
  const rows = [
    ...[...COMMANDS].map(([name, { summary }]) => [name, summary] as const),
    ["help [command]", "This text, or a command's options."] as const,
    ["--version", "The version."] as const,
  ];
  return [
    "rtcrowd: crowds of real WebRTC clients for mediasoup SFUs",
    "",
    `${PROGRAM} [command] [options]`,
    "",
    ...twoColumns(rows),
  ].map((line) => `${line}\n`).join("");
}
