/**
 * The book of several nodes: what each reported of each second of the run
 * that is not over for all, and what they come to together at its end.
 *
 * @module
 */

import { mergeSnapshots, type Snapshot } from "./snapshot.ts";

/** What nodes reported, until all have of the same second. */
export class SnapshotBook {
  /** Of each node the last that was put together with others', and all after it, in order. */
  readonly #reports = new Map<string, Snapshot[]>();
  /** Of each node the last that was put together with others'. */
  readonly #told = new Map<string, Snapshot>();
  readonly #keepsWhole: boolean;
  #second = 0;

  /** With `keepsWhole` nodes that were put together can be told apart again. */
  constructor(keepsWhole = false) {
    this.#keepsWhole = keepsWhole;
  }

  /** The last second that was put together, or passed over; 0 before the first. */
  get second(): number {
    return this.#second;
  }

  /** Enters a snapshot; one that is not newer than its node's last is ignored. */
  add(snapshot: Snapshot): void {
    const { node, sequence } = snapshot;
    const reports = this.#reports.get(node) ?? [];
    if ((reports.at(-1)?.sequence ?? 0) >= sequence) return;
    this.#reports.set(node, [...reports, snapshot]);
  }

  /** The last snapshot of one node; `undefined` before its first. */
  latest(node: string): Snapshot | undefined {
    return this.#reports.get(node)?.at(-1);
  }

  /**
   * The next second that all of these nodes have reported, or passed;
   * `undefined` while one of them has not.
   */
  complete(nodes: readonly string[]): number | undefined {
    if (nodes.length === 0) return undefined;
    const last = Math.min(
      ...nodes.map((node) => this.latest(node)?.second ?? 0),
    );
    if (last <= this.#second) return undefined;
    // One that could not report for a while tells of several at once.
    for (let second = this.#second + 1; second < last; second++) {
      const all = nodes.every((node) =>
        this.#reports.get(node)!.some((report) => report.second === second)
      );
      if (all) return second;
    }
    return last;
  }

  /** Whether a node has reported anything up to this second that was not put together yet. */
  hasNewsOf(second: number): boolean {
    return this.#reports.entries().some(([node, reports]) =>
      reports.findLast((report) => report.second <= second) !==
        this.#told.get(node)
    );
  }

  /** Passes over a second of which nobody has reported: it goes with the next. */
  passOver(second: number): void {
    this.#second = second;
  }

  /** All nodes together at the end of a second, as far as they have reported by then; what was before is forgotten. */
  at(second: number): Snapshot {
    this.#second = second;
    const now: Snapshot[] = [];
    for (const [node, reports] of this.#reports) {
      const upTo = reports.findLastIndex((report) => report.second <= second);
      if (upTo < 0) continue;
      now.push(reports[upTo]);
      this.#told.set(node, reports[upTo]);
      this.#reports.set(node, reports.slice(upTo));
    }
    return mergeSnapshots(now, this.#keepsWhole);
  }
}
