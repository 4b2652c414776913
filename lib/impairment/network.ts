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

/** Who has no path yet when NAT is to change its ports once has the first ones for so long: the others come meanwhile. */
const REBIND_AFTER_MS = 1000;

/** The network between one client and the server. */
export class Network {
  /** What was done to packets that arrived. */
  readonly inboundCounts: LinkCounts = noCounts();
  /** What was done to packets that were sent. */
  readonly outboundCounts: LinkCounts = noCounts();
  /** SSRCs of repeats on their way to the client (RFC 4588), as 32-bit integers. */
  readonly repeats: Set<number> = new Set();
  readonly #random: (direction: Direction) => () => number;
  readonly #watchers = new Set<() => void>();
  readonly #draws = new Map<Direction, () => number>();
  #inbound: Link | undefined;
  #outbound: Link | undefined;
  /** Source ports that NAT has changed so far; whoever has the sockets counts. */
  rebinds = 0;
  #paths = 0;
  #isMediaOnly = false;
  /** When it was impaired as it is. */
  #sinceMs = 0;
  /** When NAT changes the ports once; `undefined` as long as there is none to change. */
  #rebindMs: number | undefined = Infinity;
  #rebindEveryMs = Infinity;
  /** From when those count that come again. */
  #rebindFromMs = 0;
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

  /** Whether signaling goes past the links. */
  get isMediaOnly(): boolean {
    return this.#isMediaOnly;
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
    this.#isMediaOnly = impairment?.mediaOnly === true;
    const { rebind = false, rebindEveryMs = Infinity } = impairment ?? {};
    this.#sinceMs = nowMs;
    this.#rebindMs = !rebind ? Infinity : this.#paths > 0 ? nowMs : undefined;
    this.#rebindEveryMs = rebindEveryMs;
    this.#rebindFromMs = rebindEveryMs === Infinity
      ? nowMs
      : nowMs - this.#draw("outbound")() * rebindEveryMs;
    for (const watcher of [...this.#watchers]) {
      // The one before may have ended it.
      if (this.#watchers.has(watcher)) watcher();
    }
  }

  /** There is a path with ports of its own, until what is returned is called. */
  openPath(nowMs: number): () => void {
    this.#paths++;
    this.#rebindMs ??= nowMs + REBIND_AFTER_MS;
    return () => this.#paths--;
  }

  /** When NAT changes ports next that are the same since `portsMs`; `Infinity` if never again. */
  nextRebindMs(portsMs: number): number {
    const onceMs = this.#rebindMs ?? Infinity;
    const onceDueMs = onceMs > portsMs ? onceMs : Infinity;
    const everyMs = this.#rebindEveryMs;
    if (everyMs === Infinity) return onceDueMs;
    const afterMs = Math.max(portsMs, this.#sinceMs);
    const past = Math.floor((afterMs - this.#rebindFromMs) / everyMs);
    return Math.min(onceDueMs, this.#rebindFromMs + (past + 1) * everyMs);
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
  return {
    packets: 0,
    dropped: 0,
    droppedRepeats: 0,
    delayed: 0,
    duplicated: 0,
    unfinished: 0,
  };
}
