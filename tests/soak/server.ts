/**
 * The embedded server of a soak, which says every few seconds what it holds.
 *
 * @module
 */

import { type EngineKind, startSfu } from "../../lib/sfu/mod.ts";
import { type MemoryUse, memoryUse } from "./process.ts";

/** One line of it. */
export interface ServerLine {
  readonly port: number;
  readonly memory: MemoryUse;
  readonly rooms: number;
  /** People in rooms, those included whose socket is gone. */
  readonly people: number;
}

const EVERY_MS = 2000;
/** Ghosts are to come and go within a soak, however short. */
const GRACE_MS = 5000;

if (import.meta.main) {
  const [engine, port] = Deno.args as [EngineKind, string];
  await using sfu = await startSfu({
    engine,
    port: Number(port),
    workers: 1,
    graceMs: GRACE_MS,
    maxConsumersPerJoin: 64,
  });
  const over = Promise.withResolvers<void>();
  Deno.addSignalListener("SIGTERM", () => over.resolve());
  const tell = async () => {
    const health = await (await fetch(`${sfu.httpUrl}/health`)).json();
    const line: ServerLine = {
      port: sfu.port,
      memory: memoryUse(),
      rooms: health.rooms,
      people: health.participants,
    };
    console.log(JSON.stringify(line));
  };
  await tell();
  const timer = setInterval(tell, EVERY_MS);
  await over.promise;
  clearInterval(timer);
}
