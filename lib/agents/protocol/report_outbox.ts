/**
 * What happened at an agent, until it is acknowledged that the coordinator
 * knows it.
 *
 * @module
 */

import { MAX_EVENTS, type Report } from "./messages.ts";

/** What is to be told. */
export class ReportOutbox<Event> {
  readonly #events: Event[] = [];
  #firstEvent = 0;

  /** Whether anything has happened that the coordinator may not know. */
  get hasEvents(): boolean {
    return this.#events.length > 0;
  }

  /** Something happened. */
  add(event: Event): void {
    this.#events.push(event);
  }

  /** What the next report says of it. */
  next(): Pick<Report, "events" | "firstEvent"> {
    return {
      firstEvent: this.#firstEvent,
      events: this.#events.slice(0, MAX_EVENTS),
    };
  }

  /** The coordinator has so many events, all together. */
  acknowledge(events: number): void {
    const known = Math.min(events - this.#firstEvent, this.#events.length);
    if (known <= 0) return;
    this.#events.splice(0, known);
    this.#firstEvent += known;
  }
}
