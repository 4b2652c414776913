import type { Engine, EngineOptions } from "../engine.ts";
export function startWeriftEngine(_o: EngineOptions): Promise<Engine> {
  return Promise.reject(new Error("The werift engine is being built"));
}
