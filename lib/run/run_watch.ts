/**
 * When a run is over: when its script is done, when it is interrupted, when a
 * threshold ends it, or when nothing more can come of it.
 *
 * @module
 */

import type { NodeClock } from "../load/mod.ts";
import { type Ending, evaluateSoFar, type Snapshot } from "../metrics/mod.ts";
import type { RunCrowd } from "../load/mod.ts";
import { lastCause } from "./last_cause.ts";
import { goneText } from "./server_gone.ts";
import type { JobOptions, RunProgress } from "./run_options.ts";
import { messageOf } from "../text/mod.ts";

/** So many refusals for the same reason, and nobody let in, say that nobody will be. */
const ENOUGH_REFUSALS = 3;

/** Decides when a run is over. */
export class RunWatch {
  /** Resolves when it is. */
  readonly ended: Promise<Ending>;
  readonly #options: JobOptions & { readonly clock: NodeClock };
  readonly #over = new AbortController();
  readonly #end: (ending: Ending) => void;
  readonly #interrupt: () => void;
  /** When the plan's times began to count. */
  #beganMs = 0;
  #rampEndMs = 0;
  #endMs = 0;

  constructor(options: JobOptions & { readonly clock: NodeClock }) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise.finally(() => this.end());
    this.#end = resolve;
    this.#interrupt = () => resolve({ kind: "interrupted" });
  }

  /** Aborts when it is. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** When media will be over, as far as known. */
  get endMs(): number {
    return this.#endMs;
  }

  /** How long clients come, in milliseconds, as far as known. */
  get rampUpMs(): number {
    return this.#rampEndMs - this.#beganMs;
  }

  /** Where a run is. */
  phaseAt(elapsedMs: number): RunProgress["phase"] {
    if (this.over.aborted) return "teardown";
    return elapsedMs < this.#rampEndMs ? "ramp" : "media";
  }

  /** Begins to watch. */
  begin(crowd: RunCrowd): void {
    const { signal, broken, stray } = this.#options;
    if (signal?.aborted) this.#interrupt();
    signal?.addEventListener("abort", this.#interrupt);
    broken?.then((why) => {
      const { clients } = crowd.snapshot();
      this.#end({
        kind: "gone",
        reason: goneText(why, crowd.elapsedMs, clients),
      });
    });
    stray?.then((reason) => this.#end({ kind: "broke", reason }));
    this.#beganMs = this.#rampEndMs = this.#endMs = crowd.elapsedMs;
  }

  /** The script wants to go on until then, at least, and clients come until `rampEndMs`. */
  expectEnd(endMs: number, rampEndMs = this.#rampEndMs): void {
    this.#endMs = Math.max(this.#endMs, endMs);
    this.#rampEndMs = rampEndMs;
  }

  /** The script is done. */
  finish(): void {
    this.#end({ kind: "finished" });
  }

  /** The script threw. */
  fail(error: unknown): void {
    const reason = messageOf(error);
    this.#end({ kind: "broke", reason });
  }

  /** Stops watching, whatever became of it. Idempotent. */
  end(): void {
    this.#over.abort(new DOMException("The run is over.", "AbortError"));
    this.#options.signal?.removeEventListener("abort", this.#interrupt);
  }

  /** Looks at a second's numbers. */
  onSecond(crowd: RunCrowd, snapshot: Snapshot): void {
    if (this.over.aborted) return;
    this.#abortByThreshold(crowd, snapshot);
    this.#giveUpWhenRefused(snapshot);
  }

  #abortByThreshold(crowd: RunCrowd, snapshot: Snapshot): void {
    const ageMs = crowd.elapsedMs - this.#beganMs;
    for (const threshold of this.#options.thresholds) {
      if (ageMs < (threshold.abortAfterMs ?? Infinity)) continue;
      const { passed, value, expression } = evaluateSoFar(threshold, snapshot);
      if (!passed && value !== null) this.#end({ kind: "aborted", expression });
    }
  }

  #giveUpWhenRefused({ clients }: Snapshot): void {
    if (!everybodyIsRefused(clients)) return;
    const reason = `nobody gets in: ${lastCause(clients)}`;
    this.#end({ kind: "broke", reason });
  }
}

/** Whoever came so far was turned away, for one and the same reason: so will be the rest. */
function everybodyIsRefused(clients: Snapshot["clients"]): boolean {
  const failed = clients.filter(({ state }) => state === "failed");
  return failed.length >= ENOUGH_REFUSALS &&
    !clients.some(({ connectionSuccessful }) => connectionSuccessful) &&
    new Set(failed.map(({ failureCause }) => failureCause)).size === 1 &&
    failed.every(({ errors }) => errors.at(-1)?.kind === "join");
}
