/**
 * The commands, a file each, and the table by which they are found. A command
 * gets its arguments, prints, and resolves with an exit code.
 *
 * It knows the process: its outputs, signals and files. It knows no wire, no
 * packets and no clients: all of that is behind `mod.ts` of the project.
 *
 * @module
 */

import { CAPACITY_SUMMARY, capacityCommand } from "./capacity.ts";
import { DOCTOR_SUMMARY, doctorCommand } from "./doctor.ts";
import { REPORT_SUMMARY, reportCommand } from "./report.ts";
import { RUN_SUMMARY, runCommand } from "./run.ts";
import { SERVE_SUMMARY, serveCommand } from "./serve.ts";
import { SESSION_SUMMARY, sessionCommand } from "./session.ts";

export { PROGRAM, twoColumns } from "./help.ts";
export { errorLine, printError, printOut } from "./shell.ts";

/** A command. */
export interface Command {
  /** One line. */
  readonly summary: string;
  /** Resolves with the exit code; throws what makes it impossible. */
  readonly perform: (args: readonly string[]) => Promise<number>;
}

/** All commands, by the word that asks for them. */
export const COMMANDS: ReadonlyMap<string, Command> = new Map([
  ["session", { summary: SESSION_SUMMARY, perform: sessionCommand }],
  ["run", { summary: RUN_SUMMARY, perform: runCommand }],
  ["capacity", { summary: CAPACITY_SUMMARY, perform: capacityCommand }],
  ["serve", { summary: SERVE_SUMMARY, perform: serveCommand }],
  ["report", { summary: REPORT_SUMMARY, perform: reportCommand }],
  ["doctor", { summary: DOCTOR_SUMMARY, perform: doctorCommand }],
]);
