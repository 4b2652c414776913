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
  const rooms = new Map(plan.clients.map(({ slot, roomId }) => [slot, roomId]));
  const slots = [...rooms.keys()];
  const networks = drawNetworks(
    slots,
    shares.map((share) => wantedOf(slots.length, share)),
    random,
    (slot) => rooms.get(slot)!,
  );
  return {
    ...plan,
    clients: plan.clients.map((client) => {
      const impairment = networks.get(client.slot);
      return impairment === undefined ? client : { ...client, impairment };
    }),
  };
}

/** A bad network for so many of all, or of each room. */
export interface WantedNetwork {
  readonly impairment: Impairment;
  readonly count: number;
  readonly perRoom?: number | undefined;
}

/** How many of so many have it. */
export function wantedOf(
  count: number,
  { impairment, share, perRoom }: ImpairmentShare,
): WantedNetwork {
  return { impairment, count: impairedCount(count, share), perRoom };
}

/** Bad networks for so many of these, each with one at most; of a room, `has` says how many others in it have one. */
export function drawNetworks(
  values: readonly number[],
  networks: readonly WantedNetwork[],
  random: Random,
  roomOf: (value: number) => string,
  has: (roomId: string) => number = () => 0,
): ReadonlyMap<number, Impairment> {
  let drawn = shuffled(values, random);
  const chosen = new Map<number, Impairment>();
  for (const { impairment, count, perRoom } of networks) {
    const taken = perRoom === undefined
      ? drawn.slice(0, count)
      : eachRoom(drawn, perRoom, roomOf, has);
    for (const value of taken) chosen.set(value, impairment);
    drawn = drawn.filter((value) => !chosen.has(value));
  }
  return chosen;
}

/** The first so many of each room. */
function eachRoom(
  values: readonly number[],
  perRoom: number,
  roomOf: (value: number) => string,
  has: (roomId: string) => number,
): number[] {
  const counts = new Map<string, number>();
  return values.filter((value) => {
    const room = roomOf(value);
    const count = counts.get(room) ?? has(room);
    counts.set(room, count + 1);
    return count < perRoom;
  });
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
