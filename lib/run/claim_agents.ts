/**
 * The agents of a run, where it has any.
 *
 * @module
 */

import type { Agents } from "../agents/mod.ts";
import { hasSecrets, isLoopback } from "../connection/mod.ts";
import type { FleetOptions } from "../load/mod.ts";
import type { JsonValue, Threshold } from "../metrics/mod.ts";
import type { EngineKind } from "../sfu/mod.ts";
import { shownUrl } from "../text/mod.ts";
import type { AgentsOptions } from "./run_options.ts";

/** What agents are told of the run that they are part of. */
export interface AboutRun {
  /** The options as used. */
  readonly config: Readonly<Record<string, JsonValue>>;
  /** What is asked of it. */
  readonly thresholds: readonly Threshold[];
  /** The scenario that it is; `null` for none. */
  readonly scenario: string | null;
  /** Whether that takes the server away on purpose. */
  readonly isDisrupted: boolean;
}

/** Claims them; `undefined` where clients run here. Throws an `Error` in one line when one cannot be had. */
export async function claimAgents(
  { agents, about, server, engine, dump, signal }:
    & Pick<FleetOptions, "dump" | "server" | "signal">
    & {
      readonly agents?: AgentsOptions | undefined;
      readonly about?: AboutRun | undefined;
      readonly engine: EngineKind | null;
    },
): Promise<Agents | undefined> {
  if (agents === undefined) return undefined;
  // It is loaded only where it is needed, and schemas with it.
  const { openAgents } = await import("../agents/mod.ts");
  const here = Deno.hostname();
  return await openAgents({
    ...agents,
    isSecret: hasSecrets(server),
    about: about && {
      config: about.config,
      thresholds: about.thresholds.map(({ expression }) => expression),
      scenario: about.scenario,
      isDisrupted: about.isDisrupted,
      engine,
    },
    signal,
    objection({ id, host }) {
      if (host === here) return undefined;
      const why = engine !== null || isLoopback(new URL(server.url))
        ? `${
          shownUrl(server.url)
        } is there for this machine only. Give a server that others reach`
        : dump !== undefined
        ? "dumps are written where clients run. Leave out the dump"
        : undefined;
      return why && `Cannot use ${id} (${host}): ${why}.`;
    },
  });
}
