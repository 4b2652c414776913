/**
 * `js`: an expression over the live crowd, evaluated here. What it prints is
 * collected, for the screen is not for it to write on. It has this thread, on
 * which all packets wait meanwhile: for a moment, and no longer.
 *
 * @module
 */

import { type Crowd, EMPTY_SNAPSHOT } from "../../tool.ts";
import { Script } from "./deps.ts";

/** Of what it prints: nobody reads more, and a second is long enough for millions. */
const MOST_PRINTED = 1000;

/** How long an expression may keep all others waiting; ten times what the largest crowd needs. */
const MOST_MS = 1000;

/**
 * Evaluates an expression, or statements with `return`; gives what is to be
 * shown. Throws an `Error` when it runs on for longer than `mostMs`.
 */
export async function evaluateJs(
  source: string,
  crowd: Crowd | undefined,
  mostMs: number = MOST_MS,
): Promise<string[]> {
  const printed: unknown[][] = [];
  let unshown = 0;
  const snapshot = crowd?.snapshot() ?? EMPTY_SNAPSHOT;
  const print = (...values: unknown[]) => {
    if (printed.length < MOST_PRINTED) printed.push(values);
    else unshown++;
  };
  const evaluate = compiled(source);
  const value = await within(
    mostMs,
    () =>
      evaluate(crowd, snapshot, snapshot.clients, {
        log: print,
        info: print,
        warn: print,
        error: print,
      }),
  );
  // What is shown may be anything, an object that looks itself up too.
  return within(mostMs, () => {
    const lines = printed.map((values) =>
      values.map((value) => typeof value === "string" ? value : pretty(value))
        .join(" ")
    );
    if (unshown > 0) lines.push(`… and ${unshown} more`);
    return [...lines, pretty(value)].flatMap((text) => text.split("\n"));
  });
}

/** Where {@linkcode CALL} finds what it is to call: a script shares nothing else with us. */
const CALLED = Symbol.for("rtcrowd.called");
const CALL = new Script(`globalThis[Symbol.for("rtcrowd.called")]()`);

/** Calls it, and ends it by force when it does not return in time: the runtime can do so to a script only. */
function within<T>(mostMs: number, call: () => T): T {
  const world = globalThis as { [CALLED]?: () => T };
  world[CALLED] = call;
  try {
    return CALL.runInThisContext({ timeout: mostMs });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") {
      throw error;
    }
    throw new Error(
      `Cannot go on with it: it ran for ${
        mostMs / 1000
      } s, and everything waited. Do less at once, or await something in between.`,
    );
  } finally {
    delete world[CALLED];
  }
}

type Evaluate = (...values: unknown[]) => Promise<unknown>;

const NAMES = ["crowd", "snapshot", "clients", "console"];

const AsyncFunction = (async () => {}).constructor as new (
  ...parts: string[]
) => Evaluate;

function compiled(source: string): Evaluate {
  try {
    return new AsyncFunction(...NAMES, `return (${source}\n);`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return new AsyncFunction(...NAMES, source);
  }
}

function pretty(value: unknown): string {
  return Deno.inspect(value, { colors: false, depth: 4, iterableLimit: 50 });
}
