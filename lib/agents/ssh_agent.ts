/**
 * Gets an agent going on another machine, on which there is nothing but ssh,
 * and Deno or Node: the sources go there once, into a folder of their hash, so
 * that both ends are of one version. Where this was imported by URL, it is by
 * that URL there, too.
 *
 * @module
 */

import type { AgentCommand } from "./agent_process.ts";
import { lastLine, OWN_FLAGS, Program } from "../programs/mod.ts";
import { messageOf } from "../text/mod.ts";
import { systemClock } from "../time/mod.ts";

/** The Deno that is fetched where there is only Node. */
const NPX_DENO = "deno@2.9.6";
/** How long one thing may take there; what is sent once may be on a slow way. */
const ANSWER_MS = 90_000;
/** Characters of an answer at most, with all that a login prints before it. */
const MAX_ANSWER_LENGTH = 1_048_576;
/** What an agent is made of, from the root. */
const PARTS = ["lib", "version.ts"];
const ROOT = new URL("../../", import.meta.url);

/** Prints whether the sources are there, and what can run them. */
const PROBE = `
if [ -d "$d" ]; then echo have; else echo need; fi
if command -v deno >/dev/null 2>&1; then echo deno
elif [ -x "$HOME/.deno/bin/deno" ]; then echo "$HOME/.deno/bin/deno"
elif command -v npx >/dev/null 2>&1; then echo npx
else echo nothing
fi`;
/** Another coordinator may do the same at the same time. */
const UNPACK = `
p="$d.$$"
mkdir -p "$p" && tar xzf - -C "$p" || exit 1
mv "$p" "$d" 2>/dev/null && rm -rf "$d/\${p##*/}" || rm -rf "$p"
[ -d "$d" ]`;

/**
 * Makes a machine ready, and says how an agent is started there. Throws an
 * `Error` in one line where that cannot be.
 */
export async function sshCommand(
  destination: string,
  id: string,
  threads: number | "auto",
  signal: AbortSignal,
): Promise<AgentCommand> {
  const isHere = ROOT.protocol === "file:";
  const folder = isHere ? await hashOf(ROOT) : "none";
  const there = (script: string) =>
    sshArguments(destination, `d="$HOME/.cache/rtcrowd/${folder}"${script}`);
  const [found, runner = "nothing"] = await said(there(PROBE), signal);
  if (runner === "nothing") {
    throw new Error("there is neither Deno nor Node. Install one of them.");
  }
  if (isHere && found !== "have") await send(there(UNPACK), signal);
  const deno = runner === "npx" ? `npx -y ${NPX_DENO}` : `"${runner}"`;
  const script = isHere ? `"$d/lib/agents/stdio_agent.ts"` : quoted(
    new URL("lib/agents/stdio_agent.ts", ROOT).href,
  );
  return {
    name: `ssh ${destination}`,
    command: "ssh",
    args: there(
      `\nexport NO_COLOR=1\nexec ${deno} run ${
        OWN_FLAGS.join(" ")
      } ${script} ${id} ${threads}`,
    ),
  };
}

/** The arguments of ssh; words of the environment variable `RTCROWD_SSH_OPTIONS` go before the destination. */
function sshArguments(destination: string, script: string): string[] {
  const words = Deno.env.get("RTCROWD_SSH_OPTIONS") ?? "";
  return [
    ...["-T", "-o", "BatchMode=yes", "-o", "ConnectTimeout=10"],
    // Dead after 12 s, as an agent by then has left: it says so before that is lost.
    ...["-o", "ServerAliveInterval=3", "-o", "ServerAliveCountMax=3"],
    ...words.split(/\s+/).filter((word) => word !== ""),
    ...["--", destination, `sh -c ${quoted(script)}`],
  ];
}

/** As a shell takes it for one word. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The last two lines that ssh prints there, where it ends well. Throws an `Error` with its last words where it does not. */
async function said(
  args: readonly string[],
  signal: AbortSignal,
  input?: Uint8Array<ArrayBuffer>,
): Promise<string[]> {
  signal.throwIfAborted();
  await using ssh = startSsh(args, input);
  const stop = () => ssh.stop(messageOf(signal.reason));
  signal.addEventListener("abort", stop);
  const cancel = systemClock.setTimer(
    ANSWER_MS,
    () => ssh.stop(`ssh does not end in ${ANSWER_MS / 1000} s`),
  );
  try {
    let last: string[] = [];
    let length = 0;
    for await (const line of ssh.lines()) {
      length += line.length + 1;
      if (length > MAX_ANSWER_LENGTH) {
        throw new RangeError("what ssh prints has no end");
      }
      if (line.trim() !== "") last = [...last, line.trim()].slice(-2);
    }
    if (await ssh.code !== 0) throw new Error(await ssh.fate());
    return last;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    cancel();
    signal.removeEventListener("abort", stop);
  }
}

function startSsh(
  args: readonly string[],
  input: Uint8Array<ArrayBuffer> | undefined,
): Program {
  try {
    return new Program("ssh", args, input);
  } catch (error) {
    throw new Error(`ssh cannot be run: ${messageOf(error)}`);
  }
}

/** Packs the sources, and has them unpacked there. */
async function send(
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const folder = new URL(ROOT).pathname;
  const { success, stdout, stderr } = await new Deno.Command("tar", {
    args: ["czf", "-", "-C", folder, ...PARTS],
    stdin: "null",
    signal,
  }).output().catch((error) => {
    throw new Error(`tar cannot be run: ${messageOf(error)}`);
  });
  signal.throwIfAborted();
  if (!success) {
    const words = lastLine(new TextDecoder().decode(stderr));
    throw new Error(words || "tar cannot pack the sources");
  }
  await said(args, signal, stdout);
}

/** Of all that an agent is made of, with the names. */
async function hashOf(root: URL): Promise<string> {
  const paths: string[] = [];
  for (const part of PARTS) await collect(root, part, paths);
  const bytes: Uint8Array<ArrayBuffer>[] = [];
  for (const path of paths.sort()) {
    const file = await Deno.readFile(new URL(path, root));
    bytes.push(new TextEncoder().encode(`${path} ${file.length}\n`), file);
  }
  const all = await new Blob(bytes).arrayBuffer();
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", all));
  return hash.toHex().slice(0, 32);
}

async function collect(
  root: URL,
  path: string,
  paths: string[],
): Promise<void> {
  const { isDirectory } = await Deno.stat(new URL(path, root));
  if (!isDirectory) {
    paths.push(path);
    return;
  }
  for await (const { name } of Deno.readDir(new URL(path, root))) {
    await collect(root, `${path}/${name}`, paths);
  }
}
