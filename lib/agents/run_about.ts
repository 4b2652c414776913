/**
 * What an agent is told of the run that it is part of, so that what it keeps
 * is a part of it even where nobody is left to ask.
 *
 * @module
 */

import { z } from "./deps.ts";
import { text } from "./wire_values.ts";
import type { JsonValue } from "../metrics/mod.ts";

/** What a run is, beside what its clients do. */
export interface RunAbout {
  /** Its name: letters and digits. */
  readonly run: string;
  /** The names of its agents' nodes. */
  readonly nodes: readonly string[];
  /** The options as used. */
  readonly config: Readonly<Record<string, JsonValue>>;
  /** What is asked of it, as it was written. */
  readonly thresholds: readonly string[];
  /** The scenario that it is; `null` for none. */
  readonly scenario: string | null;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: string | null;
  /** Whether the scenario takes the server away on purpose. */
  readonly isDisrupted: boolean;
}

/** What comes in by an order. */
export const runAbout: z.ZodType<RunAbout> = z.object({
  run: z.string().regex(/^[A-Za-z0-9]{1,32}$/),
  nodes: z.array(text).max(10_000),
  config: z.record(text, z.json()),
  thresholds: z.array(text).max(1_000),
  scenario: text.nullable(),
  engine: text.nullable(),
  isDisrupted: z.boolean(),
});
