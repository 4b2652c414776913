/**
 * Who has which bad network, drawn by the plan's seed.
 *
 * @module
 */

import { checkImpairment, type Impairment } from "../impairment/mod.ts";
import type { RunPlan } from "./plan.ts";
import { createRandom, type Random } from "./random.ts";

/** A bad network for a share of the clients. */
export interface ImpairmentShare {
  /** What their network does to packets. */
  readonly impairment: Impairment;
  /** How many of all, from 0 to 1; rounded, but at least one. */
  readonly share: number;
}

/**
 * The plan with bad networks: each share gets clients of its own, and the
 * replacement of one that leaves has the same network. The same plan gives
 * the same clients the same networks. Throws a `RangeError` for an impairment
 * or for shares that cannot be.
 */
export function withImpairments(
  plan: RunPlan,
  shares: readonly ImpairmentShare[],
): RunPlan {
  checkShares(shares);
  if (shares.length === 0) return plan;
  const slots = [...new Set(plan.clients.map(({ slot }) => slot))];
  const drawn = shuffled(slots, createRandom(plan.seed, "impairments"));
  const networks = new Map<number, Impairment>();
  for (const { impairment, share } of shares) {
    const count = share === 0
      ? 0
      : Math.max(1, Math.round(slots.length * share));
    for (const slot of drawn.splice(0, count)) networks.set(slot, impairment);
  }
  return {
    ...plan,
    clients: plan.clients.map((client) => {
      const impairment = networks.get(client.slot);
      return impairment === undefined ? client : { ...client, impairment };
    }),
  };
}

function checkShares(shares: readonly ImpairmentShare[]): void {
  let sum = 0;
  for (const { impairment, share } of shares) {
    checkImpairment(impairment);
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(
        `Cannot impair a share of ${share}: it goes from 0 to 1`,
      );
    }
    sum += share;
  }
  // Thirds do not add up to one exactly.
  if (sum > 1 + 1e-9) {
    throw new RangeError(
      `Cannot impair ${
        Math.round(sum * 100)
      } % of the clients: shares come to 100 % at most`,
    );
  }
}

/** Fisher and Yates: every order is as likely as any other. */
function shuffled(values: readonly number[], random: Random): number[] {
  const order = [...values];
  for (let i = order.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [order[i], order[k]] = [order[k], order[i]];
  }
  return order;
}
