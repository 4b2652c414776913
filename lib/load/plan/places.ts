/**
 * Places: where newcomers go among those who are there.
 *
 * @module
 */

import type { ClientPlan } from "./plan.ts";

/** A place in the crowd, and its room; who replaces another one has the same. */
export type Place = Pick<ClientPlan, "roomId" | "slot">;

/** So many places that nobody has, the lowest first. */
export function freeSlots(members: readonly Place[], count: number): number[] {
  const taken = new Set(members.map(({ slot }) => slot));
  const free: number[] = [];
  for (let slot = 0; free.length < count; slot++) {
    if (!taken.has(slot)) free.push(slot);
  }
  return free;
}

/** The rooms of so many more: those with the fewest people, in turn. */
export function evenRooms(
  members: readonly Place[],
  count: number,
  room: string,
  rooms: number,
): string[] {
  if (rooms === 1) return new Array<string>(count).fill(room);
  const places = new Map(members.map(({ slot, roomId }) => [slot, roomId]));
  const filled = new Map<string, number>();
  for (const roomId of places.values()) {
    filled.set(roomId, (filled.get(roomId) ?? 0) + 1);
  }
  const ids = Array.from({ length: rooms }, (_, i) => `${room}-${i}`);
  const chosen: string[] = [];
  for (let level = 0; chosen.length < count; level++) {
    for (const id of ids) {
      if (chosen.length < count && (filled.get(id) ?? 0) <= level) {
        chosen.push(id);
      }
    }
  }
  return chosen;
}
