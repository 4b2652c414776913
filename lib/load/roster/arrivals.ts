/**
 * Who comes: how many, when, where, and with which networks.
 *
 * @module
 */

import type { Impairment } from "../../impairment/mod.ts";
import {
  checkShares,
  drawNetworks,
  type WantedNetwork,
  wantedOf,
} from "../plan/impaired_plan.ts";
import {
  impairedCount,
  type ImpairmentShare,
} from "../plan/impairment_share.ts";
import { evenRooms, freeSlots } from "../plan/places.ts";
import { clientNames, type ClientPlan, later, makePlan } from "../plan/plan.ts";
import { rampAndHold, type Stage } from "../plan/profile.ts";
import { resumeRandom } from "../plan/random.ts";
import type { Member, Newcomers, Role, Roster, RosterStep } from "./roster.ts";

/** Who comes. What is left out is as the settings say. */
export interface Coming extends Partial<Newcomers> {
  /** How many, when. */
  readonly stages: readonly Stage[];
  /** The share of them that publishes, whatever their role. */
  readonly publishRatio?: number | undefined;
  /** Departures a second once the first stage is over, each replaced. @default {0} */
  readonly churnRate?: number | undefined;
  /** Bad networks for shares of exactly these, in place of the settings' one. */
  readonly networks?: readonly ImpairmentShare[] | undefined;
  /** For how long each tries to come back from a loss, in milliseconds. @default {until it leaves} */
  readonly patienceMs?: number | undefined;
}

/** Whom to add. What is left out is as the settings say. */
export interface SpawnOptions {
  /** The room's id, or what the ids of several begin with. */
  readonly room?: string | undefined;
  /** Number of rooms; a room that is named is one. */
  readonly rooms?: number | undefined;
  /** Whether they send media of their own. */
  readonly role?: Role | undefined;
  /** They join evenly over this time. */
  readonly overMs?: number | undefined;
}

/** `count` more clients, at once or evenly over a time. */
export function spawned(
  roster: Roster,
  count: number,
  nowMs: number,
  { overMs = 0, ...options }: SpawnOptions = {},
): RosterStep {
  return played(
    roster,
    { ...options, stages: rampAndHold(count, overMs, 0) },
    nowMs,
  );
}

/** Clients who come, and may go, by a profile. Throws a `RangeError` for numbers that make no sense. */
export function played(
  roster: Roster,
  coming: Coming,
  nowMs: number,
): RosterStep {
  const { settings, streams, members } = roster;
  const { room = settings.room, role = settings.role, publishRatio } = coming;
  const rooms = coming.rooms ??
    (coming.room === undefined ? settings.rooms : 1);
  const media = coming.media ?? settings.media;
  const churn = resumeRandom(streams.churn);
  const { clients } = makePlan({
    ...media,
    stages: coming.stages,
    room,
    rooms,
    publishRatio: publishRatio ?? 1,
    churnRate: coming.churnRate ?? 0,
    seed: 0,
  }, churn.random);
  const slots = [...new Set(clients.map(({ slot }) => slot))];
  const placed = freeSlots(members, slots.length);
  const roomIds = evenRooms(members, slots.length, room, rooms);
  const drawn = networksOf(roster, slots, coming.networks, roomIds);
  return added(
    {
      ...roster,
      shared: drawn.shared,
      streams: { churn: churn.state(), impairments: drawn.state },
    },
    clients.map((client) => ({
      slot: placed[client.slot],
      roomId: roomIds[client.slot],
      role: publishRatio === undefined ? role : client.role,
      joinAtMs: client.joinAtMs,
      leaveAtMs: client.leaveAtMs,
      media,
      impairment: drawn.networks.get(client.slot),
      patienceMs: coming.patienceMs,
    })),
    nowMs,
  );
}

/** Clients with plans of their own, numbered on from those who are there; places that they share they share here, too. */
export function entered(
  roster: Roster,
  clients: readonly ClientPlan[],
  nowMs: number,
): RosterStep {
  const slots = [...new Set(clients.map(({ slot }) => slot))];
  const free = freeSlots(roster.members, slots.length);
  const placed = new Map(slots.map((slot, i) => [slot, free[i]]));
  return added(
    roster,
    clients.map(({ slot, participantName: name, ...client }) => ({
      ...client,
      name,
      slot: placed.get(slot)!,
    })),
    nowMs,
  );
}

/** A client as it is asked for, in its place; its times count from now. */
type Placed =
  & Omit<ClientPlan, "clientId" | "index" | "participantName">
  & { readonly name?: string };

/** Numbers them on from those that are there. */
function added(
  roster: Roster,
  clients: readonly Placed[],
  nowMs: number,
): RosterStep {
  const { nextIndex, firstNumber } = roster;
  const joining = clients.map((
    { name, impairment, patienceMs, ...rest },
    i,
  ) => ({
    ...rest,
    ...clientNames(nextIndex + i + firstNumber, name),
    index: nextIndex + i,
    ...(impairment !== undefined && { impairment }),
    ...(patienceMs !== undefined && { patienceMs }),
  }));
  const members = joining.map((plan): Member => ({
    ...later(plan, nowMs),
    silent: [],
  }));
  return {
    roster: {
      ...roster,
      members: [...roster.members, ...members],
      nextIndex: nextIndex + clients.length,
    },
    joining,
    leaving: [],
  };
}

/** Bad networks for these slots, and what that makes of the share of all. */
function networksOf(
  { settings: { network }, shared, streams, members }: Roster,
  slots: readonly number[],
  own: readonly ImpairmentShare[] | undefined,
  roomIds: readonly string[],
): {
  readonly networks: ReadonlyMap<number, Impairment>;
  readonly shared: Roster["shared"];
  readonly state: number;
} {
  const { random, state } = resumeRandom(streams.impairments);
  const draw = (
    wanted: readonly WantedNetwork[],
    has?: (roomId: string) => number,
  ) =>
    wanted.length === 0
      ? NOBODY
      : drawNetworks(slots, wanted, random, (slot) => roomIds[slot], has);
  if (own !== undefined || network === undefined) {
    checkShares(own ?? []);
    const networks = draw(
      (own ?? []).map((share) => wantedOf(slots.length, share)),
    );
    return { networks, shared, state: state() };
  }
  const { impairment, share, perRoom } = network;
  if (perRoom !== undefined) {
    const has = (room: string) =>
      members.filter(({ roomId, impairment }) =>
        roomId === room && impairment !== undefined
      ).length;
    const networks = draw([{ impairment, count: 0, perRoom }], has);
    return { networks, shared, state: state() };
  }
  const came = shared.came + slots.length;
  const count = Math.max(0, impairedCount(came, share) - shared.impaired);
  const networks = draw([{ impairment, count }]);
  return {
    networks,
    shared: { came, impaired: shared.impaired + networks.size },
    state: state(),
  };
}

const NOBODY: ReadonlyMap<number, Impairment> = new Map();
