/**
 * `agent`: this machine's clients for whoever claims them at a broker.
 *
 * @module
 */

import {
  many,
  optional,
  serveAgent,
  text,
  wholeOr,
  withDefault,
} from "../../tool.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { BROKER_OPTIONS, needBroker } from "./options/agent_options.ts";
import { commandHelp, exitCodeLines } from "./options/help.ts";
import { parseOptions } from "./options/parse.ts";
import { whyNotWritable } from "./files/paths.ts";
import { openInterrupts, printError, printOut, usage } from "./shell.ts";
import { agentName, URL_PATTERNS } from "./options/value_kind.ts";

const NOTES: readonly string[] = [
  "It drives clients of one run at a time, and stays until it is ended. When it has",
  "heard nothing of whoever claimed it for 12 s, its clients leave, and what they",
  "came to goes to --out, for merge.",
  "",
  ...exitCodeLines({
    broke: "it cannot be an agent",
    usage: "wrong usage",
    interrupted: "ended",
  }),
];

/** What `agent` takes. */
export const AGENT_TABLE = {
  ...BROKER_OPTIONS,
  name: optional<string, string>(agentName, {
    help:
      "its name, which no other of the group has (default: this host's, with some digits)",
  }),
  workers: withDefault(wholeOr("auto", 1, 1024), {
    help: "threads that drive clients; auto: one a core",
    default: "auto",
  }),
  out: optional(text("DIR"), {
    help:
      "where it leaves its part of a run whose coordinator is gone (default: this directory)",
  }),
  onlyServer: many(URL_PATTERNS, {
    help: "load only servers of such a URL: wss://*.test.example/*",
  }),
} as const;

/** Carries `agent` out; resolves with the exit code. */
export async function agentCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(AGENT_TABLE, args);
  if (parsed.help) {
    printOut(commandHelp({ name: "agent", notes: NOTES }, AGENT_TABLE));
    return EXIT_CODES.passed;
  }
  const { values, mistakes } = parsed;
  if (mistakes.length > 0) return usage(mistakes);
  const problem = await whyNotWritable(values.out);
  if (problem !== undefined) return usage([`--out: ${problem}.`]);
  const read = await needBroker(values);
  if ("mistakes" in read) return usage(read.mistakes);
  const { broker } = read;
  using interrupts = openInterrupts({});
  const { onlyServer, group, out = ".", workers, name = nameHere() } = values;
  await serveAgent({
    ...{ broker, group, name, out, threads: workers },
    ...(onlyServer.length > 0 && {
      onlyServer: (url: string) => onlyServer.some((one) => one.matches(url)),
    }),
    signal: interrupts.signal,
    onNote: printError,
  });
  return EXIT_CODES.interrupted;
}

/** This host's name as agents can have one, and which of its agents. */
function nameHere(): string {
  const host = Deno.hostname().toLowerCase().split(".")[0]
    .replaceAll(/[^a-z0-9-]/g, "-").slice(0, 20);
  return `${host}-${crypto.randomUUID().slice(0, 6)}`;
}
