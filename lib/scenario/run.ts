/**
 * One run: a plan carried out by a crowd, from the first join to the last
 * leave, and summed up. However it ends, there is a summary.
 *
 * @module
 */

import type {
  DatapathChoice,
  NodeNote,
  RunPlan,
  ServerTarget,
} from "../load/mod.ts";
import {
  type Ending,
  type JsonValue,
  type Snapshot,
  summarize,
  type Summary,
  type Threshold,
  type TimelinePoint,
} from "../metrics/mod.ts";
import type { MonitorTarget } from "../monitor/mod.ts";
import { type Crowd, openCrowd } from "./crowd.ts";
import { ServerWatch } from "./server_watch.ts";
import { VERSION } from "./version.ts";

/** What to run. */
export interface RunOptions {
  readonly server: ServerTarget;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: string | null;
  readonly plan: RunPlan;
  /** How long the ramp takes, in milliseconds: media time counts from its end. */
  readonly rampUpMs: number;
  /** The options as they were given, for the record. */
  readonly config: Readonly<Record<string, JsonValue>>;
  readonly thresholds: readonly Threshold[];
  readonly workers?: number | undefined;
  readonly datapath?: DatapathChoice | undefined;
  /** Stops the run; it ends as interrupted. */
  readonly signal?: AbortSignal | undefined;
  /** Ends the run as broken, for a reason from outside: the embedded server died. */
  readonly broken?: Promise<string> | undefined;
  /** The server's processes or addresses, to be watched meanwhile. @default {[]} */
  readonly monitor?: readonly MonitorTarget[] | undefined;
  /** Bearer token for the server's `/metrics`, if that is watched. */
  readonly metricsToken?: string | undefined;
  readonly onNote?: ((note: NodeNote) => void) | undefined;
  /** Told when a watched server goes, or cannot be looked at. */
  readonly onServerNote?: ((text: string) => void) | undefined;
  readonly onProgress?: ((progress: RunProgress) => void) | undefined;
}

/** Where a run is. */
export interface RunProgress {
  readonly phase: "ramp" | "media" | "teardown";
  readonly elapsedMs: number;
  /** When media will be over; it moves while clients are still joining. */
  readonly endMs: number;
  readonly point: TimelinePoint;
  readonly snapshot: Snapshot;
  /** A summary of the run so far, marked partial. */
  readonly summarize: () => Summary;
}

/** What a run leaves behind. */
export interface RunOutcome {
  readonly summary: Summary;
  /** Everything measured, clients included. */
  readonly snapshot: Snapshot;
}

/** Clients may take this much longer than the ramp before media time counts without them. */
const MOST_SETTLING_MS = 60_000;

/** So many refusals for the same reason, and nobody let in, say that nobody will be. */
const ENOUGH_REFUSALS = 3;

/**
 * Carries out a run. Throws a `ChannelError` when the server cannot be
 * reached at the start; anything later is in the summary.
 */
export async function run(options: RunOptions): Promise<RunOutcome> {
  const { plan, server, workers, datapath, signal, onNote } = options;
  const watch = new RunWatch(options);
  let monitored: ServerWatch | undefined;
  const crowd = await openCrowd({
    server,
    plan,
    workers,
    datapath,
    signal,
    onNote,
    onSecond: (point, snapshot) => {
      if (monitored !== undefined) {
        watch.onSecond(crowd, monitored, point, snapshot);
      }
    },
  });
  await using watched = monitored = new ServerWatch({
    targets: options.monitor ?? [],
    startedAtMs: Date.parse(crowd.startedAt),
    token: options.metricsToken,
    onNote: options.onServerNote,
  });
  try {
    watch.begin(crowd);
    await crowd.add(plan);
    const ending = watched.endingOf(await watch.ended);
    await crowd.close();
    return {
      summary: summarizeRun(options, crowd, watched, ending),
      snapshot: crowd.snapshot(),
    };
  } finally {
    watch.end();
    await crowd.close();
  }
}

/** Decides when a run is over. */
class RunWatch {
  readonly ended: Promise<Ending>;
  readonly #options: RunOptions;
  readonly #end: (ending: Ending) => void;
  readonly #interrupt: () => void;
  /** When the plan's times began to count. */
  #beganMs = 0;
  #endMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.#endMs = options.plan.endAtMs;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise.finally(() => this.end());
    this.#end = resolve;
    this.#interrupt = () => resolve({ kind: "interrupted" });
  }

  begin(crowd: Crowd): void {
    const { signal, broken, plan } = this.#options;
    if (signal?.aborted) this.#interrupt();
    signal?.addEventListener("abort", this.#interrupt);
    broken?.then((reason) => this.#end({ kind: "broke", reason }));
    this.#beganMs = crowd.elapsedMs;
    this.#endMs = this.#beganMs + plan.endAtMs;
    this.#setTimer(crowd);
  }

  /** Stops watching, whatever became of it. Idempotent. */
  end(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#options.signal?.removeEventListener("abort", this.#interrupt);
  }

  onSecond(
    crowd: Crowd,
    server: ServerWatch,
    point: TimelinePoint,
    snapshot: Snapshot,
  ): void {
    if (!this.#over) {
      this.#waitForJoins(crowd, snapshot);
      this.#giveUpWhenHopeless(crowd, snapshot);
    }
    const { rampUpMs, onProgress } = this.#options;
    onProgress?.({
      phase: this.#over
        ? "teardown"
        : crowd.elapsedMs < this.#beganMs + rampUpMs
        ? "ramp"
        : "media",
      elapsedMs: crowd.elapsedMs,
      endMs: this.#endMs,
      point: server.annotateLast(point),
      snapshot,
      summarize: () =>
        summarizeRun(this.#options, crowd, server, { kind: "interrupted" }),
    });
  }

  /** Media time counts from when the first ramp's clients are in. */
  #waitForJoins(crowd: Crowd, { clients }: Snapshot): void {
    const { plan, rampUpMs } = this.#options;
    const holdMs = plan.endAtMs - rampUpMs;
    const nowMs = crowd.elapsedMs;
    const rampEndMs = this.#beganMs + rampUpMs;
    if (nowMs < rampEndMs || nowMs > rampEndMs + MOST_SETTLING_MS) return;
    const joining = clients.some(({ state, connectionSuccessful, index }) =>
      (state === "planned" || state === "joining") && !connectionSuccessful &&
      plan.clients[index] !== undefined &&
      plan.clients[index].joinAtMs <= rampUpMs
    );
    if (!joining || this.#endMs >= nowMs + holdMs) return;
    this.#endMs = nowMs + holdMs;
    this.#setTimer(crowd);
  }

  #giveUpWhenHopeless(crowd: Crowd, { clients }: Snapshot): void {
    const { plan } = this.#options;
    const failed = clients.filter(({ state }) => state === "failed");
    const cause = failed.at(-1)?.failureCause?.replace(/\.$/, "");
    if (cause === undefined) return;
    const nowMs = crowd.elapsedMs - this.#beganMs;
    // Where everyone's time is over, a run just comes to its end.
    const everybodyEnded = clients.length >= plan.clients.length &&
      clients.every(({ state }) => state === "failed" || state === "left") &&
      plan.clients.some(({ leaveAtMs }) => (leaveAtMs ?? Infinity) > nowMs);
    if (everybodyEnded) {
      this.#end({ kind: "broke", reason: `no client is left: ${cause}` });
    } else if (everybodyIsRefused(clients, failed)) {
      this.#end({ kind: "broke", reason: `nobody gets in: ${cause}` });
    }
  }

  #setTimer(crowd: Crowd): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#end({ kind: "finished" }),
      Math.max(0, this.#endMs - crowd.elapsedMs),
    );
  }
}

/** Whoever came so far was turned away, for one and the same reason: so will be the rest. */
function everybodyIsRefused(
  clients: Snapshot["clients"],
  failed: Snapshot["clients"],
): boolean {
  return failed.length >= ENOUGH_REFUSALS &&
    !clients.some(({ connectionSuccessful }) => connectionSuccessful) &&
    new Set(failed.map(({ failureCause }) => failureCause)).size === 1 &&
    failed.every(({ errors }) => errors.at(-1)?.kind === "join");
}

function summarizeRun(
  { server, engine, plan, config, thresholds }: RunOptions,
  crowd: Crowd,
  watched: ServerWatch,
  ending: Ending,
): Summary {
  return summarize({
    version: VERSION,
    startedAt: crowd.startedAt,
    seed: plan.seed,
    config,
    server: { url: server.url, engine, ...watched.summary() },
    snapshot: crowd.snapshot(),
    timeline: watched.annotate(crowd.timeline()),
    ending,
    thresholds,
  });
}
