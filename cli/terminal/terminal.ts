/**
 * The terminal as a port: bytes in, text out, a size, and a full-screen mode
 * that is always left again. A session is written against this; `openTerminal`
 * gives the real one; tests have one of their own.
 *
 * @module
 */

/** Columns and rows. */
export interface TerminalSize {
  /** Characters in a row. */
  readonly columns: number;
  /** Rows on the screen. */
  readonly rows: number;
}

/** Why the whole screen must be drawn again. */
export type TerminalChange = "resized" | "resumed";

/** One terminal. */
export interface Terminal extends AsyncDisposable {
  /** Whether both ends are a terminal; without, there is no full screen. */
  readonly isTerminal: boolean;
  /** The size now; 80×24 where it is unknown. */
  size(): TerminalSize;
  /**
   * Writes text; resolves when it is handed over. Await it before the next
   * frame, or a slow terminal builds up a queue. Never rejects: a terminal
   * that is gone shows itself by the end of {@linkcode Terminal.input}.
   */
  write(text: string): Promise<void>;
  /** What is typed, in pieces of any length, until the end or {@linkcode Terminal.close}. */
  input(): AsyncIterable<Uint8Array>;
  /** Calls `listener` when the screen must be drawn again; returns how to stop that. */
  onChange(listener: (change: TerminalChange) => void): () => void;
  /**
   * Raw keys, alternate screen, marked pastes, hidden cursor; idempotent.
   * Throws an `Error` where {@linkcode Terminal.isTerminal} is false.
   */
  enterFullScreen(): void;
  /** Puts everything back as it was, at once; idempotent, never throws. */
  restore(): void;
  /** Restores, stops this process as Ctrl-Z does, and on return to the foreground enters again. */
  suspend(): Promise<void>;
  /** Restores, and lets go of input and signals so that the process can end; idempotent. */
  close(): Promise<void>;
}
