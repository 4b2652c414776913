/**
 * What a command has of the process around it: its two outputs, and the
 * signals that ask it to stop.
 *
 * @module
 */

import {
  type Charset,
  chooseCharset,
  inCharset,
  messageOf,
  safeJson,
  safeLine,
  safeText,
} from "../../lib/text/mod.ts";
import { EXIT_CODES } from "../../lib/exit_codes.ts";
import { writeWholeSync } from "../write_whole.ts";

/** Signals that ask to stop. */
const STOP_SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/** With less there is no figure left in a line. */
const LEAST_COLUMNS = 40;

/** Prints lines for a person on standard output, to the end. Texts of others in them may not hold line ends or colours of their own. */
export function printOut(text: string): void {
  writeAll(Deno.stdout, inCharset(safeText(text), charsetOf(Deno.stdout)));
}

/** Prints the same on standard error, where standard output is for data. */
export function printAside(text: string): void {
  writeAll(Deno.stderr, inCharset(safeText(text), charsetOf(Deno.stderr)));
}

/** Prints lines of data on standard output, in whatever characters. */
export function printData(text: string): void {
  writeAll(Deno.stdout, safeText(text));
}

/** Prints a value as JSON on standard output, to the end. */
export function printJson(value: unknown): void {
  writeAll(Deno.stdout, `${safeJson(value)}\n`);
}

/** Prints a line on standard error; where that takes nothing, there is nobody to tell. */
export function printError(line: string): void {
  try {
    const safe = safeLine(line);
    writeAll(Deno.stderr, `${inCharset(safe, charsetOf(Deno.stderr))}\n`);
  } catch {
    // A run does not end for want of a listener.
  }
}

/**
 * Columns that text on standard output has: those of its terminal, or
 * `elsewhere` where there is none, or one that does not know its size and says
 * 0. On a narrow one lines are broken rather than cut to nothing.
 */
export function textColumns(elsewhere: number): number {
  if (!Deno.stdout.isTerminal()) return elsewhere;
  const { columns } = Deno.consoleSize();
  return columns > 0 ? Math.max(LEAST_COLUMNS, columns) : elsewhere;
}

/** Prints what is wrong with a command line, a line each; the exit code of that. */
export function usage(mistakes: readonly string[]): number {
  for (const mistake of mistakes) printError(mistake);
  return EXIT_CODES.usage;
}

/** The message of an error, on one line and beginning with what could not be done. */
export function errorLine(error: unknown): string {
  const text = messageOf(error)
    .trim().replaceAll(/\s*\n\s*/g, " ");
  return text.startsWith("Cannot ") ? text : `Cannot go on: ${text}`;
}

/** Asks to stop. */
export interface Interrupts extends Disposable {
  /** Fires at the first signal. */
  readonly signal: AbortSignal;
}

/**
 * Listens for signals: the first one stops what goes on, the second one ends
 * the process at once as interrupted, after `beforeExit`.
 */
export function openInterrupts(
  { onFirst, beforeExit }: {
    readonly onFirst?: () => void;
    readonly beforeExit?: () => void;
  },
): Interrupts {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) {
      beforeExit?.();
      Deno.exit(EXIT_CODES.interrupted);
    }
    controller.abort();
    onFirst?.();
  };
  for (const name of STOP_SIGNALS) Deno.addSignalListener(name, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const name of STOP_SIGNALS) {
        Deno.removeSignalListener(name, onSignal);
      }
    },
  };
}

function charsetOf(output: { isTerminal(): boolean }): Charset {
  return chooseCharset((name) => Deno.env.get(name), output.isTerminal());
}

function writeAll(
  output: { writeSync(bytes: Uint8Array): number },
  text: string,
): void {
  const bytes = new TextEncoder().encode(text);
  try {
    writeWholeSync(output, bytes);
  } catch (error) {
    // Whoever reads us has had enough, as `head` does: no reason to stop.
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
