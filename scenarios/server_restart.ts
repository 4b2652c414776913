/**
 * A restart of the server under load: how long until everyone is back.
 *
 * @module
 */

import {
  defineScenario,
  isSettled,
  MEETING_OPTIONS,
  type MeetingInput,
  option,
  type Recovery,
  recoveryLines,
  recoveryOf,
  runAsProgram,
  runShell,
  type Scenario,
  withRecovery,
} from "../kit.ts";

/** What a restart can be given. */
export interface ServerRestartInput extends MeetingInput {
  /** What restarts the server, for the shell. @default {"scripts/server-restart.sh"} */
  readonly command?: string;
  /** Clients. @default {10} */
  readonly clients?: number;
  /** Media time before the restart. @default {"5s"} */
  readonly before?: string;
  /** How long recovery may take. @default {"1m"} */
  readonly patience?: string;
  /** Media time after all are back. @default {"5s"} */
  readonly after?: string;
}

/** How clients came back. */
export interface ServerRestartFindings extends Recovery {
  /** How long the command took. */
  readonly commandMs: number;
}

/**
 * A restart of the server under load. Clients come back by themselves, as
 * SimplestChat's page does; whoever has no media again in the end fails the
 * run, whatever its thresholds say.
 */
export const serverRestart: Scenario<
  ServerRestartInput,
  ServerRestartFindings
> = defineScenario({
  name: "serverRestart",
  description: "The server is restarted; how long until everyone is back.",
  options: {
    command: option.text("what restarts the server, for the shell", {
      default: "scripts/server-restart.sh",
    }),
    clients: option.wholeNumber("clients", { default: 10, min: 1 }),
    before: option.duration("media time before the restart", { default: "5s" }),
    patience: option.duration("how long recovery may take", {
      default: "1m",
      min: "1s",
    }),
    after: option.duration("media time after all are back", { default: "5s" }),
    ...MEETING_OPTIONS,
    thresholds: option.thresholds("what the run must keep to", {
      default: ["connected == 100%"],
    }),
  },
  disrupts: true,
  async run(crowd, options, { signal, say }) {
    await crowd.fill(options);
    await crowd.wait(options.before);
    const present = crowd.connected;
    const before = crowd.snapshot();
    const startMs = crowd.elapsedMs;
    say(`restarting the server: ${options.command}`);
    await runShell(options.command, signal);
    const commandMs = crowd.elapsedMs - startMs;
    await crowd.until(
      (snapshot) => isSettled(snapshot, present, before),
      options.patience,
    );
    await crowd.wait(options.after);
    return {
      ...recoveryOf(crowd.snapshot(), present, before),
      commandMs: Math.round(commandMs),
    };
  },
  judge: withRecovery,
  describe: (found) => [
    `the command took ${found.commandMs} ms`,
    ...recoveryLines(found),
  ],
});

if (import.meta.main) runAsProgram(import.meta.url);
