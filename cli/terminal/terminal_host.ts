/**
 * The system calls below a real terminal, few enough to fake: what to do
 * with them, and in which order, is decided in `system_terminal.ts`.
 *
 * @module
 */

import { writeWhole, writeWholeSync } from "../write_whole.ts";
import type { TerminalSize } from "./terminal.ts";

/** Signals that a terminal program must not be surprised by. */
export type TerminalSignal =
  | "SIGHUP"
  | "SIGINT"
  | "SIGTERM"
  | "SIGCONT"
  | "SIGWINCH";

/** The system as a terminal program sees it. */
export interface TerminalHost {
  /** Whether standard input and output are both a terminal. */
  isTerminal(): boolean;
  /** The size, or `undefined` where the system does not know. */
  size(): TerminalSize | undefined;
  /** Keys one by one and unechoed, or lines. */
  setRaw(raw: boolean): void;
  /** Writes without blocking the thread. */
  write(bytes: Uint8Array): Promise<void>;
  /** Writes before returning. */
  writeSync(bytes: Uint8Array): void;
  /** Standard input; cancelling it ends a read that is under way. */
  input(): ReadableStream<Uint8Array>;
  /** Calls `listener` at each `signal` instead of what the system would do. */
  onSignal(signal: TerminalSignal, listener: () => void): () => void;
  /** Calls `listener` when the process ends of itself, by `exit`, or by an uncaught error. */
  onEnd(listener: () => void): () => void;
  /** Stops the process group, as Ctrl-Z does. Returns before or after it runs again. */
  stop(): void;
  /** Ends the process. */
  exit(code: number): void;
}

/** The process that this runs in. */
export const denoHost: TerminalHost = {
  isTerminal() {
    return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
  },

  size() {
    try {
      return Deno.consoleSize();
    } catch {
      return undefined;
    }
  },

  setRaw(raw) {
    Deno.stdin.setRaw(raw);
  },

  write(bytes) {
    return writeWhole(Deno.stdout, bytes);
  },

  writeSync(bytes) {
    writeWholeSync(Deno.stdout, bytes);
  },

  input() {
    return Deno.stdin.readable;
  },

  onSignal(signal, listener) {
    try {
      Deno.addSignalListener(signal, listener);
    } catch {
      // Windows has no such signal, so there is none to miss.
      return () => {};
    }
    return () => Deno.removeSignalListener(signal, listener);
  },

  onEnd(listener) {
    // An uncaught error ends the process without an `unload` event.
    const events = ["unload", "error", "unhandledrejection"];
    for (const event of events) addEventListener(event, listener);
    return () => {
      for (const event of events) removeEventListener(event, listener);
    };
  },

  stop() {
    // The whole group, so that a wrapper (`deno task`, `npx`) stops with us and
    // the shell notices. SIGTSTP, because the system then spares a process that
    // no shell could ever continue.
    Deno.kill(0, "SIGTSTP");
  },

  exit(code) {
    Deno.exit(code);
  },
};
