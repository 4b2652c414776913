/**
 * The embedded server in a process of its own, so that its CPU time is not
 * the generator's.
 *
 * @module
 */

import { killGroup, OWN_FLAGS } from "../programs/mod.ts";
import { systemClock } from "../time/mod.ts";
import type { SfuOptions } from "./options.ts";
import type { ProcessLine } from "./process_lines.ts";
import type { SfuStats } from "./signaling/stream_stats.ts";
import type { Sfu } from "./start_sfu.ts";
import { textLines } from "./text_lines.ts";

/** How long the process may take until it listens; the first time it may have to download. */
const START_MS = 60_000;
/** How long it may take to end by itself. */
const STOP_MS = 5_000;
/** Lines of its stderr that an error quotes. */
const TAIL_LINES = 10;

/**
 * Starts a server in its own process. The process ends with this one,
 * whatever happens. Its `pids` begin with its own.
 *
 * @throws {Error} With what the process said, when it does not start.
 */
export async function spawnSfu(options: SfuOptions): Promise<Sfu> {
  const child = new SfuProcess(options);
  try {
    const sfu = await child.ready(START_MS);
    return {
      ...sfu,
      engine: options.engine,
      failed: child.failed,
      stats: () => child.stats(),
      [Symbol.asyncDispose]: () => child.stop(),
    };
  } catch (error) {
    await child.stop();
    throw error;
  }
}

type Ready = Extract<ProcessLine, { readonly type: "ready" }>["sfu"];

class SfuProcess {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #ready = Promise.withResolvers<Ready>();
  readonly #failed = Promise.withResolvers<string>();
  readonly #asked: PromiseWithResolvers<SfuStats>[] = [];
  readonly #tail: string[] = [];
  readonly #ended: Promise<void>;
  #stopping = false;

  constructor(options: SfuOptions) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        ...OWN_FLAGS,
        import.meta.resolve("./process.ts"),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // Ctrl+C in the terminal is for this process, which ends the other in its own time.
      detached: true,
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    // A process that died at once is told by its end, not by the failed write.
    this.#say(JSON.stringify(options)).catch(() => {});
    this.#ready.promise.catch(() => {});
    this.#ended = this.#follow();
  }

  get failed(): Promise<string> {
    return this.#failed.promise;
  }

  async ready(withinMs: number): Promise<Ready> {
    const cancel = systemClock.setTimer(withinMs, () => {
      this.#ready.reject(
        new Error(
          `Cannot start the server: no answer in ${
            withinMs / 1000
          } s.${this.#quote()}`,
        ),
      );
    });
    try {
      return await this.#ready.promise;
    } finally {
      cancel();
    }
  }

  async stats(): Promise<SfuStats> {
    const answer = Promise.withResolvers<SfuStats>();
    this.#asked.push(answer);
    // Both at once: a process that ends in between fails both.
    const [stats] = await Promise.all([answer.promise, this.#say("stats")]);
    return stats;
  }

  /** Asks it to end, and ends it when it does not; idempotent. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // Its stdin may be gone with it.
    await this.#input.close().catch(() => {});
    const cancel = systemClock.setTimer(
      STOP_MS,
      () => killGroup(this.#child.pid),
    );
    await this.#ended;
    cancel();
  }

  async #follow(): Promise<void> {
    const [status] = await Promise.all([
      this.#child.status,
      this.#readAnswers(),
      this.#readErrors(),
    ]);
    const reason = `Cannot reach the server's process: it ended with ${
      status.signal ?? `code ${status.code}`
    }.${this.#quote()}`;
    killGroup(this.#child.pid);
    this.#ready.reject(new Error(reason));
    for (const answer of this.#asked) answer.reject(new Error(reason));
    if (!this.#stopping) this.#failed.resolve(reason);
  }

  async #readAnswers(): Promise<void> {
    for await (const text of textLines(this.#child.stdout)) {
      const line = JSON.parse(text) as ProcessLine;
      switch (line.type) {
        case "ready":
          this.#ready.resolve(line.sfu);
          break;
        case "refused":
          this.#ready.reject(new Error(line.reason));
          break;
        case "failed":
          this.#failed.resolve(line.reason);
          break;
        case "stats":
          this.#asked.shift()?.resolve(line.stats);
          break;
      }
    }
  }

  async #readErrors(): Promise<void> {
    for await (const line of textLines(this.#child.stderr)) {
      this.#tail.push(line);
      if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    }
  }

  async #say(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(line + "\n"));
  }

  #quote(): string {
    const text = this.#tail.map((line) => line.trim()).filter(Boolean);
    return text.length === 0 ? "" : ` It said: ${text.join(" / ")}`;
  }
}
