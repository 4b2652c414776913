/**
 * The roster: who should be there, who is due to leave, and what those who
 * come are like. Whoever plans asks it, a run all at once, a script and a
 * session step by step: the same seed and the same steps at the same times
 * give the same clients, with the same networks, replaced at the same moments.
 *
 * Pure: each function gives the next roster, and who has to join and leave
 * for it. Times are in milliseconds on whatever clock the caller has.
 *
 * @module
 */

import type { Impairment } from "../impairment/mod.ts";
import type { Fps, Quality } from "../media/mod.ts";
import type { MediaKind } from "../ortc/mod.ts";
import { departureMs, drawLeaver } from "./plan/churn.ts";
import { evenRooms, freeSlots } from "./plan/places.ts";
import {
  checkShares,
  drawNetworks,
  type WantedNetwork,
  wantedOf,
} from "./plan/impaired_plan.ts";
import {
  impairedCount,
  type ImpairmentShare,
} from "./plan/impairment_share.ts";
import {
  type ClientPlan,
  DEFAULT_MEDIA,
  later,
  makePlan,
  type MediaPlan,
} from "./plan/plan.ts";
import { rampAndHold, type Stage } from "./plan/profile.ts";
import { randomState, resumeRandom } from "./plan/random.ts";

/** Whether a client sends media of its own. */
export type Role = ClientPlan["role"];

/** What those who come are like, unless it is said otherwise. */
export interface Newcomers {
  /** The room's id, or what the ids of several begin with. */
  readonly room: string;
  /** Number of rooms, which are filled evenly. */
  readonly rooms: number;
  /** Whether they send media of their own. */
  readonly role: Role;
  /** What they send and receive. */
  readonly media: MediaPlan;
  /** Of all who come, exactly this share has this bad network. @default {a good one} */
  readonly network?: ImpairmentShare | undefined;
}

/** A client that should be there: its plan, on the caller's clock. */
export interface Member extends ClientPlan {
  /** Kinds of media that it was told not to send. */
  readonly silent: readonly MediaKind[];
}

/** People leave and others take their places. */
export interface Churn {
  /** Departures a second. */
  readonly ratePerSec: number;
  /** Since when. */
  readonly fromMs: number;
  /** The number of the next departure, from 0. */
  readonly next: number;
  /** When that is. */
  readonly nextMs: number;
}

/** Everybody who should be there, and what is to become of them. */
export interface Roster {
  /** What those are like who come. */
  readonly settings: Newcomers;
  /** In order of their numbers. */
  readonly members: readonly Member[];
  /** The number that no client has had yet. */
  readonly nextIndex: number;
  /** What is added to a number for a client's id and name: others came before. */
  readonly firstNumber: number;
  /** Who leaves and is replaced. @default {nobody} */
  readonly churn: Churn | undefined;
  /** Of those for whom `settings.network` holds: how many there were, and how many have it. */
  readonly shared: { readonly came: number; readonly impaired: number };
  /** Where the random streams are, by purpose. */
  readonly streams: {
    readonly churn: number;
    readonly impairments: number;
  };
}

/** A roster, and who has to join and leave for it. */
export interface RosterStep {
  /** The next roster. */
  readonly roster: Roster;
  /** Whose times count from now; below 0 where their moment has passed. */
  readonly joining: readonly ClientPlan[];
  /** Numbers of those who leave now. */
  readonly leaving: readonly number[];
}

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

/** Most clients at once. */
export const MAX_CLIENTS = 100_000;

/** What those are like of whom nothing is said. */
export const DEFAULT_NEWCOMERS: Newcomers = {
  room: "load-test-room",
  rooms: 1,
  role: "publisher",
  media: DEFAULT_MEDIA,
};

/** More departures at once than this are not made up for after a stall. */
const MAX_CHURN_BURST = 100;

/** A roster of nobody. */
export function newRoster(
  settings: Newcomers,
  seed: number,
  firstNumber = 0,
): Roster {
  return {
    settings,
    members: [],
    nextIndex: 0,
    firstNumber,
    churn: undefined,
    shared: { came: 0, impaired: 0 },
    streams: {
      churn: randomState(seed, "churn"),
      impairments: randomState(seed, "impairments"),
    },
  };
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

/** These leave at once. */
export function dropped(
  roster: Roster,
  indices: readonly number[],
): RosterStep {
  const gone = new Set(indices);
  const [leaving, members] = partition(
    roster.members,
    ({ index }) => gone.has(index),
  );
  return {
    roster: { ...roster, members },
    joining: [],
    leaving: leaving.map(({ index }) => index),
  };
}

/** As many clients as `target` in the end, evenly over `durationMs`; the last places are emptied first. */
export function ramped(
  roster: Roster,
  target: number,
  durationMs: number,
  nowMs: number,
  options: SpawnOptions = {},
): RosterStep {
  const members = roster.members.map((member) =>
    member.leaveAtMs === null ? member : { ...member, leaveAtMs: null }
  );
  const change = target - members.length;
  if (change > 0) {
    return spawned({ ...roster, members }, change, nowMs, {
      ...options,
      overMs: durationMs,
    });
  }
  const gapMs = durationMs / -change;
  const leaveAtMs = new Map(
    bySlot(members).slice(target).reverse().map((
      { index },
      i,
    ) => [index, nowMs + (i + 1) * gapMs]),
  );
  return {
    roster: {
      ...roster,
      members: members.map((member) => ({
        ...member,
        leaveAtMs: leaveAtMs.get(member.index) ?? null,
      })),
    },
    joining: [],
    leaving: [],
  };
}

/** So many departures a second from now on, each replaced; 0 is none. */
export function churned(
  roster: Roster,
  ratePerSec: number,
  nowMs: number,
): Roster {
  if (ratePerSec === 0) return { ...roster, churn: undefined };
  return departing(roster, { ratePerSec, fromMs: nowMs }, 0);
}

/** Without those whose time is over: nodes have them leave by themselves. */
export function departed(roster: Roster, nowMs: number): Roster {
  return {
    ...roster,
    members: roster.members.filter(({ leaveAtMs }) =>
      leaveAtMs === null || leaveAtMs > nowMs
    ),
  };
}

/** What time brings: who is due to leave, and who churns. `undefined` when nothing is due. */
export function due(roster: Roster, nowMs: number): RosterStep | undefined {
  const churned = churnUntil(roster, nowMs);
  const [gone, members] = partition(
    churned.members,
    ({ leaveAtMs }) => leaveAtMs !== null && leaveAtMs <= nowMs,
  );
  if (gone.length === 0 && churned === roster) return undefined;
  const isNew = ({ index }: Member) => index >= roster.nextIndex;
  return {
    roster: { ...churned, members },
    // Who came and went while nobody looked was never there.
    joining: members.filter(isNew).map((member) => planOf(member, nowMs)),
    leaving: gone.filter((member) => !isNew(member)).map(({ index }) => index),
  };
}

/** These members, changed. */
export function changed(
  roster: Roster,
  indices: readonly number[],
  change: (member: Member) => Member,
): Roster {
  const wanted = new Set(indices);
  return {
    ...roster,
    members: roster.members.map((member) =>
      wanted.has(member.index) ? change(member) : member
    ),
  };
}

/** These are to send video of another quality. */
export function withQuality(
  roster: Roster,
  indices: readonly number[],
  quality: Quality,
  fps: Fps,
): Roster {
  return changed(roster, indices, (member) => ({
    ...member,
    media: { ...member.media, quality, fps },
  }));
}

/** These are told to send nothing of some kinds, or to send them again. */
export function silenced(
  roster: Roster,
  indices: readonly number[],
  kinds: readonly MediaKind[],
  isSilent: boolean,
): Roster {
  return changed(roster, indices, (member) => ({
    ...member,
    silent: KINDS.filter((kind) =>
      kinds.includes(kind) ? isSilent : member.silent.includes(kind)
    ),
  }));
}

/** These have another network from now on; `null` is a good one. */
export function impaired(
  roster: Roster,
  indices: readonly number[],
  impairment: Impairment | null,
): Roster {
  return changed(roster, indices, (member) => ({
    ...member,
    impairment: impairment ?? undefined,
  }));
}

/**
 * A share of these have this network from now on: exactly so many, who are
 * drawn and given back; the others keep what they have.
 */
export function impairedShare(
  roster: Roster,
  indices: readonly number[],
  network: ImpairmentShare,
): { readonly roster: Roster; readonly clients: readonly number[] } {
  const { impairment } = network;
  const { random, state } = resumeRandom(roster.streams.impairments);
  const rooms = new Map(
    roster.members.map(({ index, roomId }) => [index, roomId]),
  );
  const drawn = drawNetworks(
    indices,
    [wantedOf(indices.length, network)],
    random,
    (index) => rooms.get(index)!,
  );
  const clients = indices.filter((index) => drawn.has(index));
  return {
    roster: {
      ...impaired(roster, clients, impairment),
      streams: { ...roster.streams, impairments: state() },
    },
    clients,
  };
}

/** All who come from now on are so; of `network` exactly a share has it, `before` counted. */
export function withNetwork(
  roster: Roster,
  network: ImpairmentShare | undefined,
  before: Roster["shared"] = { came: 0, impaired: 0 },
): Roster {
  return {
    ...roster,
    settings: { ...roster.settings, network },
    shared: before,
  };
}

const KINDS = ["audio", "video"] as const satisfies readonly MediaKind[];

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
    ...namesOf(nextIndex + i + firstNumber, name),
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

function namesOf(
  number: number,
  name = "",
): Pick<ClientPlan, "clientId" | "participantName"> {
  return {
    clientId: `client-${number}`,
    participantName: name || `TestUser${number}`,
  };
}

/** Its plan, whose times count from now. */
function planOf({ silent: _, ...member }: Member, nowMs: number): ClientPlan {
  return later(member, -nowMs);
}

/** The roster with the next departure drawn. */
function departing(
  roster: Roster,
  { ratePerSec, fromMs }: Pick<Churn, "fromMs" | "ratePerSec">,
  next: number,
): Roster {
  const { random, state } = resumeRandom(roster.streams.churn);
  const nextMs = departureMs({ ratePerSec, fromMs }, next, random);
  return {
    ...roster,
    churn: { ratePerSec, fromMs, next, nextMs },
    streams: { ...roster.streams, churn: state() },
  };
}

/** With all departures until now; who left is still there, with the time at which it did. The very same when there was none. */
function churnUntil(roster: Roster, nowMs: number): Roster {
  let next = roster;
  for (let i = 0; next.churn !== undefined; i++) {
    const { nextMs, fromMs, ratePerSec, next: number } = next.churn;
    if (nextMs > nowMs) break;
    if (i === MAX_CHURN_BURST) {
      const passed = Math.floor((nowMs - fromMs) / 1000 * ratePerSec) + 1;
      return departing(next, next.churn, passed);
    }
    next = departing(replacedAt(next, nextMs), next.churn, number + 1);
  }
  return next;
}

/** The roster after one departure: another takes the place, with all that belongs to it. */
function replacedAt(roster: Roster, atMs: number): Roster {
  const { members, nextIndex, firstNumber, streams } = roster;
  const { random, state } = resumeRandom(streams.churn);
  const present = bySlot(members.filter(({ joinAtMs }) => joinAtMs < atMs));
  const leaver = drawLeaver(present, atMs, random);
  if (leaver === undefined) return roster;
  const replacement: Member = {
    ...leaver,
    ...namesOf(nextIndex + firstNumber),
    index: nextIndex,
    joinAtMs: atMs,
    silent: [],
  };
  return {
    ...roster,
    members: [
      ...members.map((member) =>
        member === leaver ? { ...member, leaveAtMs: atMs } : member
      ),
      replacement,
    ],
    nextIndex: nextIndex + 1,
    streams: { ...streams, churn: state() },
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

function bySlot(members: readonly Member[]): Member[] {
  return members.toSorted((a, b) => a.slot - b.slot);
}

function partition<T>(
  values: readonly T[],
  isFirst: (value: T) => boolean,
): [first: T[], second: T[]] {
  return [values.filter(isFirst), values.filter((value) => !isFirst(value))];
}
