/**
 * The load that the session wants: who should be there, who is due to leave,
 * and what those who come will do. Pure: each function gives the next load
 * and what to have done about it.
 *
 * @module
 */

import type {
  ClientPlan,
  Fps,
  Impairment,
  ImpairmentShare,
  MediaPlan,
  Quality,
} from "../../tool.ts";
import { nextChance, unitOf } from "./chance.ts";

/** What a client is by default. */
export type Role = "publisher" | "viewer";

/** What future clients are like. */
export interface Settings {
  /** The room's id, or what the ids of several begin with. */
  readonly room: string;
  readonly rooms: number;
  readonly role: Role;
  readonly media: MediaPlan;
  /** Each of them has this bad network with the chance that is its share. @default {a good one} */
  readonly network?: ImpairmentShare | undefined;
}

/** A client that should be there. */
export interface Member {
  readonly index: number;
  readonly slot: number;
  readonly roomId: string;
  readonly role: Role;
  readonly media: MediaPlan;
  /** Kinds of media that it was told not to send. */
  readonly silent: readonly ("audio" | "video")[];
  /** What its network does to packets. @default {nothing} */
  readonly impairment?: Impairment | undefined;
}

/** A client that is to leave later. */
export interface Leaver {
  readonly atMs: number;
  readonly index: number;
}

/** People leave and others take their places. */
export interface Churn {
  /** Departures a second. */
  readonly ratePerSec: number;
  readonly nextMs: number;
}

/** Everybody who should be there, and what is to become of them. */
export interface Load {
  readonly settings: Settings;
  /** In order of joining. */
  readonly members: readonly Member[];
  readonly nextIndex: number;
  /** By time. */
  readonly leavers: readonly Leaver[];
  readonly churn: Churn | undefined;
  /** The state of the dice. */
  readonly chance: number;
}

/** A load, and who has to join and leave for it. */
export interface LoadStep {
  readonly load: Load;
  readonly joining: readonly ClientPlan[];
  readonly leaving: readonly number[];
}

/** Whom to add. What is left out is as the settings say. */
export interface SpawnOptions {
  readonly room?: string | undefined;
  readonly rooms?: number | undefined;
  readonly role?: Role | undefined;
  /** They join evenly over this time. */
  readonly overMs?: number | undefined;
}

/** Most clients at once. */
export const MAX_CLIENTS = 100_000;

/** More departures at once than this are not made up for after a stall. */
const MAX_CHURN_BURST = 100;

/** A load of nobody. */
export function newLoad(settings: Settings, seed: number): Load {
  return {
    settings,
    members: [],
    nextIndex: 0,
    leavers: [],
    churn: undefined,
    chance: seed,
  };
}

/** `count` more clients. */
export function spawned(
  load: Load,
  count: number,
  options: SpawnOptions = {},
): LoadStep {
  const { settings, members, nextIndex } = load;
  const rooms = options.rooms ??
    (options.room === undefined ? settings.rooms : 1);
  const room = options.room ?? settings.room;
  const gapMs = (options.overMs ?? 0) / count;
  const taken = new Set(members.map(({ slot }) => slot));
  const added: Member[] = [];
  let { chance } = load;
  for (let slot = 0; added.length < count; slot++) {
    if (taken.has(slot)) continue;
    const { network } = settings;
    if (network !== undefined) chance = nextChance(chance);
    added.push({
      index: nextIndex + added.length,
      slot,
      roomId: rooms > 1 ? `${room}-${slot % rooms}` : room,
      role: options.role ?? settings.role,
      media: settings.media,
      silent: [],
      ...(network !== undefined && unitOf(chance) < network.share
        ? { impairment: network.impairment }
        : {}),
    });
  }
  return {
    load: {
      ...load,
      members: [...members, ...added],
      nextIndex: nextIndex + count,
      chance,
    },
    joining: added.map((member, i) => planOf(member, Math.round(i * gapMs))),
    leaving: [],
  };
}

/** These leave at once. */
export function dropped(load: Load, indices: readonly number[]): LoadStep {
  const gone = new Set(indices);
  const leaving = load.members.map(({ index }) => index)
    .filter((index) => gone.has(index));
  return {
    load: {
      ...load,
      members: load.members.filter(({ index }) => !gone.has(index)),
      leavers: load.leavers.filter(({ index }) => !gone.has(index)),
    },
    joining: [],
    leaving,
  };
}

/** As many clients as `target` in the end, evenly over `durationMs`; the newest leave first. */
export function ramped(
  load: Load,
  target: number,
  durationMs: number,
  nowMs: number,
  options: SpawnOptions = {},
): LoadStep {
  const settled = { ...load, leavers: [] };
  const change = target - load.members.length;
  if (change > 0) {
    return spawned(settled, change, { ...options, overMs: durationMs });
  }
  const gapMs = durationMs / -change;
  const leavers = load.members.slice(target).reverse().map((
    { index },
    i,
  ) => ({ index, atMs: nowMs + (i + 1) * gapMs }));
  return {
    load: { ...settled, leavers: change === 0 ? [] : leavers },
    joining: [],
    leaving: [],
  };
}

/** So many departures a second from now on, each replaced; 0 is none. */
export function churned(load: Load, ratePerSec: number, nowMs: number): Load {
  return {
    ...load,
    churn: ratePerSec > 0
      ? { ratePerSec, nextMs: nowMs + 1000 / ratePerSec }
      : undefined,
  };
}

/** What time brings: who is due to leave, and who churns. `undefined` when nothing is due. */
export function due(load: Load, nowMs: number): LoadStep | undefined {
  const leaving = load.leavers.filter(({ atMs }) => atMs <= nowMs);
  const churns = load.churn !== undefined && load.churn.nextMs <= nowMs;
  if (leaving.length === 0 && !churns) return undefined;
  const left = dropped(load, leaving.map(({ index }) => index));
  if (!churns) return left;
  const swapped = churnAt(left.load, nowMs);
  return {
    load: swapped.load,
    joining: swapped.joining,
    leaving: [...left.leaving, ...swapped.leaving],
  };
}

/** These members, changed. */
export function changed(
  load: Load,
  indices: readonly number[],
  change: (member: Member) => Member,
): Load {
  const wanted = new Set(indices);
  return {
    ...load,
    members: load.members.map((member) =>
      wanted.has(member.index) ? change(member) : member
    ),
  };
}

/** The next load with another quality for these. */
export function withQuality(
  load: Load,
  indices: readonly number[],
  quality: Quality,
  fps: Fps,
): Load {
  return changed(load, indices, (member) => ({
    ...member,
    media: { ...member.media, quality, fps },
  }));
}

function churnAt(load: Load, nowMs: number): LoadStep {
  const { ratePerSec, nextMs } = load.churn!;
  const gapMs = 1000 / ratePerSec;
  const missed = Math.floor((nowMs - nextMs) / gapMs) + 1;
  let next = load;
  const joining: ClientPlan[] = [];
  const leaving: number[] = [];
  for (let i = 0; i < Math.min(missed, MAX_CHURN_BURST); i++) {
    const { members, nextIndex } = next;
    // Those who came in this very moment are not there yet.
    const present = members.filter(({ index }) => index < load.nextIndex);
    if (present.length === 0) break;
    const chance = nextChance(next.chance);
    const leaver = present[Math.floor(unitOf(chance) * present.length)];
    const replacement = { ...leaver, index: nextIndex, silent: [] };
    const { load: without } = dropped(next, [leaver.index]);
    next = {
      ...without,
      members: [...without.members, replacement],
      nextIndex: nextIndex + 1,
      chance,
    };
    joining.push(planOf(replacement, 0));
    leaving.push(leaver.index);
  }
  return {
    load: {
      ...next,
      churn: { ratePerSec, nextMs: nextMs + missed * gapMs },
    },
    joining,
    leaving,
  };
}

function planOf(member: Member, joinAtMs: number): ClientPlan {
  const { index, slot, roomId, role, media, impairment } = member;
  return {
    index,
    clientId: `client-${index}`,
    participantName: `TestUser${index}`,
    slot,
    roomId,
    role,
    joinAtMs,
    leaveAtMs: null,
    media,
    ...(impairment === undefined ? {} : { impairment }),
  };
}
