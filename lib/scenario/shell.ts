/**
 * A command that a scenario runs meanwhile.
 *
 * @module
 */

import { lastLine } from "../programs/mod.ts";

/**
 * Runs a line of shell; resolves when it has ended well. Throws an `Error`
 * with what it said when it does not, and ends it when `signal` aborts.
 */
export async function runShell(
  line: string,
  signal: AbortSignal,
): Promise<void> {
  const { code, stderr } = await new Deno.Command("sh", {
    args: ["-c", line],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
    signal,
  }).output();
  if (code === 0) return;
  const said = lastLine(new TextDecoder().decode(stderr));
  throw new Error(
    `Cannot run "${line}": it ended with ${code}${said ? `: ${said}` : ""}`,
  );
}
