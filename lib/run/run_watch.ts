/**
 * When a run is over: at its plan's end, when its script is done, when it is
 * interrupted, when a threshold ends it, or when nothing more can come of it.
 *
 * @module
 */

import type { NodeClock } from "../load/mod.ts";
import { type Ending, evaluateSoFar, type Snapshot } from "../metrics/mod.ts";
import type { RunCrowd } from "../load/mod.ts";
import type { RunOptions, RunProgress } from "./run_options.ts";

/** Clients may take this much longer than the ramp before media time counts without them. */
const MAX_SETTLING_MS = 60_000;

/** So many refusals for the same reason, and nobody let in, say that nobody will be. */
const ENOUGH_REFUSALS = 3;

/** Decides when a run is over. */
export class RunWatch {
  /** Resolves when it is. */
  readonly ended: Promise<Ending>;
  readonly #options: RunOptions & { readonly clock: NodeClock };
  readonly #over = new AbortController();
  readonly #end: (ending: Ending) => void;
  readonly #interrupt: () => void;
  /** When the plan's times began to count. */
  #beganMs = 0;
  #endMs: number;
  #cancelTimer: () => void = () => {};

  constructor(options: RunOptions & { readonly clock: NodeClock }) {
    this.#options = options;
    this.#endMs = options.plan.endAtMs;
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

  /** Where a run is. */
  phaseAt(elapsedMs: number): RunProgress["phase"] {
    if (this.over.aborted) return "teardown";
    const rampEndMs = this.#beganMs + this.#options.rampUpMs;
    return elapsedMs < rampEndMs ? "ramp" : "media";
  }

  /** Begins to watch. */
  begin(crowd: RunCrowd): void {
    const { signal, broken, plan, job } = this.#options;
    if (signal?.aborted) this.#interrupt();
    signal?.addEventListener("abort", this.#interrupt);
    broken?.then((reason) => this.#end({ kind: "broke", reason }));
    this.#beganMs = crowd.elapsedMs;
    this.#endMs = this.#beganMs + plan.endAtMs;
    if (job === undefined) this.#setTimer(crowd);
  }

  /** The script wants to go on until then, at least. */
  expectEnd(endMs: number): void {
    this.#endMs = Math.max(this.#endMs, endMs);
  }

  /** The script is done. */
  finish(): void {
    this.#end({ kind: "finished" });
  }

  /** The script threw. */
  fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#end({ kind: "broke", reason });
  }

  /** Stops watching, whatever became of it. Idempotent. */
  end(): void {
    this.#over.abort(new DOMException("The run is over.", "AbortError"));
    this.#cancelTimer();
    this.#options.signal?.removeEventListener("abort", this.#interrupt);
  }

  /** Looks at a second's numbers. */
  onSecond(crowd: RunCrowd, snapshot: Snapshot): void {
    if (this.over.aborted) return;
    this.#abortByThreshold(crowd, snapshot);
    if (this.#options.job === undefined) {
      this.#waitForJoins(crowd, snapshot);
      this.#giveUpWhenAllEnded(crowd, snapshot);
    }
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

  /** Media time counts from when the first ramp's clients are in. */
  #waitForJoins(crowd: RunCrowd, { clients }: Snapshot): void {
    const { plan, rampUpMs } = this.#options;
    const holdMs = plan.endAtMs - rampUpMs;
    const nowMs = crowd.elapsedMs;
    const rampEndMs = this.#beganMs + rampUpMs;
    if (nowMs < rampEndMs || nowMs > rampEndMs + MAX_SETTLING_MS) return;
    const joining = clients.some(({ state, connectionSuccessful, index }) =>
      (state === "planned" || state === "joining") && !connectionSuccessful &&
      plan.clients[index] !== undefined &&
      plan.clients[index].joinAtMs <= rampUpMs
    );
    if (!joining || this.#endMs >= nowMs + holdMs) return;
    this.#endMs = nowMs + holdMs;
    this.#setTimer(crowd);
  }

  #giveUpWhenAllEnded(crowd: RunCrowd, { clients }: Snapshot): void {
    const { plan } = this.#options;
    const cause = lastCause(clients);
    const nowMs = crowd.elapsedMs - this.#beganMs;
    // Where everyone's time is over, a run just comes to its end.
    const everybodyEnded = clients.length >= plan.clients.length &&
      clients.every(({ state }) => state === "failed" || state === "left") &&
      plan.clients.some(({ leaveAtMs }) => (leaveAtMs ?? Infinity) > nowMs);
    if (cause === undefined || !everybodyEnded) return;
    this.#end({ kind: "broke", reason: `no client is left: ${cause}` });
  }

  #giveUpWhenRefused({ clients }: Snapshot): void {
    if (!everybodyIsRefused(clients)) return;
    const reason = `nobody gets in: ${lastCause(clients)}`;
    this.#end({ kind: "broke", reason });
  }

  #setTimer(crowd: RunCrowd): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#options.clock.setTimer(
      Math.max(0, this.#endMs - crowd.elapsedMs),
      () => this.#end({ kind: "finished" }),
    );
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

/** Why the last of those that failed did. */
function lastCause(clients: Snapshot["clients"]): string | undefined {
  return clients.findLast(({ state }) => state === "failed")
    ?.failureCause?.replace(/\.$/, "");
}
