/**
 * `js`: an expression over the live crowd, evaluated here. What it prints is
 * collected, for the screen is not for it to write on. It has this thread, on
 * which all packets wait meanwhile: for a moment at a time, and no longer.
 *
 * @module
 */

import { type Crowd, EMPTY_SNAPSHOT } from "../../tool.ts";
import { type Evaluate, JsRealm } from "./js_realm.ts";

/** Of what it prints: nobody reads more, and a second is long enough for millions. */
const MAX_PRINTED = 1000;

/** How long an expression may keep all others waiting; ten times what the largest crowd needs. */
const MAX_MS = 1000;

const NAMES = ["crowd", "snapshot", "clients", "console"];

/** Evaluates one expression after the other; what one leaves behind, the next one finds. */
export class JsConsole implements Disposable {
  readonly #mostMs: number;
  readonly #onLateError: (error: Error) => void;
  #realm: JsRealm | undefined;

  /** `onLateError` hears what goes wrong in what an expression leaves behind. */
  constructor(
    onLateError: (error: Error) => void = () => {},
    mostMs: number = MAX_MS,
  ) {
    this.#onLateError = onLateError;
    this.#mostMs = mostMs;
  }

  /**
   * Evaluates an expression, or statements with `return`; gives what is to be
   * shown. Throws an `Error` when it runs on for too long at a time.
   */
  async evaluate(
    source: string,
    crowd: Crowd | undefined,
  ): Promise<string[]> {
    if (this.#realm?.isBroken) this.#realm = undefined;
    const realm = this.#realm ??= new JsRealm(this.#mostMs, this.#onLateError);
    const printed: unknown[][] = [];
    let unshown = 0;
    const snapshot = crowd?.snapshot() ?? EMPTY_SNAPSHOT;
    const print = (...values: unknown[]) => {
      if (printed.length < MAX_PRINTED) printed.push(values);
      else unshown++;
    };
    const evaluate = compiled(source, realm);
    const value = await realm.until(() =>
      evaluate(crowd, snapshot, snapshot.clients, {
        log: print,
        info: print,
        warn: print,
        error: print,
      })
    );
    // What is shown may be anything, an object that looks itself up too.
    return realm.within(() => {
      const lines = printed.map((values) =>
        values.map((value) => typeof value === "string" ? value : pretty(value))
          .join(" ")
      );
      if (unshown > 0) lines.push(`… and ${unshown} more`);
      return [...lines, pretty(value)].flatMap((text) => text.split("\n"));
    });
  }

  /** Nothing that an expression has left behind goes on any more. */
  [Symbol.dispose](): void {
    this.#realm?.[Symbol.dispose]();
  }
}

function compiled(source: string, realm: JsRealm): Evaluate {
  try {
    return realm.compile(NAMES, `return (${source}\n);`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return compiledStatements(source, realm);
  }
}

function compiledStatements(source: string, realm: JsRealm): Evaluate {
  try {
    return realm.compile(NAMES, source);
  } catch (error) {
    // The bracket is that of the function that was to be made of it.
    const isOurs = error instanceof SyntaxError && !source.includes("}") &&
      error.message === "Unexpected token '}'";
    throw isOurs ? new SyntaxError("Unexpected end of the expression") : error;
  }
}

function pretty(value: unknown): string {
  return Deno.inspect(value, { colors: false, depth: 4, iterableLimit: 50 });
}
