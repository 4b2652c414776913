/**
 * Where what others' code prints goes: a scenario's, or an adapter's.
 *
 * @module
 */

import { Console, stderr } from "../deps.ts";

/** Has what others' code prints, a scenario's or an adapter's, go to standard error, where standard output is for data. */
export function keepStdoutForData(): void {
  globalThis.console = new Console(stderr) as unknown as typeof console;
}
