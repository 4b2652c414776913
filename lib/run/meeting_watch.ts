/**
 * How long a meeting goes on: media time counts from when those who come
 * first are in, and nothing more comes of it once nobody is left.
 *
 * @module
 */

import type { ClientPlan } from "../load/mod.ts";
import { type ClientRecord, isGone } from "../metrics/mod.ts";
import { lastCause } from "./last_cause.ts";

/** Clients may take this much longer than the ramp before media time counts without them. */
const MAX_SETTLING_MS = 60_000;

/** Decides when a meeting is over. Times are in milliseconds since the run began. */
export class MeetingWatch {
  readonly #plans: ReadonlyMap<number, ClientPlan>;
  readonly #rampEndMs: number;
  readonly #holdMs: number;
  #endMs: number;
  #allIn = false;

  /** Of clients with these plans, who come until `rampEndMs` and then have media for `holdMs`. */
  constructor(
    plans: readonly ClientPlan[],
    rampEndMs: number,
    holdMs: number,
  ) {
    this.#plans = new Map(plans.map((plan) => [plan.index, plan]));
    this.#rampEndMs = rampEndMs;
    this.#holdMs = holdMs;
    this.#endMs = rampEndMs + holdMs;
  }

  /** When it is over, as far as known. */
  get endMs(): number {
    return this.#endMs;
  }

  /** Whether it may be over: everybody who was to come first was seen to be in, or is not waited for any longer. */
  mayEnd(nowMs: number): boolean {
    return this.#allIn || nowMs > this.#rampEndMs + MAX_SETTLING_MS;
  }

  /** Looks at a second's numbers; returns why nothing more can come of it, or `undefined`. */
  onSecond(
    nowMs: number,
    records: readonly ClientRecord[],
  ): string | undefined {
    const clients = records.filter(({ index }) => this.#plans.has(index));
    this.#waitForJoins(nowMs, clients);
    const cause = lastCause(clients);
    return cause !== undefined && this.#hasNobodyLeft(nowMs, clients)
      ? `no client is left: ${cause}`
      : undefined;
  }

  #waitForJoins(nowMs: number, clients: readonly ClientRecord[]): void {
    const sinceRampMs = nowMs - this.#rampEndMs;
    if (sinceRampMs < 0 || sinceRampMs > MAX_SETTLING_MS) return;
    const isFirst = (plan: ClientPlan | undefined) =>
      plan !== undefined && plan.joinAtMs <= this.#rampEndMs;
    const first = clients.filter(({ index }) =>
      isFirst(this.#plans.get(index))
    );
    const joining = first.some((client) =>
      (client.state === "planned" || client.state === "joining") &&
      !client.connectionSuccessful
    );
    this.#allIn = !joining &&
      first.length === [...this.#plans.values()].filter(isFirst).length;
    if (joining) this.#endMs = Math.max(this.#endMs, nowMs + this.#holdMs);
  }

  /** Where everyone's time is over, a meeting just comes to its end. */
  #hasNobodyLeft(nowMs: number, clients: readonly ClientRecord[]): boolean {
    const plans = [...this.#plans.values()];
    return clients.length >= plans.length &&
      clients.every(isGone) &&
      plans.some(({ leaveAtMs }) => (leaveAtMs ?? Infinity) > nowMs);
  }
}
