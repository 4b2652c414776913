/**
 * What of a client's figures is a number, or `null` or a boolean in place of
 * one, and what is text: records are kept in little room by that.
 *
 * @module
 */

import { type ClientFigures, noFigures } from "./client_record.ts";

/** What is kept as it is. */
export const TEXTS = [
  "state",
  "impairment",
  "sends",
  "receives",
  "failureCause",
] as const satisfies readonly (keyof ClientFigures)[];

type TextName = (typeof TEXTS)[number];

/** All others. */
export type NumberName = Exclude<keyof ClientFigures, TextName>;

/** What a client begins with. */
export const BLANK: Readonly<ClientFigures> = noFigures();

/** Numbers, and what is `null` or a boolean instead. */
export const NUMBERS = (Object.keys(BLANK) as (keyof ClientFigures)[]).filter((
  name,
): name is NumberName => !(TEXTS as readonly string[]).includes(name));
