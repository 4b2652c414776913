/**
 * An agent as a program of its own: `agent_process.ts` runs this file, here or
 * at the other end of ssh. Its standard input and output are a link to the
 * coordinator, and it ends with them, or when nobody is heard of at their end.
 *
 * @module
 */

import { AgentHost } from "./agent_host.ts";
import { StreamLink } from "./link/mod.ts";
import { GROUP } from "./agent_process.ts";
import { stateDir, writeKept } from "./kept_files.ts";
import { machineClock } from "./machine_clock.ts";
import { openThreads, reachServer } from "../load/mod.ts";
import { readMachineFacts } from "../machine/mod.ts";
import { messageOf } from "../text/mod.ts";
import { systemClock } from "../time/mod.ts";

/** How long everyone may take to leave once the coordinator is gone. */
const LEAVE_MS = 10_000;
/** For how long a coordinator that was not heard of any more may come back to ask what became of the run. */
const FORSAKEN_MS = 60_000;

if (import.meta.main) await main(Deno.args);

async function main(
  [id, word, out = stateDir()]: readonly string[],
): Promise<void> {
  // Standard output belongs to frames, whoever prints.
  console.log = console.info = console.debug = console.error;
  const { stdin, stdout } = Deno;
  const link = new StreamLink(
    { readable: stdin.readable, writable: stdout.writable },
    systemClock,
  );
  const ended = Promise.withResolvers<string>();
  const { cores, memoryBytes } = readMachineFacts();
  const threads = word === "auto" ? cores : Number(word);
  const host = new AgentHost({
    link,
    group: GROUP,
    id,
    epoch: crypto.randomUUID().replaceAll("-", ""),
    machine: { host: Deno.hostname(), cores, memoryBytes },
    clock: machineClock,
    openNode: (name, handlers) => openThreads(name, threads, handlers),
    reach: (server) => reachServer(server, undefined),
    async keep(part) {
      console.error(await writeKept(out, part).catch(messageOf));
    },
    onLeft({ reason, isForsaken }) {
      console.error(reason);
      // Where a network was cut, its streams may stay open for hours.
      if (!isForsaken) return;
      systemClock.setTimer(FORSAKEN_MS, () => ended.resolve(reason));
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => ended.resolve(`it got ${signal}`));
  }
  await Promise.race([link.closed, ended.promise]);
  // Whatever still hangs on a socket or a worker shall not keep it alive.
  systemClock.setTimer(LEAVE_MS, () => Deno.exit(1));
  await host[Symbol.asyncDispose]();
  Deno.exit(0);
}
