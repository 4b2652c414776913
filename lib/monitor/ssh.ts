/**
 * Reads a process tree of another machine over ssh. A small POSIX sh script
 * goes to `ssh … sh -s` on its standard input and prints a look a second, in
 * the text of `proc.ts`; nothing is installed or left behind there. It needs
 * Linux, `sh`, `awk`, `cat`, `ls` and `sed` on the other machine, and a login
 * that asks no question (a key).
 *
 * @module
 */

import SAMPLER from "./sampler.sh" with { type: "text" };
import type { Pace } from "./pace.ts";
import { parseReading, type ProcReading } from "./proc.ts";
import type { MonitorTarget } from "./target.ts";

/** A target on another machine. */
export type SshTarget = Extract<MonitorTarget, { readonly kind: "ssh" }>;

/**
 * The arguments of `ssh`. `options` (for example `["-F", "my_config"]` or
 * `["-p", "2222"]`) go before the destination.
 */
export function sshArguments(
  target: SshTarget,
  options: readonly string[],
  intervalMs: number,
): readonly string[] {
  // sleep(1) takes whole seconds only, by POSIX.
  const seconds = Math.max(1, Math.round(intervalMs / 1_000));
  return [
    ...["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=5"],
    ...["-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"],
    ...options,
    ...["--", target.destination, `sh -s ${target.port} ${seconds}`],
  ];
}

/**
 * Yields a reading a look until `signal` aborts. Whoever asks `pace` for a
 * look is answered by the next that begins there.
 *
 * @throws {Error} when ssh cannot be run, cannot log in, or ends; its message
 * has the last line that ssh said.
 */
export async function* readOverSsh(
  target: SshTarget,
  options: readonly string[],
  intervalMs: number,
  signal: AbortSignal,
  pace: Pace,
): AsyncGenerator<ProcReading, void, void> {
  if (signal.aborted) return;
  const child = startSsh(sshArguments(target, options, intervalMs), target);
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop);
  const complaint = lastLine(child.stderr);
  let ended = false;
  const status = child.status.finally(() => {
    ended = true;
    signal.removeEventListener("abort", stop);
  });
  try {
    await send(child.stdin, SAMPLER);
    let block: string[] = [];
    let taken = () => {};
    for await (const line of lines(child.stdout)) {
      if (block.length === 0) taken = pace.begin();
      if (line !== "end") {
        block.push(line);
        continue;
      }
      const reading = parseReading(block);
      block = [];
      if (reading !== undefined) yield reading;
      taken();
    }
    const { code } = await status;
    if (signal.aborted) return;
    throw new Error(
      `Cannot sample ${target.text}: ${
        await complaint || `ssh ended with code ${code}`
      }`,
    );
  } finally {
    if (!ended) stop();
    await status;
    await complaint;
  }
}

function startSsh(
  args: readonly string[],
  target: SshTarget,
): Deno.ChildProcess {
  try {
    return new Deno.Command("ssh", {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot run ssh for ${target.text}: ${why}`, {
      cause: error,
    });
  }
}

/** A child that ends before it has read everything says why on stderr, so a broken pipe is no news. */
async function send(
  stdin: WritableStream<Uint8Array<ArrayBuffer>>,
  text: string,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(text));
    await writer.close();
  } catch {
    await writer.abort().catch(() => {});
  }
}

async function* lines(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    yield* parts;
  }
  if (rest !== "") yield rest;
}

async function lastLine(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): Promise<string> {
  let last = "";
  for await (const line of lines(bytes)) if (line.trim() !== "") last = line;
  return last.trim();
}
