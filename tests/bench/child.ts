/**
 * Starts the parts of a bench that need a process of their own.
 *
 * @module
 */

/** How to start one. */
export interface ChildOptions {
  readonly args?: readonly string[];
  /** Options of Deno itself. @default {[]} */
  readonly flags?: readonly string[];
  /** A program and its arguments that become the child in the end. @default {[]} */
  readonly through?: readonly string[];
  readonly stdin?: "piped" | "null";
  readonly stdout?: "piped" | "inherit";
}

/** Starts `script`, a URL. */
export function startChild(
  script: string,
  { args = [], flags = [], through = [], stdin = "null", stdout = "piped" }:
    ChildOptions,
): Deno.ChildProcess {
  const [program, ...rest] = [
    ...through,
    Deno.execPath(),
    "run",
    "--allow-all",
    "--quiet",
    ...flags,
    script,
    ...args,
  ];
  return new Deno.Command(program, { args: rest, stdin, stdout }).spawn();
}

/** The lines that a child prints. */
export async function* linesOf(
  child: Deno.ChildProcess,
): AsyncGenerator<string, void> {
  let rest = "";
  for await (
    const part of child.stdout.pipeThrough(new TextDecoderStream())
  ) {
    const lines = (rest + part).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/** Reads a stream's first line and leaves the stream open. */
export async function firstLine(
  stream: ReadableStream<Uint8Array>,
): Promise<string> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("Cannot start the other end: it ended.");
    text += value;
  }
  return text.slice(0, text.indexOf("\n"));
}
