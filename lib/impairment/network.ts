/**
 * The network between one client and the server: a link each way while it is
 * impaired, nothing while it is not, and the counts of what was done. It may
 * change at any time; whoever moves packets watches it.
 *
 * @module
 */

import type { Impairment, LinkImpairment } from "./impairment.ts";
import { Link, type LinkCounts } from "./link.ts";

/** From the server to the client, or from the client to the server. */
export type Direction = "inbound" | "outbound";

/** The network between one client and the server. */
export class Network {
  /** What was done to packets that arrived. */
  readonly inboundCounts: LinkCounts = noCounts();
  /** What was done to packets that were sent. */
  readonly outboundCounts: LinkCounts = noCounts();
  readonly #random: (direction: Direction) => () => number;
  readonly #watchers = new Set<() => void>();
  readonly #draws = new Map<Direction, () => number>();
  #inbound: Link | undefined;
  #outbound: Link | undefined;
  /** When an outage ended because the impairment changed; -1 before. */
  #endedMs = -1;

  /** `random` gives the stream of chance of each direction, which goes on when the impairment changes. */
  constructor(random: (direction: Direction) => () => number) {
    this.#random = random;
  }

  /** What packets that arrive go through; `undefined` while that is nothing. */
  get inbound(): Link | undefined {
    return this.#inbound;
  }

  /** What packets that are sent go through; `undefined` while that is nothing. */
  get outbound(): Link | undefined {
    return this.#outbound;
  }

  /** Whether packets go through a link in any direction. */
  get isImpaired(): boolean {
    return this.#inbound !== undefined || this.#outbound !== undefined;
  }

  /** Whether nothing goes through in one direction or the other at this time. */
  isOut(nowMs: number): boolean {
    return this.#inbound?.isOut(nowMs) === true ||
      this.#outbound?.isOut(nowMs) === true;
  }

  /** When it was back after the last outage that is over at this time; -1 without one. */
  restoredMs(nowMs: number): number {
    return Math.max(
      this.#endedMs,
      this.#inbound?.outageEndedMs(nowMs) ?? -1,
      this.#outbound?.outageEndedMs(nowMs) ?? -1,
    );
  }

  /** Impairs it from `nowMs` on, in place of what was; `null` ends that. */
  impair(impairment: Impairment | null, nowMs: number): void {
    this.#endedMs = this.isOut(nowMs) ? nowMs : this.restoredMs(nowMs);
    const { inbound, outbound } = impairment ?? {};
    const phase = hasOutages(inbound) || hasOutages(outbound)
      ? this.#draw("inbound")()
      : 0;
    this.#inbound = this.#link("inbound", inbound, nowMs, phase);
    this.#outbound = this.#link("outbound", outbound, nowMs, phase);
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Calls `onChange` whenever it changes, until what is returned is called. */
  watch(onChange: () => void): () => void {
    // The same function may watch twice.
    const watcher = () => onChange();
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Outages that come again are `phase` of the time between two of them on, both ways alike. */
  #link(
    direction: Direction,
    impairment: LinkImpairment | undefined,
    nowMs: number,
    phase: number,
  ): Link | undefined {
    if (impairment === undefined) return undefined;
    const startMs = nowMs - phase * (impairment.outageEveryMs ?? 0);
    return new Link(impairment, this.#draw(direction), startMs);
  }

  #draw(direction: Direction): () => number {
    const known = this.#draws.get(direction);
    if (known !== undefined) return known;
    const fresh = this.#random(direction);
    this.#draws.set(direction, fresh);
    return fresh;
  }
}

function hasOutages(impairment: LinkImpairment | undefined): boolean {
  return impairment?.outageEveryMs !== undefined;
}

function noCounts(): LinkCounts {
  return { packets: 0, dropped: 0, delayed: 0, duplicated: 0, unfinished: 0 };
}
