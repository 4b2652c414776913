/** The program as people run it: in its own process, told apart by what it prints and leaves. */

import { assertEquals } from "@std/assert";
import type { z } from "npm:zod@4.6.7";
import { resultsSchema, summarySchema } from "../../lib/report/reading.ts";
import { TempFolder } from "../temp_folder.ts";

const MAIN = new URL("../../cli/main.ts", import.meta.url).href;

/** What a process that ended leaves. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running `cli/main.ts`. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: Record<"stdout" | "stderr", string> = {
    stdout: "",
    stderr: "",
  };
  readonly #ended: Promise<Ended>;
  #isOver = false;
  #wake: () => void = () => {};

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    input?: string,
    main: string = MAIN,
  ) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", main, ...args],
      env: { NO_COLOR: "1", ...env },
      stdin: input === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#ended = this.#follow();
    if (input !== undefined) this.#write(input);
  }

  get pid(): number {
    return this.#child.pid;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  kill(signal: Deno.Signal): void {
    if (!this.#isOver) this.#child.kill(signal);
  }

  /** Resolves with what `pattern` matches, as soon as it is printed. */
  async printed(
    where: "stdout" | "stderr",
    pattern: RegExp,
  ): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output[where]);
      if (match !== null) return match;
      if (this.#isOver) {
        throw new Error(
          `It never printed ${pattern}, but: ${JSON.stringify(this.#output)}`,
        );
      }
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  ended(): Promise<Ended> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGKILL");
    await this.#ended;
  }

  async #write(input: string): Promise<void> {
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  }

  async #follow(): Promise<Ended> {
    const [{ code }] = await Promise.all([
      this.#child.status,
      this.#read("stdout"),
      this.#read("stderr"),
    ]);
    this.#isOver = true;
    this.#wake();
    return { code, ...this.#output };
  }

  async #read(name: "stdout" | "stderr"): Promise<void> {
    const text = this.#child[name].pipeThrough(new TextDecoderStream());
    for await (const part of text) {
      this.#output[name] += part;
      this.#wake();
    }
  }
}

/** Runs it to its end. */
export async function runProgram(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<Ended> {
  await using program = new Program(args, env, input);
  return await program.ended();
}

/** A directory that a run leaves its files in. */
export class OutDir extends TempFolder {
  /** Results and summary, checked against their schemas; nothing else may be there but the snapshot of a run that is over, and what agents left. */
  read(): {
    readonly summary: z.infer<typeof summarySchema>;
    readonly results: z.infer<typeof resultsSchema>;
  } {
    const names = ["load_test_results.json", "load_test_summary.json"];
    assertEquals(
      this.names().filter((name) => !name.endsWith("snapshot.json.gz")),
      names,
    );
    const [results, summary] = names.map((name) =>
      JSON.parse(Deno.readTextFileSync(`${this.path}/${name}`))
    );
    return {
      summary: summarySchema.parse(summary),
      results: resultsSchema.parse(results),
    };
  }
}

/** Resolves when nothing listens at `url` any more; a server that was asked to end takes a moment. */
export async function nothingListens(url: string): Promise<void> {
  const { hostname, port } = new URL(url);
  for (;;) {
    try {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      connection.close();
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
