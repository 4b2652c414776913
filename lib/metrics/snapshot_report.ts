/**
 * Snapshots on their way from a node to whoever puts several together: of
 * clients and trends only what has changed since one that is known there.
 * What is said is how much there is, not how much more, so that a report that
 * is lost, or comes twice, costs nothing.
 *
 * @module
 */

import {
  type ClientFigures,
  type ClientIdentity,
  type ClientRecord,
  noFigures,
  type OperationRecord,
} from "./client_record.ts";
import { isGone } from "./client_rates.ts";
import {
  DepartedRecord,
  DepartedShare,
  plainRecord,
} from "./departed_record.ts";
import { NUMBERS } from "./record_numbers.ts";
import { RecordRow, RecordTable } from "./record_table.ts";
import type { Snapshot } from "./snapshot.ts";

/** A snapshot in terms of one before, as plain JSON. */
export interface SnapshotReport {
  /** Whose it is: another one for each time that a node is started. */
  readonly epoch: string;
  /** The sequence of the snapshot that it is in terms of; 0 is none. */
  readonly base: number;
  /** The snapshot without clients; of its trends, those that have changed. */
  readonly rest: Omit<Snapshot, "clients">;
  /** Who was not there. */
  readonly added: readonly ClientIdentity[];
  /** What has changed of clients, put together by what it is. */
  readonly changes: readonly ClientChanges[];
  /** What clients met that they had not, all of it. */
  readonly errors: readonly (readonly [number, ClientRecord["errors"]])[];
  /** Operations that clients have done again. */
  readonly signaling: readonly (readonly [number, ClientRecord["signaling"]])[];
}

/** Clients of which the same has changed. */
export interface ClientChanges {
  /** What, as places in the list of all figures, which is the same for the same version. */
  readonly figures: readonly number[];
  /** Of each client its index, and the figures as they are now. */
  readonly rows: readonly (readonly unknown[])[];
}

/** All that changes of a client but for its errors and latencies. */
const FIGURES = [
  ...Object.keys(noFigures()),
  "errorCount",
] as readonly (keyof ClientFigures | "errorCount")[];

const ALL_PLACES = FIGURES.map((_, at) => at);
const PLACES_OF_NUMBERS = NUMBERS.map((name) => FIGURES.indexOf(name));
const OTHER_PLACES = ALL_PLACES.filter((at) => !PLACES_OF_NUMBERS.includes(at));

/** So many snapshots may be on their way: one that is acknowledged later is no base. */
const MAX_ON_THEIR_WAY = 30;

const NOBODY: ReadonlyMap<number, ClientRecord> = new Map();

/** Snapshots that may be the base of others, by sequence. */
class Bases {
  readonly #kept = new Map<number, Snapshot>();
  readonly #clients = new Map<number, ReadonlyMap<number, ClientRecord>>();

  keep(snapshot: Snapshot): void {
    this.#kept.set(snapshot.sequence, snapshot);
    this.#clients.set(
      snapshot.sequence,
      new Map(snapshot.clients.map((client) => [client.index, client])),
    );
  }

  has(sequence: number): boolean {
    return this.#kept.has(sequence);
  }

  clients(sequence: number): ReadonlyMap<number, ClientRecord> {
    return this.#clients.get(sequence) ?? NOBODY;
  }

  trends(sequence: number): Snapshot["trends"] {
    return this.#kept.get(sequence)?.trends ?? {};
  }

  /** Keeps one, and of those after it the latest. */
  forgetAllBut(base: number): void {
    const sequences = [...this.#kept.keys()];
    const oldest = sequences.at(-MAX_ON_THEIR_WAY) ?? 0;
    for (const one of sequences) {
      if (one === base || one >= Math.max(base, oldest)) continue;
      this.#kept.delete(one);
      this.#clients.delete(one);
    }
  }
}

/** The node's end. */
export class ReportWriter {
  readonly #epoch: string;
  readonly #bases = new Bases();
  #base = 0;

  /** `epoch` is another one for each time that the node is started. */
  constructor(epoch: string) {
    this.#epoch = epoch;
  }

  /** Puts a snapshot in terms of the last that was acknowledged. */
  write(snapshot: Snapshot): SnapshotReport {
    const { clients, ...rest } = snapshot;
    this.#bases.keep(snapshot);
    this.#bases.forgetAllBut(this.#base);
    const before = this.#bases.clients(this.#base);
    const trendsBefore = this.#bases.trends(this.#base);
    const added: ClientIdentity[] = [];
    const errors: [number, ClientRecord["errors"]][] = [];
    const signaling: [number, ClientRecord["signaling"]][] = [];
    const changes = new Map<string, ClientChanges & { rows: unknown[][] }>();
    for (const client of clients) {
      const known = before.get(client.index);
      if (known === client) continue;
      const now = readily(client);
      const { index, clientId, roomId, role, node } = now;
      if (known === undefined) {
        added.push({ index, clientId, roomId, role, node });
      }
      const then = known === undefined ? BLANK : readily(known);
      const figures = changedFigures(then, now);
      if (figures.length > 0) {
        const key = figures.join();
        const group = changes.get(key) ?? { figures, rows: [] };
        group.rows.push([index, ...figures.map((at) => now[FIGURES[at]])]);
        changes.set(key, group);
      }
      if (now.errors.length !== then.errors.length) {
        errors.push([index, now.errors]);
      }
      const operations = changedOperations(then, now);
      if (operations !== undefined) signaling.push([index, operations]);
    }
    return {
      epoch: this.#epoch,
      base: this.#base,
      rest: {
        ...rest,
        trends: Object.fromEntries(
          Object.entries(rest.trends).filter(([name, { count }]) =>
            trendsBefore[name]?.count !== count
          ),
        ),
      },
      added,
      changes: [...changes.values()],
      errors,
      signaling,
    };
  }

  /** A snapshot is known at the other end. */
  acknowledge(sequence: number): void {
    if (sequence > this.#base && this.#bases.has(sequence)) {
      this.#base = sequence;
    }
  }
}

/** The other end, of one node. */
export class ReportReader {
  readonly #bases = new Bases();
  readonly #texts = new DepartedShare();
  readonly #table = new RecordTable();
  #epoch: string | undefined;
  #sequence = 0;

  /** The last snapshot that was read; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /**
   * Reads a report: the snapshot that it is of, `"known"` where that is not
   * newer than the last one, `"other"` where it is of another start of the
   * node, and `"gap"` where what it is in terms of is not known.
   */
  read(report: SnapshotReport): Snapshot | "gap" | "known" | "other" {
    const { base, rest, added, changes, errors, signaling } = report;
    this.#epoch ??= report.epoch;
    if (report.epoch !== this.#epoch) return "other";
    if (rest.sequence <= this.#sequence) return "known";
    if (base !== 0 && !this.#bases.has(base)) return "gap";
    const changed = new Map<number, RecordRow>();
    const before = this.#bases.clients(base);
    const change = (index: number): RecordRow => {
      let client = changed.get(index);
      if (client === undefined) {
        client = this.#next(before.get(index)!);
        changed.set(index, client);
      }
      return client;
    };
    for (const identity of added) {
      const client = this.#table.keep({ ...NOTHING, identity });
      changed.set(identity.index, client);
    }
    for (const { figures, rows } of changes) {
      for (const row of rows) {
        const client = change(row[0] as number);
        figures.forEach((at, i) => client.assign(FIGURES[at], row[i + 1]));
      }
    }
    for (const [index, all] of errors) change(index).assign("errors", all);
    for (const [index, operations] of signaling) {
      const client = change(index);
      client.assign("signaling", { ...client.signaling, ...operations });
    }
    const snapshot: Snapshot = {
      ...rest,
      trends: { ...this.#bases.trends(base), ...rest.trends },
      clients: this.#merged(before, changed),
    };
    this.#sequence = rest.sequence;
    this.#bases.keep(snapshot);
    this.#bases.forgetAllBut(base);
    return snapshot;
  }

  /** A record that is yet as the one before; of one that had left, all over again. */
  #next(before: ClientRecord): RecordRow {
    if (before instanceof RecordRow) return this.#table.next(before);
    const { clientId, index, roomId, role, node, ...rest } = plainRecord(
      before,
    );
    const { errors, errorCount, signaling, ...figures } = rest;
    const identity = { clientId, index, roomId, role, node };
    return this.#table.keep(
      { identity, errors, errorCount, signaling, figures },
    );
  }

  #merged(
    before: ReadonlyMap<number, ClientRecord>,
    changed: ReadonlyMap<number, ClientRecord>,
  ): ClientRecord[] {
    const clients = new Map(before);
    for (const [index, client] of changed) {
      clients.set(
        index,
        // Of those that are gone there is no end: they take little room, and
        // hold no table of those that are there.
        isGone(client) ? new DepartedRecord(client, this.#texts) : client,
      );
    }
    return [...clients.values()].sort((a, b) => a.index - b.index);
  }
}

/** What is known of a client of which nothing is. */
const NOTHING = {
  figures: noFigures(),
  ...{ errors: [], errorCount: 0, signaling: {} },
};
const BLANK: ClientRecord = new RecordTable().keep({
  ...NOTHING,
  identity: { clientId: "", index: 0, roomId: "", role: "viewer", node: "" },
});

/** What is packed is unpacked once, for all of it is read. */
function readily(record: ClientRecord): ClientRecord {
  return record instanceof DepartedRecord ? record.toJSON() : record;
}

/** The places of figures that differ. */
function changedFigures(then: ClientRecord, now: ClientRecord): number[] {
  return then instanceof RecordRow && now instanceof RecordRow
    ? [
      ...now.changedSince(then).map((column) => PLACES_OF_NUMBERS[column]),
      ...changedPlaces(OTHER_PLACES, then, now),
    ]
    : changedPlaces(ALL_PLACES, then, now);
}

function changedPlaces(
  looked: readonly number[],
  then: ClientRecord,
  now: ClientRecord,
): number[] {
  const places: number[] = [];
  for (const at of looked) {
    const name = FIGURES[at];
    if (then[name] !== now[name] && !isSameList(then[name], now[name])) {
      places.push(at);
    }
  }
  return places;
}

function isSameList(then: unknown, now: unknown): boolean {
  return Array.isArray(then) && Array.isArray(now) &&
    then.length === now.length && then.every((one, i) => one === now[i]);
}

/** Operations of which there are more; `undefined` where there are none. */
function changedOperations(
  { signaling: then }: ClientRecord,
  { signaling: now }: ClientRecord,
): Record<string, OperationRecord> | undefined {
  if (then === now) return undefined;
  const changed = Object.entries(now).filter(([name, { count }]) =>
    then[name]?.count !== count
  );
  return changed.length === 0 ? undefined : Object.fromEntries(changed);
}
