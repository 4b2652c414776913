/**
 * The coordinator's side of what happens at an agent: each event is taken once
 * and in its order, whichever reports come.
 *
 * @module
 */

import type { Report } from "./messages.ts";

/** What has come of one agent. */
export class ReportInbox {
  #events = 0;

  /** Events that were taken so far. */
  get events(): number {
    return this.#events;
  }

  /** Takes a report in; returns what happened since the last that was taken. */
  take(
    { firstEvent, events }: Pick<Report, "events" | "firstEvent">,
  ): readonly unknown[] {
    const known = this.#events - firstEvent;
    // What is before these has not come yet.
    if (known < 0) return [];
    const fresh = events.slice(known);
    this.#events += fresh.length;
    return fresh;
  }
}
