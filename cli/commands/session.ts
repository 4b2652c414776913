/**
 * The interactive session, or its verbs line by line where nobody sits at a
 * terminal.
 *
 * @module
 */

import { runSession } from "../session/mod.ts";
import { readAccess } from "./options/access.ts";
import { readAgents } from "./options/agent_options.ts";
import { commandHelp, exitCodeLines } from "./options/help.ts";
import { parseOptions } from "./options/parse.ts";
import {
  engineOf,
  SESSION_TABLE,
  sessionContradictions,
  sessionRecord,
  settingsOf,
  verifySession,
} from "./options/session_options.ts";
import { PROGRAM } from "./options/program_name.ts";
import { printOut, usage } from "./shell.ts";

const NOTES: readonly string[] = [
  "On a terminal there are charts and a prompt: type help. From a pipe or a file",
  "the same verbs are read line by line, and the first that fails ends it:",
  "",
  `  printf 'spawn 6\\nwait 5s\\nstats\\nquit\\n' | ${PROGRAM}`,
  "",
  "Where the locale or the terminal has no UTF-8 everything is drawn in ASCII;",
  "RTCROWD_CHARSET=ascii or utf-8 decides by itself.",
  "",
  ...exitCodeLines({
    passed: "all was well",
    broke: "something broke",
    usage: "a line or option made no sense",
    gone: "the embedded server died",
    invalid: "an agent was lost that may not be",
    failed: "a threshold failed",
    interrupted: "interrupted",
  }),
];

/** Carries the session out; resolves with the exit code. */
export async function sessionCommand(
  args: readonly string[],
): Promise<number> {
  const parsed = parseOptions(SESSION_TABLE, args);
  if (parsed.help) {
    printOut(
      commandHelp({ name: "session", notes: NOTES }, SESSION_TABLE),
    );
    return 0;
  }
  if (parsed.mistakes.length > 0) return usage(parsed.mistakes);
  const mistakes = [
    ...sessionContradictions(parsed),
    ...await verifySession(parsed),
  ];
  if (mistakes.length > 0) return usage(mistakes);
  const { values } = parsed;
  const way = await readAccess(values);
  if ("mistakes" in way) return usage(way.mistakes);
  const where = await readAgents({
    ...values,
    workers: parsed.given.has("workers") ? values.workers : "auto",
  });
  if ("mistakes" in where) return usage(where.mistakes);
  return await runSession({
    server: { ...way.access, url: values.server ?? "" },
    embedded: engineOf(values),
    clients: values.clients,
    settings: settingsOf(parsed),
    seed: values.seed,
    transport: values.transport,
    workers: values.workers,
    agents: where.agents,
    thresholds: values.threshold,
    monitor: values.monitor,
    config: sessionRecord(parsed, way.access),
  });
}
