/**
 * A realm of its own for what is typed as `js`: with all that there is
 * here, but jobs that wait for nobody but us. So not even code behind an
 * `await` gets this thread, on which all packets wait meanwhile, for longer
 * than it may: it goes on when we say so, and is ended by force.
 *
 * @module
 */

import { type Context, createContext, Script } from "./deps.ts";

/** A function of the realm. */
export type Evaluate = (...values: unknown[]) => Promise<unknown>;

/** How often those that wait are asked to go on. */
const PUMP_MS = 10;
/** Where {@linkcode CALL} finds what it is to call. */
const CALLED = Symbol.for("rtcrowd.called");
const CALL = new Script(`globalThis[Symbol.for("rtcrowd.called")]?.()`);
const NAMES = new Script("Reflect.ownKeys(globalThis)");
const ASYNC_FUNCTION = new Script("(async () => {}).constructor");
/** Kinds of error, whose classes are others there. */
const ERRORS = { RangeError, ReferenceError, SyntaxError, TypeError };

/** One realm. It is of no use any more once something in it was ended. */
export class JsRealm implements Disposable {
  readonly #globals: { [CALLED]?: (() => unknown) | undefined } = {};
  readonly #context: Context;
  readonly #AsyncFunction: new (...parts: string[]) => Evaluate;
  readonly #mostMs: number;
  readonly #onLateError: (error: Error) => void;
  readonly #pump: ReturnType<typeof setInterval>;
  readonly #waiting = new Set<(error: Error) => void>();
  #isBroken = false;

  /** Ends what runs for longer than `mostMs` at a time; `onLateError` hears what goes wrong where nobody waits for it. */
  constructor(mostMs: number, onLateError: (error: Error) => void) {
    this.#mostMs = mostMs;
    this.#onLateError = onLateError;
    this.#context = createContext(this.#globals, {
      microtaskMode: "afterEvaluate",
    });
    this.#AsyncFunction = ASYNC_FUNCTION.runInContext(this.#context);
    const own = new Set<PropertyKey>(NAMES.runInContext(this.#context));
    const ours: Record<PropertyKey, unknown> = globalThis;
    for (const name of Reflect.ownKeys(globalThis)) {
      if (own.has(name)) continue;
      Object.defineProperty(this.#globals, name, {
        configurable: true,
        get: () => ours[name],
        set: (value) => this.#define(name, value),
      });
    }
    this.#define("setTimeout", this.#timer(setTimeout, clearTimeout));
    this.#define("setInterval", this.#timer(setInterval, clearInterval));
    this.#pump = setInterval(() => this.#guarded(() => {}), PUMP_MS);
  }

  /** Whether something in it was ended: what it left half done would be gone on with. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Makes a function of statements, or throws a `SyntaxError`. */
  compile(names: readonly string[], body: string): Evaluate {
    return this.within(() => new this.#AsyncFunction(...names, body));
  }

  /** Calls something, and all that it has go on; throws an `Error` when that takes too long. */
  within<T>(call: () => T): T {
    this.#globals[CALLED] = call;
    try {
      return CALL.runInContext(this.#context, { timeout: this.#mostMs });
    } catch (error) {
      if (codeOf(error) !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw ours(error);
      this[Symbol.dispose]();
      throw new Error(
        `Cannot go on with it: it ran for ${
          this.#mostMs / 1000
        } s, and everything waited. Do less at once, or await something in between.`,
      );
    } finally {
      this.#globals[CALLED] = undefined;
    }
  }

  /** Calls a function and waits for what it promises; rejects as {@linkcode within} throws. */
  async until<T>(call: () => Promise<T>): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#waiting.add(reject);
    try {
      // Asked at once and by no other promise, for that would be asked there.
      this.within(call).then(resolve, reject);
      return await promise;
    } catch (error) {
      throw ours(error);
    } finally {
      this.#waiting.delete(reject);
    }
  }

  /** Nothing in it goes on any more. Idempotent. */
  [Symbol.dispose](): void {
    this.#isBroken = true;
    clearInterval(this.#pump);
  }

  /** Calls it; whoever waits for something hears what goes wrong, or else `onLateError`. */
  #guarded(call: () => void): boolean {
    try {
      this.within(call);
      return true;
    } catch (error) {
      const waiting = this.#isBroken ? [...this.#waiting] : [];
      for (const reject of waiting) reject(error as Error);
      if (waiting.length === 0) this.#onLateError(error as Error);
      return false;
    }
  }

  #define(name: PropertyKey, value: unknown): void {
    Object.defineProperty(this.#globals, name, {
      configurable: true,
      writable: true,
      value,
    });
  }

  /** The same, of which each call may take no longer either. */
  #timer<Timer>(
    set: (fn: () => void, ms: number) => Timer,
    clear: (timer: Timer) => void,
  ) {
    return (fn: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
      const timer: Timer = set(() => {
        const goesOn = !this.#isBroken && this.#guarded(() => fn(...args));
        if (!goesOn) clear(timer);
      }, ms);
      return timer;
    };
  }
}

function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | null)?.code;
}

/** An error of the realm as one of ours; anything else as it is. */
function ours(error: unknown): unknown {
  if (error instanceof Error || !Error.isError(error)) return error;
  const { name, message } = error as Error;
  const Kind = name in ERRORS ? ERRORS[name as keyof typeof ERRORS] : Error;
  return new Kind(message, { cause: error });
}
