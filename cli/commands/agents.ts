/**
 * `agents`: who is at a broker.
 *
 * @module
 */

import { type Card, listAgents, toggle, yesOrNo } from "../../tool.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { BROKER_OPTIONS, needBroker } from "./options/agent_options.ts";
import { columns, commandHelp, exitCodeLines } from "./options/help.ts";
import { parseOptions } from "./options/parse.ts";
import { printError, printJson, printOut, usage } from "./shell.ts";
import { safeValue } from "../../lib/text/mod.ts";

const NOTES: readonly string[] = exitCodeLines({
  passed: "somebody is there",
  broke: "nobody is, or the broker cannot be reached",
  usage: "wrong usage",
});

const AGENTS_TABLE = {
  ...BROKER_OPTIONS,
  json: toggle(yesOrNo, { help: "print them as JSON", default: false }),
} as const;

/** Carries `agents` out; resolves with the exit code. */
export async function agentsCommand(args: readonly string[]): Promise<number> {
  const parsed = parseOptions(AGENTS_TABLE, args);
  if (parsed.help) {
    printOut(commandHelp({ name: "agents", notes: NOTES }, AGENTS_TABLE));
    return EXIT_CODES.passed;
  }
  const { values, mistakes } = parsed;
  if (mistakes.length > 0) return usage(mistakes);
  const read = await needBroker(values);
  if ("mistakes" in read) return usage(read.mistakes);
  const { broker } = read;
  const cards = await listAgents({ broker, group: values.group });
  if (values.json) printJson(cards);
  else if (cards.length > 0) {
    printOut(tableOf(safeValue(cards)).map((line) => `${line}\n`).join(""));
  }
  if (cards.length > 0) return EXIT_CODES.passed;
  printError(
    `Cannot see any agent of group ${values.group}. Start some with the command agent.`,
  );
  return EXIT_CODES.broke;
}

function tableOf(cards: readonly Card[]): string[] {
  return columns([
    ["agent", "host", "state", "version", "cores", "memory"],
    ...cards.map(({ id, host, version, cores, memoryBytes, by, sinceMs }) => [
      id,
      host,
      by === null
        ? "free"
        : `of ${by} for ${Math.round((sinceMs ?? 0) / 1000)} s`,
      version,
      String(cores),
      memoryBytes === null ? "?" : `${(memoryBytes / 1e9).toFixed(1)} GB`,
    ]),
  ]);
}
