/**
 * The commands, a file each, and the table by which they are found. A command
 * gets its arguments, prints, and resolves with an exit code. It is loaded
 * when it is asked for, and with it what it stands on.
 *
 * It knows the process: its outputs, signals and files. It knows no wire, no
 * packets and no clients: all of that is behind `mod.ts` of the project.
 *
 * @module
 */

import type { CommandName } from "./options/help.ts";

export { SUMMARIES, twoColumns } from "./options/help.ts";
export { PROGRAM } from "./options/program_name.ts";
export { errorLine, printError, printOut } from "./shell.ts";

/** Carries a command out; resolves with the exit code, throws what makes it impossible. */
export type Perform = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<CommandName, () => Promise<Perform>>> = {
  session: async () => (await import("./session.ts")).sessionCommand,
  run: async () => (await import("./run.ts")).runCommand,
  capacity: async () => (await import("./capacity.ts")).capacityCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  report: async () => (await import("./report.ts")).reportCommand,
  merge: async () => (await import("./merge.ts")).mergeCommand,
  compare: async () => (await import("./compare.ts")).compareCommand,
  adapter: async () => (await import("./adapter.ts")).adapterCommand,
  agent: async () => (await import("./agent.ts")).agentCommand,
  agents: async () => (await import("./agents.ts")).agentsCommand,
  doctor: async () => (await import("./doctor.ts")).doctorCommand,
};

/** The command of this name; `undefined` where there is none. */
export async function loadCommand(name: string): Promise<Perform | undefined> {
  return Object.hasOwn(COMMANDS, name)
    ? await COMMANDS[name as CommandName]()
    : undefined;
}
