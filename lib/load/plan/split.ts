/**
 * Splitting a plan over nodes: equal shares first, whole rooms where that
 * can be had. A slot never moves, so a replacement runs where its
 * predecessor ran.
 *
 * @module
 */

import type { ClientPlan, RunPlan } from "./plan.ts";

/**
 * The share of the plan's clients of each of several nodes, by what they can
 * carry in proportion: `[1, 1]` are equal halves. No node gets more than its
 * fair share of slots, rounded up, and a room is divided only where it does
 * not fit whole. The same plan is always split the same way. Throws a
 * `RangeError` when there is no node, or one that can carry nothing.
 */
export function splitPlan(
  { clients }: Pick<RunPlan, "clients">,
  weights: readonly number[],
): ClientPlan[][] {
  if (weights.length === 0 || !weights.every((weight) => weight > 0)) {
    throw new RangeError(
      `Cannot split a plan over nodes that carry [${weights.join()}]: at least one is needed, and each must carry something`,
    );
  }
  const nodeOfSlot = placeSlots(slotsByRoom(clients), weights);
  return weights.map((_, node) =>
    clients.filter(({ slot }) => nodeOfSlot.get(slot) === node)
  );
}

/** The slots of each room, in order of the plan; as slots are dealt to rooms in turn, no later room is larger. */
function slotsByRoom(clients: readonly ClientPlan[]): number[][] {
  const rooms = new Map<string, Set<number>>();
  for (const { roomId, slot } of clients) {
    rooms.set(roomId, (rooms.get(roomId) ?? new Set()).add(slot));
  }
  return [...rooms.values()].map((slots) => [...slots]);
}

function placeSlots(
  rooms: readonly (readonly number[])[],
  weights: readonly number[],
): Map<number, number> {
  const placed = new Map<number, number>();
  const loads = weights.map(() => 0);
  const slots = rooms.reduce((sum, slots) => sum + slots.length, 0);
  const weight = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((one) => Math.ceil(slots * one / weight));
  /** Who would be least loaded with so many more, of those for whom that is no more than their share. */
  const idlest = (more: number): number | undefined =>
    weights.map((_, node) => node)
      .filter((node) => loads[node] + more <= shares[node])
      .reduce<number | undefined>(
        (best, node) =>
          best !== undefined &&
            (loads[best] + more) / weights[best] <=
              (loads[node] + more) / weights[node]
            ? best
            : node,
        undefined,
      );
  for (const slots of rooms) {
    const whole = idlest(slots.length);
    for (const slot of slots) {
      // One by one, so that a divided room's publishers, which have its
      // lowest slots, are divided too.
      const node = whole ?? idlest(1)!;
      placed.set(slot, node);
      loads[node]++;
    }
  }
  return placed;
}
