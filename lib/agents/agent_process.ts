/**
 * An agent in a process of its own, to which its standard input and output
 * are the link: here, or through ssh.
 *
 * @module
 */

import { type Answerer, type Link, StreamLink } from "./link/mod.ts";
import { killGroup, OWN_FLAGS, readTail } from "../programs/mod.ts";
import { messageOf } from "../text/mod.ts";
import { ABORTED, systemClock, unlessAborted } from "../time/mod.ts";

/** The group of agents that nobody else can reach. */
export const GROUP = "own";

/** How it is started. */
export interface AgentCommand {
  /** What its process here is called. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** How long an agent may take until it is there; the first time it may have to download. */
const START_MS = 90_000;
/** How long it may take to have everyone leave and end. */
const END_MS = 12_000;
/** How long it may take to end once its streams have. */
const FATE_MS = 2_000;
const MAX_TAIL_CHARS = 2_000;

/** The process of an agent. */
export class AgentProcess implements Link {
  /** Resolves with what became of it. */
  readonly closed: Promise<string>;
  readonly #child: Deno.ChildProcess;
  readonly #link: StreamLink;
  readonly #ended: Promise<void>;
  /** The end of what it said on its standard error. */
  #tail = "";
  #status: Deno.CommandStatus | undefined;

  readonly #name: string;

  /** Starts it. Throws where there is no such program. */
  constructor({ name, command, args }: AgentCommand) {
    this.#name = name;
    this.#child = new Deno.Command(command, {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
      // Ctrl+C in the terminal is for this process, which ends the other in its own time.
      detached: true,
    }).spawn();
    this.#link = new StreamLink(
      { readable: this.#child.stdout, writable: this.#child.stdin },
      systemClock,
    );
    this.#ended = this.#follow();
    this.closed = this.#link.closed.then((reason) => this.#fateOr(reason));
  }

  /** Its process's id here. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Resolves once it is there. Throws an `Error` that says what it said instead. */
  async ready(signal: AbortSignal): Promise<void> {
    const late = Promise.withResolvers<never>();
    const cancel = systemClock.setTimer(START_MS, () => {
      late.reject(new Error(`no word of it in ${START_MS / 1000} s`));
    });
    const greeted = Promise.race([this.#link.greeted, late.promise]);
    try {
      await unlessAborted(greeted, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      killGroup(this.pid);
      const fate = await this.#fate();
      throw new Error(
        this.#status?.success === false && this.#status.signal === null
          ? fate
          : messageOf(error),
      );
    } finally {
      cancel();
    }
  }

  request(subject: string, text: string, withinMs: number): Promise<string> {
    return this.#link.request(subject, text, withinMs);
  }

  serve(subject: string, answer: Answerer): () => void {
    return this.#link.serve(subject, answer);
  }

  /** Lets it go, and ends it when it does not go. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link[Symbol.asyncDispose]();
    const cancel = systemClock.setTimer(END_MS, () => killGroup(this.pid));
    await this.#ended;
    cancel();
  }

  async #follow(): Promise<void> {
    const over = new AbortController();
    const tail = readTail(this.#child.stderr, MAX_TAIL_CHARS, over.signal);
    this.#status = await this.#child.status;
    // Who else has its outputs may keep them.
    const cancel = systemClock.setTimer(FATE_MS, () => {
      over.abort(ABORTED);
      this.#link[Symbol.asyncDispose]();
    });
    [this.#tail] = await Promise.all([tail, this.#link.closed]);
    cancel();
  }

  /** What became of it, or of its streams where it goes on without them. */
  async #fateOr(reason: string): Promise<string> {
    const late = Promise.withResolvers<void>();
    const cancel = systemClock.setTimer(FATE_MS, late.resolve);
    await Promise.race([this.#ended, late.promise]);
    cancel();
    return this.#status === undefined ? reason : await this.#fate();
  }

  /** What became of it, in a few words. */
  async #fate(): Promise<string> {
    await this.#ended;
    const { code, signal } = this.#status!;
    const how = `${this.#name} ended with ${signal ?? `code ${code}`}`;
    const words = tellingLine(this.#tail);
    return words === "" ? how : `${how}: ${words}`;
  }
}

/** Of what a program said, its error where it names one, or else its last words; where in its source that was is of no use. */
function tellingLine(text: string): string {
  const lines = text.split("\n").map((line) => line.trim())
    .filter((line) => line !== "" && !/^at /.test(line));
  return lines.find((line) => /^error\b/i.test(line)) ?? lines.at(-1) ?? "";
}

/** How an agent is started on this machine; `out` is where it keeps what nobody took. */
export function localCommand(
  id: string,
  threads: number,
  out?: string,
): AgentCommand {
  return {
    name: "its process",
    command: Deno.execPath(),
    args: [
      "run",
      ...OWN_FLAGS,
      import.meta.resolve("./stdio_agent.ts"),
      id,
      String(threads),
      ...(out === undefined ? [] : [out]),
    ],
  };
}
