/**
 * The real terminal. Whatever happens to the process short of SIGKILL, the
 * terminal is left as it was found: on `close`, on exit, on an uncaught
 * error, on a signal, and while the process is stopped.
 *
 * @module
 */

import { ENTER_FULL_SCREEN, LEAVE_FULL_SCREEN } from "./ansi.ts";
import type { Terminal, TerminalChange, TerminalSize } from "./terminal.ts";
import { denoHost, type TerminalHost } from "./terminal_host.ts";
import { SIGNAL_CODES } from "../../lib/exit_codes.ts";

/** A signal that asks the process to end. */
export type EndSignal = keyof typeof SIGNAL_CODES;

/** What a real terminal can be given. */
export interface OpenTerminalOptions {
  /**
   * Called instead of ending the process at a signal; whoever takes it sees
   * to it that {@linkcode Terminal.close} is reached.
   * @default restores the terminal and exits with 128 plus the signal's number
   */
  readonly onEndSignal?: (signal: EndSignal) => void;
  /**
   * The system below.
   * @default this process
   */
  readonly host?: TerminalHost;
}

/**
 * Opens standard input and output as a terminal. At most one a process:
 * closing it ends standard input.
 */
export function openTerminal(options: OpenTerminalOptions = {}): Terminal {
  return new SystemTerminal(options.host ?? denoHost, options.onEndSignal);
}

const UNKNOWN_SIZE: TerminalSize = { columns: 80, rows: 24 };
/** A terminal may say that it has 65,535 of both, and each cell is drawn. No screen shows so much. */
const MOST_SIZE: TerminalSize = { columns: 1000, rows: 500 };

/** How long to wait for a stop that the system refuses to make. */
const STOP_TIMEOUT_MS = 100;

class SystemTerminal implements Terminal {
  readonly isTerminal: boolean;
  readonly #host: TerminalHost;
  readonly #encoder = new TextEncoder();
  readonly #listeners = new Set<(change: TerminalChange) => void>();
  readonly #undo: (() => void)[] = [];
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  /** Whether full screen is wanted; it stays so while the process is stopped. */
  #wanted = false;
  /** Whether the terminal is in that mode now. */
  #entered = false;
  #continued: (() => void) | undefined;
  #closed = false;

  constructor(
    host: TerminalHost,
    onEndSignal?: (signal: EndSignal) => void,
  ) {
    this.#host = host;
    this.isTerminal = host.isTerminal();
    if (this.isTerminal) {
      this.#undo.push(
        host.onSignal("SIGWINCH", () => this.#tell("resized")),
        host.onSignal("SIGCONT", () => this.#resume()),
        host.onEnd(() => this.restore()),
      );
    }
    // With nothing to restore and nobody to tell, a signal does what it always does.
    if (!this.isTerminal && onEndSignal === undefined) return;
    for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
      const end = () => {
        if (onEndSignal !== undefined) return onEndSignal(signal);
        this.restore();
        host.exit(SIGNAL_CODES[signal]);
      };
      this.#undo.push(host.onSignal(signal, end));
    }
  }

  size(): TerminalSize {
    const size = this.#host.size();
    if (!size || size.columns <= 0 || size.rows <= 0) return UNKNOWN_SIZE;
    return {
      columns: Math.min(size.columns, MOST_SIZE.columns),
      rows: Math.min(size.rows, MOST_SIZE.rows),
    };
  }

  async write(text: string): Promise<void> {
    try {
      await this.#host.write(this.#encoder.encode(text));
    } catch {
      // The terminal is gone; its input ends too.
    }
  }

  async *input(): AsyncIterable<Uint8Array> {
    if (this.#closed) return;
    this.#reader ??= this.#host.input().getReader();
    const reader = this.#reader;
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } catch {
      // A hung-up terminal fails reads; for the session that is the end of input.
    }
  }

  onChange(listener: (change: TerminalChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  enterFullScreen(): void {
    if (!this.isTerminal) {
      throw new Error(
        "Cannot enter full screen: standard input or output is not a terminal",
      );
    }
    if (this.#closed || this.#entered) return;
    this.#wanted = true;
    this.#entered = true;
    this.#host.setRaw(true);
    this.#host.writeSync(this.#encoder.encode(ENTER_FULL_SCREEN));
  }

  restore(): void {
    this.#wanted = false;
    this.#leave();
  }

  async suspend(): Promise<void> {
    if (!this.#entered) return;
    this.#leave();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#continued = resolve;
    // Where the system refuses to stop us, no SIGCONT will come.
    const timer = setTimeout(() => this.#resume(), STOP_TIMEOUT_MS);
    try {
      this.#host.stop();
    } catch {
      // Not on this system: the timer brings us back.
    }
    await promise;
    clearTimeout(timer);
    this.#continued = undefined;
  }

  async close(): Promise<void> {
    this.restore();
    if (this.#closed) return;
    this.#closed = true;
    for (const undo of this.#undo) undo();
    this.#listeners.clear();
    // A read under way would keep the process alive.
    await this.#reader?.cancel().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #leave(): void {
    if (!this.#entered) return;
    this.#entered = false;
    // Each by itself: a terminal that takes no text may still take a mode.
    try {
      this.#host.writeSync(this.#encoder.encode(LEAVE_FULL_SCREEN));
    } catch {
      // The terminal is gone.
    }
    try {
      this.#host.setRaw(false);
    } catch {
      // The terminal is gone.
    }
  }

  /** After SIGCONT the modes are the shell's, whether or not we had left ours. */
  #resume(): void {
    if (this.#wanted) {
      this.#entered = false;
      this.enterFullScreen();
      this.#tell("resumed");
    }
    this.#continued?.();
  }

  #tell(change: TerminalChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
