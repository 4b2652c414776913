/**
 * Who has which bad network, drawn by the plan's seed.
 *
 * @module
 */

import { checkImpairment, type Impairment } from "../../impairment/mod.ts";
import {
  impairedCount,
  type ImpairmentShare,
  shareProblem,
} from "./impairment_share.ts";
import type { RunPlan } from "./plan.ts";
import { createRandom, type Random } from "./random.ts";

/**
 * The plan with bad networks: each share gets clients of its own, and the
 * replacement of one that leaves has the same network. The same plan gives
 * the same clients the same networks. Throws a `RangeError` for an impairment
 * or for shares that cannot be.
 */
export function withImpairments(
  plan: RunPlan,
  shares: readonly ImpairmentShare[],
  random: Random = createRandom(plan.seed, "impairments"),
): RunPlan {
  checkShares(shares);
  if (shares.length === 0) return plan;
  const slots = [...new Set(plan.clients.map(({ slot }) => slot))];
  const networks = drawNetworks(
    slots,
    shares.map(({ impairment, share }) => ({
      impairment,
      count: impairedCount(slots.length, share),
    })),
    random,
  );
  return {
    ...plan,
    clients: plan.clients.map((client) => {
      const impairment = networks.get(client.slot);
      return impairment === undefined ? client : { ...client, impairment };
    }),
  };
}

/** Bad networks for so many of these, each with one at most. */
export function drawNetworks(
  values: readonly number[],
  networks: readonly {
    readonly impairment: Impairment;
    readonly count: number;
  }[],
  random: Random,
): ReadonlyMap<number, Impairment> {
  const drawn = shuffled(values, random);
  return new Map(
    networks.flatMap(({ impairment, count }) =>
      drawn.splice(0, count).map((value) => [value, impairment] as const)
    ),
  );
}

/** Throws a `RangeError` for an impairment or for shares that cannot be. */
export function checkShares(shares: readonly ImpairmentShare[]): void {
  for (const { impairment, share } of shares) {
    checkImpairment(impairment);
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(
        `Cannot impair a share of ${share}: it goes from 0 to 1`,
      );
    }
  }
  const problem = shareProblem(shares);
  if (problem !== undefined) {
    throw new RangeError(`Cannot impair so many clients: ${problem}`);
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
