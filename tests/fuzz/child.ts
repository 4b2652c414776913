/**
 * Attacks doors one after the other, in a process of its own so that a hang
 * can be ended and growth seen. Prints a JSON line a door, and lines of
 * progress between them.
 *
 * @module
 */

import { attack } from "./attack.ts";
import type { Door } from "./door.ts";
import { DOORS } from "./doors.ts";

/** What a child is told in its first argument, as JSON. */
export interface Orders {
  readonly doors: readonly string[];
  readonly seed: number;
  /** Where in the seed a finding was, to see only it again. */
  readonly path?: string | undefined;
  /** How many inputs are enough for a door. */
  readonly inputs: Readonly<Record<Door["kind"], number>>;
  /**
   * When all doors have to be done, in milliseconds since 1970; what one does
   * not need of its share, those behind it have.
   */
  readonly untilMs: number;
}

/** One line of a child. */
export type ChildLine =
  | { readonly at: string; readonly inputs: number }
  | { readonly attack: Awaited<ReturnType<typeof attack>> };

/** For a door, however late it is. */
const MIN_MS = 1000;
/** Between two lines of progress. */
const PROGRESS_MS = 500;

if (import.meta.main) {
  const { doors, seed, path, inputs: enough, untilMs } = JSON.parse(
    Deno.args[0],
  ) as Orders;
  let toldMs = 0;
  for (const [i, name] of doors.entries()) {
    const door = DOORS.find((one) => one.name === name)!;
    tell({ at: name, inputs: 0 });
    const done = await attack(door, {
      seed,
      ...(path !== undefined && { path }),
      inputs: Math.ceil(enough[door.kind] / (door.takes ?? 1)),
      ms: Math.max(MIN_MS, (untilMs - Date.now()) / (doors.length - i)),
    }, (inputs) => {
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
