/**
 * `js`: an expression over the live crowd, evaluated here. What it prints is
 * collected, for the screen is not for it to write on.
 *
 * @module
 */

import { type Crowd, EMPTY_SNAPSHOT } from "../../tool.ts";

/** Evaluates an expression, or statements with `return`; gives what is to be shown. */
export async function evaluateJs(
  source: string,
  crowd: Crowd | undefined,
): Promise<string[]> {
  const printed: unknown[][] = [];
  const snapshot = crowd?.snapshot() ?? EMPTY_SNAPSHOT;
  const print = (...values: unknown[]) => {
    printed.push(values);
  };
  const value = await compiled(source)(crowd, snapshot, snapshot.clients, {
    log: print,
    info: print,
    warn: print,
    error: print,
  });
  const lines = printed.map((values) =>
    values.map((value) => typeof value === "string" ? value : pretty(value))
      .join(" ")
  );
  return [...lines, pretty(value)].flatMap((text) => text.split("\n"));
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
