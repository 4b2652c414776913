/**
 * What the words and numbers of another machine may be, whatever they are of.
 *
 * @module
 */

import { z } from "./deps.ts";

/** Characters of a text: a server's words can be long. */
export const MAX_TEXT = 2_000;
/** Any text. */
export const text = z.string().max(MAX_TEXT);
/** Any number of something. */
export const amount = z.number().min(-1e15).max(1e15);
/** A client's place in the plan. */
export const index = z.number().int().min(0).max(1e7);
/** A few short names, such as those of lanes. */
export const words = z.array(z.string().max(50)).max(10);

/** A schema for each of them: none that is new is left out in silence. */
export type Fields<Values> = Readonly<Record<keyof Values, z.ZodType>>;

/** What is told as the other end reads it: a server's words can be longer than it takes. */
export function textOf(told: unknown): string {
  return JSON.stringify(
    told,
    (_, value) => typeof value === "string" ? value.slice(0, MAX_TEXT) : value,
  );
}
