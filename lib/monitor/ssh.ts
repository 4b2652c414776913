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
import { Program } from "../programs/mod.ts";
import { systemClock } from "../time/mod.ts";
import { messageOf } from "../text/mod.ts";

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

/** Characters of one look at most: some ten thousand processes. */
const MAX_LOOK_LENGTH = 16_777_216;
/** A sampler that is silent for so many intervals, and so long, has ended or hangs. */
const SILENCE = { intervals: 10, leastMs: 15_000 };

/**
 * Yields a reading a look until `signal` aborts. Whoever asks `pace` for a
 * look is answered by the next that begins there.
 *
 * @throws {Error} when ssh cannot be run, cannot log in, ends, is silent or
 * sends what is no sample; its message has the last line that ssh said.
 */
export async function* readOverSsh(
  target: SshTarget,
  options: readonly string[],
  intervalMs: number,
  signal: AbortSignal,
  pace: Pace,
): AsyncGenerator<ProcReading, void, void> {
  if (signal.aborted) return;
  const args = sshArguments(target, options, intervalMs);
  await using ssh = startSsh(args, target);
  const stop = () => ssh.stop("nobody listens any more");
  signal.addEventListener("abort", stop);
  const mostMs = Math.max(SILENCE.leastMs, SILENCE.intervals * intervalMs);
  const listen = () =>
    systemClock.setTimer(
      mostMs,
      () => ssh.stop(`silent for ${mostMs / 1000} s`),
    );
  let endSilence = listen();
  try {
    let block: string[] = [];
    let length = 0;
    let taken = () => {};
    for await (const line of ssh.lines()) {
      if (block.length === 0) taken = pace.begin();
      length += line.length;
      if (length > MAX_LOOK_LENGTH) {
        throw new RangeError("a look without an end");
      }
      if (line !== "end") {
        block.push(line);
        continue;
      }
      endSilence();
      endSilence = listen();
      const reading = parseReading(block);
      block = [];
      length = 0;
      if (reading !== undefined) yield reading;
      taken();
    }
    throw new Error(await ssh.fate());
  } catch (error) {
    if (signal.aborted) return;
    const why = messageOf(error);
    throw new Error(`Cannot sample ${target.text}: ${why}`, { cause: error });
  } finally {
    endSilence();
    signal.removeEventListener("abort", stop);
  }
}

function startSsh(args: readonly string[], target: SshTarget): Program {
  try {
    return new Program("ssh", args, SAMPLER);
  } catch (error) {
    const why = messageOf(error);
    throw new Error(`Cannot run ssh for ${target.text}: ${why}`, {
      cause: error,
    });
  }
}
