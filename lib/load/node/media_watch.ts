/**
 * What a client had of the tracks that it wants, look by look: for how long
 * they were due and silent, and whether it lost all of them. Whoever is away
 * is silent: its tracks should come all the same.
 *
 * @module
 */

import { type ClientFigures, hasReceived } from "../../metrics/mod.ts";
import type { TrackFlow } from "../../client/mod.ts";
import type { DrivenClient } from "./client_port.ts";

/** Where a node adds up what no record has. */
interface MediaCounters {
  tracksAwayMs: number;
  tracksOutMs: number;
  tracksUntoldMs: number;
  tracksWithheldMs: number;
}

/** Without media for so long, a client has lost it. */
const LOST_AFTER_MS = 3000;
/** What flowed at one look may have ended so long before it. */
const UNNOTICED_MS = 1000;
/** Looks come once a second; one that comes much later says nothing of the time between. */
const MAX_BETWEEN_MS = 2500;

/** Looks at one client again and again. */
export class MediaWatch {
  #lookedMs = -1;
  /** Tracks that were due when it was last there. */
  #dueBefore = 0;
  /** Since when nothing comes to it that had something; -1 while something does. */
  #sinceMs = -1;
  /** Whether nothing came at the last look. */
  #hadNothing = false;
  /** Until when what it misses is our own doing, unless all flows before. */
  #leftOutUntilMs = -Infinity;

  /**
   * We stood still: until all its tracks flow again, but no longer than until
   * `untilMs`, nothing of what it misses is anybody's.
   */
  leaveOut(untilMs: number): void {
    this.#leftOutUntilMs = untilMs;
  }

  /** Adds to its figures what it had since the last look; its network is out when we have it so. */
  look(
    client: Pick<DrivenClient, "flow" | "isToSend">,
    figures: ClientFigures,
    counters: MediaCounters,
    nowMs: number,
    isNetworkOut = false,
  ): void {
    const ms = this.#lookedMs < 0 ? 0 : nowMs - this.#lookedMs;
    this.#lookedMs = nowMs;
    const flow = this.#flow(client, figures);
    const { due, flowing, withheld, untold, overdue } = flow;
    figures.packetsOverdue = overdue;
    figures.isLeftOut = nowMs < this.#leftOutUntilMs;
    if (figures.isLeftOut) {
      const isWell = figures.state === "connected" && due > 0 &&
        flowing === due;
      if (isWell) this.#leftOutUntilMs = -Infinity;
      figures.packetsOverdue = 0;
      this.#sinceMs = -1;
      this.#hadNothing = false;
      this.#dueBefore = due;
      return;
    }
    const hasNothing = due > 0 && flowing === 0;
    // It is noticed a second after the last packet at the earliest.
    const nothingMs = this.#hadNothing
      ? ms
      : Math.max(ms, Math.min(flow.silentMs, ms + UNNOTICED_MS));
    this.#hadNothing = hasNothing;
    const isOnTime = ms <= MAX_BETWEEN_MS;
    if (isOnTime) {
      if (figures.state === "connected" && client.isToSend) {
        figures.sendDueMs += ms;
      }
      const silent = due - flowing;
      figures.tracksDueMs += due * ms;
      figures.tracksSilentMs += silent * ms;
      counters.tracksWithheldMs += withheld * ms;
      if (isNetworkOut) counters.tracksOutMs += silent * ms;
      else if (figures.isAway) counters.tracksAwayMs += silent * ms;
      else counters.tracksUntoldMs += untold * ms;
      if (hasNothing) figures.withoutMediaMs += nothingMs;
    }
    this.#noteLoss(
      hasNothing,
      figures,
      isOnTime ? nowMs - nothingMs : nowMs,
    );
    this.#dueBefore = due;
  }

  #flow(
    client: Pick<DrivenClient, "flow">,
    { isAway }: ClientFigures,
  ): TrackFlow {
    const flow = client.flow();
    return isAway && flow.due < this.#dueBefore
      ? { ...flow, due: this.#dueBefore }
      : flow;
  }

  #noteLoss(
    hasNothing: boolean,
    figures: ClientFigures,
    sinceMs: number,
  ): void {
    if (!hasNothing) {
      this.#sinceMs = -1;
      figures.hasLostMedia = false;
      return;
    }
    // Who never had any has not lost it.
    if (!hasReceived(figures)) return;
    if (this.#sinceMs < 0) this.#sinceMs = sinceMs;
    if (
      figures.hasLostMedia || this.#lookedMs - this.#sinceMs < LOST_AFTER_MS
    ) {
      return;
    }
    figures.hasLostMedia = true;
    figures.mediaLosses++;
  }
}
