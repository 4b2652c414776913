/**
 * The interactive session from its first frame to its exit code: on a
 * terminal with charts and a prompt, or fed line by line by a pipe or a file.
 *
 * @module
 */

import { renderText, shownUrl } from "../../tool.ts";
import {
  chooseCharset,
  choosePalette,
  denoHistoryFiles,
  type EndSignal,
  History,
  historyPath,
  inCharset,
  openTerminal,
  type Terminal,
  terminalIn,
} from "../terminal/mod.ts";
import { Effects, type SessionEnd } from "./effects.ts";
import { newModel } from "./model.ts";
import type { SessionOptions } from "./options.ts";
import { Program } from "./program.ts";
import { safeLine, safeValue } from "../../lib/text/mod.ts";
import { SIGNAL_CODES } from "../../lib/exit_codes.ts";

/** The doors of a session to the world, replaced in tests. */
export interface SessionPorts {
  readonly openTerminal: (onEndSignal: (signal: EndSignal) => void) => Terminal;
  readonly env: (name: string) => string | undefined;
  readonly openHistory: () => Promise<History>;
  readonly printAside: (line: string) => void;
  readonly exit: (code: number) => void;
}

/** Enough to see something move. */
const FIRST_CLIENTS = 3;

/** Runs a session; resolves with the exit code once the terminal is as it was. */
export async function runSession(
  options: SessionOptions,
  ports: SessionPorts = SYSTEM,
): Promise<number> {
  const opened = ports.openTerminal((signal) =>
    program.dispatch({ type: "interrupted", code: SIGNAL_CODES[signal] })
  );
  const { isTerminal } = opened;
  const charset = chooseCharset(ports.env, isTerminal);
  const terminal = terminalIn(opened, charset);
  const printAside = (line: string) =>
    ports.printAside(inCharset(line, charset));
  const palette = choosePalette(ports.env, isTerminal);
  const history = await ports.openHistory();
  const startMs = performance.now();
  const ended = Promise.withResolvers<SessionEnd>();
  const effects: Effects = new Effects({
    options,
    history,
    dispatch: (message) => program.dispatch(message),
    model: () => program.model,
    onEnd: ended.resolve,
    exit: (code) => {
      terminal.restore();
      ports.exit(code);
    },
  });
  const { embedded, server } = options;
  const program: Program = new Program({
    terminal,
    palette,
    nowMs: () => performance.now() - startMs,
    perform: (effect) => effects.perform(effect),
    printAside,
    model: newModel({
      audience: isTerminal ? "session" : "plain",
      size: terminal.size(),
      starting: embedded === undefined
        ? `connecting to ${shownUrl(server.url)}`
        : `starting the embedded server (${embedded})`,
      settings: options.settings,
      seed: options.seed,
      firstClients: options.clients ??
        (isTerminal && embedded !== undefined ? FIRST_CLIENTS : 0),
      thresholds: options.thresholds,
      lines: history.entries,
    }),
  });
  let end: SessionEnd;
  try {
    program.start();
    effects.open();
    end = await ended.promise;
  } finally {
    await program.stop();
  }
  await sayGoodbye(end, terminal, palette === "colour", printAside);
  return end.code;
}

const SYSTEM: SessionPorts = {
  openTerminal: (onEndSignal) => openTerminal({ onEndSignal }),
  env: (name) => Deno.env.get(name),
  openHistory: () =>
    History.open(historyPath((name) => Deno.env.get(name)), denoHistoryFiles),
  printAside: (line) => console.error(safeLine(line)),
  exit: (code) => Deno.exit(code),
};

/** What remains on the terminal. */
async function sayGoodbye(
  { summary, reason }: SessionEnd,
  terminal: Terminal,
  color: boolean,
  printAside: (line: string) => void,
): Promise<void> {
  if (summary !== null) {
    const { columns } = terminal.size();
    const width = Math.max(40, Math.min(columns, 100));
    await terminal.write(renderText(safeValue(summary), { color, width }));
  }
  if (reason !== null) printAside(reason);
}
