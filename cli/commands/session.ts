/**
 * The interactive session, or its verbs line by line where nobody sits at a
 * terminal.
 *
 * @module
 */

import { runSession } from "../session/mod.ts";
import { accessRecord, readAccess } from "./access.ts";
import { commandHelp } from "./help.ts";
import { readMedia } from "./media.ts";
import { parseOptions } from "./parse.ts";
import {
  engineOf,
  SESSION_OPTIONS,
  sessionContradictions,
  settingsOf,
} from "./session_options.ts";
import { printOut, usage } from "./shell.ts";

const NOTES: readonly string[] = [
  "On a terminal there are charts and a prompt: type help. From a pipe or a file",
  "the same verbs are read line by line, and the first that fails ends it:",
  "",
  "  printf 'spawn 6\\nwait 5s\\nstats\\nquit\\n' | deno run -A cli/main.ts",
  "",
  "Where the locale or the terminal has no UTF-8 everything is drawn in ASCII;",
  "RTCROWD_CHARSET=ascii or utf-8 decides by itself.",
  "",
  "Exit codes: 0 all was well, 1 something broke, 2 a line or option made no",
  "sense, 99 a threshold failed, 130 interrupted.",
];

/** Carries the session out; resolves with the exit code. */
export async function sessionCommand(
  args: readonly string[],
): Promise<number> {
  const parsed = parseOptions(SESSION_OPTIONS, args);
  if (parsed.help) {
    printOut(
      commandHelp({ name: "session", notes: NOTES }, SESSION_OPTIONS),
    );
    return 0;
  }
  const mistakes = [...parsed.mistakes, ...sessionContradictions(parsed)];
  if (mistakes.length > 0) return usage(mistakes);
  const { values } = parsed;
  const media = await readMedia(values);
  if ("problem" in media) return usage([media.problem]);
  const way = await readAccess(values);
  if ("mistakes" in way) return usage(way.mistakes);
  const { access } = way;
  const { server, workers, seed } = values;
  const embedded = engineOf(values);
  const settings = settingsOf(values);
  return await runSession({
    server: { ...access, url: server ?? "" },
    embedded,
    clients: values.clients,
    settings,
    seed,
    transport: values.transport,
    workers,
    thresholds: values.threshold,
    monitor: values.monitor,
    // Secrets only as given or not.
    config: {
      embedded: embedded ?? null,
      clients: values.clients ?? null,
      room: settings.room,
      rooms: settings.rooms,
      role: settings.role,
      ...settings.media,
      simulcast: values.simulcast,
      media: values.media,
      monitor: values.monitor.map(({ text }) => text),
      impair: values.impair === undefined ? [] : [values.impair.text],
      transport: values.transport,
      workers,
      ...accessRecord(access),
    },
  });
}
