/**
 * The server as a program of its own: `spawnSfu` runs this file.
 *
 * @module
 */

import type { SfuOptions } from "./options.ts";
import type { ProcessLine } from "./process_lines.ts";
import { startSfu } from "./start_sfu.ts";
import { textLines } from "./text_lines.ts";
import { messageOf } from "../text/mod.ts";

if (import.meta.main) await main();

async function main(): Promise<void> {
  const lines = textLines(Deno.stdin.readable);
  const { value: first } = await lines.next();
  if (first === undefined) return;
  try {
    await serve(JSON.parse(first) as SfuOptions, lines);
  } catch (error) {
    const reason = messageOf(error);
    tell({ type: "refused", reason });
  }
  // Whatever still hangs on a socket or a worker shall not keep it alive.
  Deno.exit(0);
}

/** Serves until stdin ends or a signal says so. */
async function serve(
  options: SfuOptions,
  lines: AsyncIterable<string>,
): Promise<void> {
  const stopped = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, stopped.resolve);
  }
  await using sfu = await startSfu(options);
  const { url, httpUrl, port, pids } = sfu;
  tell({ type: "ready", sfu: { url, httpUrl, port, pids } });
  sfu.failed.then((reason) => tell({ type: "failed", reason }));
  const asked = async () => {
    for await (const _question of lines) {
      tell({ type: "stats", stats: await sfu.stats() });
    }
  };
  await Promise.race([stopped.promise, asked()]);
}

function tell(line: ProcessLine): void {
  const bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}
