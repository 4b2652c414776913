/**
 * The command line: finds the command, and turns what it throws into a line
 * and an exit code.
 *
 * @module
 */

import { nearest } from "../lib/text/mod.ts";
import { VERSION } from "../version.ts";
import {
  errorLine,
  loadCommand,
  printError,
  printOut,
  PROGRAM,
  SUMMARIES,
  twoColumns,
} from "./commands/mod.ts";
import { EXIT_CODES } from "../lib/exit_codes.ts";

// What others' code has left open, an adapter's or a scenario's, keeps nobody.
if (import.meta.main) Deno.exit(await main(Deno.args));

/** Carries a command line out; resolves with the exit code. */
export async function main(words: readonly string[]): Promise<number> {
  const [name, ...args] = words;
  addEventListener("unload", refuseEnd);
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
    return name === undefined || name.startsWith("-")
      ? await perform("session", words)
      : await perform(name, args);
  } catch (error) {
    printError(errorLine(error));
    return EXIT_CODES.broke;
  } finally {
    removeEventListener("unload", refuseEnd);
  }
}

/** Others' code, or a library of theirs, may end the process; that is no success. */
function refuseEnd(): void {
  if (Deno.exitCode !== EXIT_CODES.passed) return;
  printError(
    "Cannot go on: an adapter or a scenario has ended this process. Have it throw an error instead.",
  );
  Deno.exitCode = EXIT_CODES.broke;
}

async function showHelp(
  [name, ...more]: readonly string[],
): Promise<number> {
  if (more.length > 0) return surplus(more[0]);
  if (name === undefined || name === "--help" || name === "-h") {
    printOut(help());
    return 0;
  }
  if (name === "metrics") {
    const { metricsLines } = await import("../tool.ts");
    printOut(`${metricsLines().join("\n")}\n`);
    return 0;
  }
  return await perform(name, ["--help"]);
}

async function perform(
  name: string,
  args: readonly string[],
): Promise<number> {
  const command = await loadCommand(name);
  return command === undefined ? unknownCommand(name) : await command(args);
}

function unknownCommand(name: string): number {
  const guess = nearest(name, [...Object.keys(SUMMARIES), "help"]);
  printError(
    `${name}: there is no such command, ${
      guess === undefined ? "help lists them." : `did you mean ${guess}?`
    }`,
  );
  return EXIT_CODES.usage;
}

function surplus(arg: string): number {
  printError(`"${arg}": there is no use for it.`);
  return EXIT_CODES.usage;
}

function help(): string {
  const rows = [
    ...Object.entries(SUMMARIES),
    ["help [command]", "This text, or a command's options."] as const,
    ["help metrics", "Every metric, and how thresholds name it."] as const,
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
