/**
 * Where one node counts: fixed counters to increment in place on the packet
 * path, trends to record into, and a snapshot of it all when asked.
 *
 * @module
 */

import { type ClientRecord, ClientRecorder } from "./client_record.ts";
import type { OtherTrack } from "./other_tracks.ts";
import type { StoppedTrack } from "./stopped_tracks.ts";
import {
  type CounterName,
  type GaugeName,
  namesOf,
  type TrendName,
} from "./catalog.ts";
import { zeros } from "./counts.ts";
import type { GeneratorHealth, Snapshot } from "./snapshot.ts";
import type { CandidateCount } from "./summary/summary.ts";
import { Trend } from "./trend.ts";

/** What a meter does not know of itself when a snapshot is taken. */
export interface SnapshotContext {
  /** Milliseconds since the run began. */
  readonly atMs: number;
  /** The second of the run that it is of. @default {the last that is over} */
  readonly second?: number | undefined;
  /** It is the last. @default {false} */
  readonly final?: boolean | undefined;
  /** The node's clients, each included as it is now; of those that have left, their last records. */
  readonly clients: Iterable<ClientRecorder | ClientRecord>;
  /** Tracks that no client of the run sends. @default {[]} */
  readonly others?: readonly OtherTrack[] | undefined;
  /** Tracks of clients that the server stopped unasked. @default {[]} */
  readonly stopped?: readonly StoppedTrack[] | undefined;
  /** How the server's addresses for media fared. @default {[]} */
  readonly candidates?: readonly CandidateCount[] | undefined;
  /** Consumers that the server grants a client. @default {null} */
  readonly consumersAllowed?: number | null | undefined;
  /** How the generator is doing. */
  readonly generator: GeneratorHealth;
}

/** The numbers of one node as they grow. */
export class NodeMeter {
  /** The node's name. */
  readonly node: string;
  /** Totals; increment in place. */
  readonly counters: Record<CounterName, number> = zeros(
    namesOf({ type: "counter" }),
  );
  /** Amounts now; set in place. */
  readonly gauges: Record<GaugeName, number> = zeros(
    namesOf({ type: "gauge" }),
  );
  readonly #trends = new Map<TrendName, Trend>();
  readonly #errors = new Map<string, number>();
  #sequence = 0;

  /** Begins at zero; `node` must be unique in the run, without `+`. */
  constructor(node: string) {
    this.node = node;
  }

  /** The trend of this name, the same object each time: keep it for hot paths. */
  trend(name: TrendName): Trend {
    let trend = this.#trends.get(name);
    if (trend === undefined) {
      trend = new Trend();
      this.#trends.set(name, trend);
    }
    return trend;
  }

  /** Counts an error of this kind. */
  countError(kind: string): void {
    this.#errors.set(kind, (this.#errors.get(kind) ?? 0) + 1);
  }

  /** Everything as plain data; later changes do not reach it. */
  snapshot(context: SnapshotContext): Snapshot {
    const counters: Record<string, number> = { ...this.counters };
    for (const [kind, count] of this.#errors) {
      counters[`errors.${kind}`] = count;
    }
    return {
      node: this.node,
      sequence: ++this.#sequence,
      second: context.second ?? Math.floor(context.atMs / 1000),
      ...(context.final && { final: true }),
      atMs: context.atMs,
      counters,
      gauges: { ...this.gauges },
      trends: Object.fromEntries(
        [...this.#trends].map(([name, trend]) => [name, trend.toJSON()]),
      ),
      clients: [...context.clients].map((client) =>
        client instanceof ClientRecorder ? client.toRecord() : client
      ),
      others: context.others ?? [],
      stopped: context.stopped ?? [],
      candidates: context.candidates ?? [],
      consumersAllowed: context.consumersAllowed ?? null,
      generator: context.generator,
    };
  }
}
