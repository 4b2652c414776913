/**
 * Splitting a plan over nodes: equal shares first, whole rooms where that
 * can be had. A slot never moves, so a replacement runs where its
 * predecessor ran.
 *
 * @module
 */

import type { ClientPlan, RunPlan } from "./plan.ts";

/**
 * The share of the plan's clients of each of `nodes` nodes. No node gets more than its fair
 * share of slots, rounded up, and a room is divided only where it does not
 * fit whole. The same plan is always split the same way. Throws a
 * `RangeError` when there is no node.
 */
export function splitPlan(
  { clients }: Pick<RunPlan, "clients">,
  nodes: number,
): ClientPlan[][] {
  if (!Number.isSafeInteger(nodes) || nodes < 1) {
    throw new RangeError(
      `Cannot split a plan over ${nodes} nodes: at least one is needed`,
    );
  }
  const nodeOfSlot = placeSlots(slotsByRoom(clients), nodes);
  return Array.from(
    { length: nodes },
    (_, node) => clients.filter(({ slot }) => nodeOfSlot.get(slot) === node),
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
  nodes: number,
): Map<number, number> {
  const placed = new Map<number, number>();
  const loads = new Array<number>(nodes).fill(0);
  const total = rooms.reduce((sum, slots) => sum + slots.length, 0);
  const fairShare = Math.ceil(total / nodes);
  for (const slots of rooms) {
    const idlest = leastLoaded(loads);
    const whole = loads[idlest] + slots.length <= fairShare;
    for (const slot of slots) {
      // One by one, so that a divided room's publishers, which have its
      // lowest slots, are divided too.
      const node = whole ? idlest : leastLoaded(loads);
      placed.set(slot, node);
      loads[node]++;
    }
  }
  return placed;
}

function leastLoaded(loads: readonly number[]): number {
  return loads.indexOf(Math.min(...loads));
}
