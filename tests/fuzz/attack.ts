/**
 * Attacks one door by a seed, and says what came of it.
 *
 * @module
 */

import { cpuUsage } from "node:process";
import { fc } from "./deps.ts";
import type { Door } from "./door.ts";

/** How long to go on. */
export interface Effort {
  /** The seed of everything drawn. */
  readonly seed: number;
  /** How many inputs are enough. */
  readonly inputs: number;
  /** How long at most, in milliseconds. */
  readonly ms: number;
  /** Where in the seed a finding was, to see only it again. */
  readonly path?: string;
}

/** What came of it. */
export interface Attack {
  readonly door: string;
  readonly seed: number;
  readonly inputs: number;
  readonly seconds: number;
  /** The slowest run, in milliseconds of CPU time. */
  readonly slowestMs: number;
  /** What the heap grew by in the second half, in bytes; `null` when it was not measured. */
  readonly grownBytes: number | null;
  /** `null` where nothing was found. */
  readonly finding: Finding | null;
}

/** Something that must not be. */
export interface Finding {
  /** What went wrong, in a sentence. */
  readonly what: string;
  /** The smallest input that does it. */
  readonly input: string;
  /** Where in the seed it is. */
  readonly path: string;
}

/** A run that takes more of a core is a hang; how long it waits for one does not count. */
const MAX_RUN_MS = 1000;
/** What the heap may grow by in the second half: noise of what is compiled and cached. */
const MAX_GROWTH_BYTES = 4_000_000;
/** More than there is time for. */
const ENDLESS = 1e9;
/** An input in a finding is cut to so many characters. */
const SHOWN_INPUT = 2000;

/** Attacks a door; `onProgress` is called now and then, with the inputs so far. */
export async function attack(
  door: Door,
  effort: Effort,
  onProgress: (inputs: number) => void = () => {},
): Promise<Attack> {
  const startMs = performance.now();
  const open = await door.open();
  let runs = 0;
  const inputs = () => open.inputs?.() ?? runs;
  let slowestMs = 0;
  const { property } = open;
  const timed = property as fc.IRawProperty<[unknown]>;
  const run = timed.run.bind(timed);
  let enough = effort.inputs;
  let untilMs = startMs + effort.ms;
  timed.run = ((value: [unknown]) => {
    // Between two runs: what is under way would go on beside the next.
    if (inputs() >= enough || performance.now() > untilMs) {
      return new fc.PreconditionFailure(true);
    }
    const fromMs = cpuMs();
    const judged = (failure: Outcome) => {
      const ms = cpuMs() - fromMs;
      slowestMs = Math.max(slowestMs, ms);
      runs++;
      onProgress(inputs());
      return failure === null && ms > MAX_RUN_MS
        ? { error: new Error(`took ${Math.round(ms)} ms`) }
        : failure;
    };
    const outcome = run(value);
    return outcome instanceof Promise ? outcome.then(judged) : judged(outcome);
  }) as typeof timed.run;

  try {
    const halves = effort.path === undefined ? 2 : 1;
    let finding: Finding | null = null;
    const heaps: number[] = [];
    for (let half = 0; half < halves && finding === null; half++) {
      enough = effort.inputs * (half + 1) / halves;
      untilMs = startMs + effort.ms * (half + 1) / halves;
      const details = await fc.check(timed, {
        seed: effort.seed + half,
        ...(effort.path !== undefined && { path: effort.path }),
        numRuns: ENDLESS,
        maxSkipsPerRun: 1000,
      });
      // What was over before its first run has failed, too, but at nothing.
      if (details.failed && details.counterexample !== null) {
        finding = {
          what: wordOf(details.errorInstance),
          input: fc.stringify(details.counterexample).slice(0, SHOWN_INPUT),
          path: details.counterexamplePath ?? "",
        };
        return result(effort.seed + half, finding, null);
      }
      heaps.push(heapBytes());
    }
    const grown = heaps.length < 2 || heaps[0] === 0
      ? null
      : heaps[1] - heaps[0];
    if (inputs() === 0) {
      finding = { what: "nothing was tried", input: "none", path: "" };
    } else if (grown !== null && grown > MAX_GROWTH_BYTES) {
      finding = {
        what: `the heap grew by ${grown} bytes`,
        input: "all of them",
        path: "",
      };
    }
    return result(effort.seed, finding, grown);
  } finally {
    await open[Symbol.asyncDispose]?.();
  }

  function result(
    seed: number,
    finding: Finding | null,
    grownBytes: number | null,
  ): Attack {
    return {
      door: door.name,
      seed,
      inputs: inputs(),
      seconds: (performance.now() - startMs) / 1000,
      slowestMs,
      grownBytes,
      finding,
    };
  }
}

/** CPU time of this process. */
function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

type Outcome = { readonly error: unknown } | fc.PreconditionFailure | null;

function wordOf(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

/** What lives on the heap after a collection; 0 where that cannot be forced. */
function heapBytes(): number {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) return 0;
  gc();
  gc();
  return Deno.memoryUsage().heapUsed;
}
