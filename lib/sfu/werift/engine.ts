/**
 * The werift engine: a plain forwarder in this thread, with nothing to
 * install. It sends on what it receives, gates video by key frames and asks
 * for them; it neither retransmits nor estimates bandwidth.
 *
 * @module
 */

import { every, systemClock } from "../../time/mod.ts";
import { openDatapath } from "../../rtc/mod.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { weriftRouter } from "./router.ts";
import type { WeriftParts } from "./transport.ts";

/** How often clients that have gone silent are looked for, in milliseconds. */
const SWEEP_MS = 5000;

/** Starts the engine. */
export async function startWeriftEngine(
  { announceIp }: EngineOptions,
): Promise<Engine> {
  const datapath = await openDatapath({ lane: "portable" });
  const parts: WeriftParts = {
    accept: datapath,
    bindIp: announceIp.includes(":") ? "::" : "0.0.0.0",
    announceIp,
    transports: new Set(),
    closing: new Set(),
  };
  const endSweep = every(systemClock, SWEEP_MS, () => {
    const nowMs = performance.now();
    for (const transport of parts.transports) transport.expire(nowMs);
  });
  return {
    kind: "werift",
    workerPids: [],
    createRouter: () => Promise.resolve(weriftRouter(parts)),
    [Symbol.asyncDispose]: async () => {
      endSweep();
      for (const transport of parts.transports) transport.close();
      await Promise.all(parts.closing);
      datapath[Symbol.dispose]();
    },
  };
}
