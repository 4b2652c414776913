/**
 * A terminal for tests: fed with what is typed, it keeps what is written.
 *
 * @module
 */

import type {
  Terminal,
  TerminalChange,
  TerminalSize,
} from "../../../cli/terminal/terminal.ts";

/** A terminal that is nowhere but in memory. */
export class FakeTerminal implements Terminal {
  readonly isTerminal: boolean;
  /** Everything written, in order. */
  output = "";
  /** Whether it is in full screen now. */
  fullScreen = false;
  /** How often {@linkcode FakeTerminal.suspend} was called. */
  suspensions = 0;
  #size: TerminalSize;
  readonly #listeners = new Set<(change: TerminalChange) => void>();
  readonly #input = new TransformStream<Uint8Array, Uint8Array>(undefined, {
    highWaterMark: Infinity,
  });
  readonly #writer = this.#input.writable.getWriter();
  #ended = false;

  /** A terminal of this size; `isTerminal` false makes it a pipe. */
  constructor(
    size: TerminalSize = { columns: 80, rows: 24 },
    isTerminal = true,
  ) {
    this.#size = size;
    this.isTerminal = isTerminal;
  }

  /** Types text, or raw bytes. */
  type(input: string | Uint8Array): void {
    if (this.#ended) return;
    const bytes = typeof input === "string"
      ? new TextEncoder().encode(input)
      : input;
    this.#writer.write(bytes).catch(() => {});
  }

  /** Ends the input, as a closed pipe or a hung-up line does. */
  endInput(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#writer.close().catch(() => {});
  }

  /** Changes the size, and tells the listeners. */
  resize(size: TerminalSize): void {
    this.#size = size;
    this.#tell("resized");
  }

  /** The size given last. */
  size(): TerminalSize {
    return this.#size;
  }

  /** Adds to {@linkcode FakeTerminal.output}. */
  write(text: string): Promise<void> {
    this.output += text;
    return Promise.resolve();
  }

  /** What was typed. */
  input(): AsyncIterable<Uint8Array> {
    return this.#input.readable;
  }

  /** Calls `listener` at each change; returns how to stop that. */
  onChange(listener: (change: TerminalChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Notes it; throws an `Error` where it is no terminal. */
  enterFullScreen(): void {
    if (!this.isTerminal) {
      throw new Error("Cannot enter full screen: this is not a terminal");
    }
    this.fullScreen = true;
  }

  /** Notes it. */
  restore(): void {
    this.fullScreen = false;
  }

  /** Stopped and continued in no time. */
  suspend(): Promise<void> {
    this.suspensions++;
    this.#tell("resumed");
    return Promise.resolve();
  }

  /** Restores, and ends the input. */
  close(): Promise<void> {
    this.restore();
    this.endInput();
    this.#listeners.clear();
    return Promise.resolve();
  }

  /** Closes it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #tell(change: TerminalChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
