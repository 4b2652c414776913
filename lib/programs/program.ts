/**
 * A program that is listened to. It may do what it likes with what it was
 * given: ignore signals, print without an end, or leave its outputs to a
 * process that outlives it, as the master of ssh's `ControlPersist` does.
 * However it behaves, it ends, and so does whoever listens.
 *
 * @module
 */

import { systemClock } from "../time/mod.ts";
import { lastLine, MAX_LINE_LENGTH, readLines, readTail } from "./lines.ts";

/** How long it may take to end once it was asked to. */
const END_MS = 2_000;
/** How long its outputs may stay open once it has ended. */
const DRAIN_MS = 1_000;

/** A program with its outputs. */
export class Program implements AsyncDisposable {
  /** Resolves with the code that it ended with. */
  readonly code: Promise<number>;
  readonly #command: string;
  readonly #child: Deno.ChildProcess;
  /** Ends whoever listens, with the reason. */
  readonly #over = new AbortController();
  /** The end of what it complains. */
  readonly #complaint: Promise<string>;
  #isStopping = false;
  #hasEnded = false;
  #endDrain = () => {};

  /** Starts it, and gives it `input`. Throws where that cannot be. */
  constructor(
    command: string,
    args: readonly string[],
    input: string | Uint8Array<ArrayBuffer> = "",
  ) {
    this.#command = command;
    this.#child = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#complaint = readTail(
      this.#child.stderr,
      MAX_LINE_LENGTH,
      this.#over.signal,
    );
    this.code = this.#follow();
    send(this.#child.stdin, input);
  }

  /** What it prints, line by line. Throws the reason once it was stopped, and a `RangeError` for a line without an end. */
  lines(): AsyncGenerator<string, void, void> {
    return readLines(this.#child.stdout, this.#over.signal);
  }

  /** How it ended: by its last words, where it had any. */
  async fate(): Promise<string> {
    const code = await this.code;
    return lastLine(await this.#complaint) ||
      `${this.#command} ended with code ${code}`;
  }

  /** Asks it to end, and ends it when it does not. */
  stop(reason: string): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#over.abort(new Error(reason));
    if (this.#hasEnded) return;
    this.#kill("SIGTERM");
    const cancel = systemClock.setTimer(END_MS, () => this.#kill("SIGKILL"));
    this.code.finally(cancel);
  }

  /** Resolves once nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.stop("it was stopped");
    await this.code;
    this.#endDrain();
    await this.#complaint;
  }

  async #follow(): Promise<number> {
    const { code } = await this.#child.status;
    this.#hasEnded = true;
    // What it still had to say comes at once; who else has its outputs may keep them.
    this.#endDrain = systemClock.setTimer(DRAIN_MS, () => {
      this.#over.abort(new Error(`it ended with code ${code}`));
    });
    return code;
  }

  #kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch {
      // It has just ended by itself.
    }
  }
}

/** A program that ends before it has read everything says why on stderr, so a broken pipe is no news. */
async function send(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  input: string | Uint8Array<ArrayBuffer>,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(
      typeof input === "string" ? new TextEncoder().encode(input) : input,
    );
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}
