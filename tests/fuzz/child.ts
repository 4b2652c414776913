/**
 * Attacks doors one after the other, in a process of its own so that a hang
 * can be ended and growth seen. Prints a JSON line a door, and lines of
 * progress between them.
 *
 * @module
 */

import { attack, type Effort } from "./attack.ts";
import { DOORS } from "./doors.ts";

/** What a child is told in its first argument, as JSON. */
export interface Orders {
  readonly doors: readonly string[];
  readonly pure: Effort;
  readonly stateful: Effort;
  readonly slow: Effort;
}

/** One line of a child. */
export type ChildLine =
  | { readonly at: string; readonly inputs: number }
  | { readonly attack: Awaited<ReturnType<typeof attack>> };

/** Between two lines of progress. */
const PROGRESS_MS = 500;

if (import.meta.main) {
  const orders = JSON.parse(Deno.args[0]) as Orders;
  let toldMs = 0;
  for (const name of orders.doors) {
    const door = DOORS.find((one) => one.name === name)!;
    tell({ at: name, inputs: 0 });
    const done = await attack(door, orders[door.kind], (inputs) => {
      if (performance.now() - toldMs < PROGRESS_MS) return;
      toldMs = performance.now();
      tell({ at: name, inputs });
    });
    tell({ attack: done });
  }
  Deno.exit(0);
}

function tell(line: ChildLine): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  for (let at = 0; at < bytes.length;) {
    at += Deno.stdout.writeSync(bytes.subarray(at));
  }
}
