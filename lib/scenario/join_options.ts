/**
 * How a scenario says who is to come, and the plans that this comes to.
 *
 * @module
 */

import {
  checkImpairment,
  type Impairment,
  type LinkImpairment,
  parseImpairment,
} from "../impairment/mod.ts";
import {
  type ClientPlan,
  DEFAULT_NEWCOMERS,
  type ImpairmentShare,
  makePlan,
  type MediaPlan,
  rampAndHold,
  type RunPlan,
  type Stage,
  withImpairments,
} from "../load/mod.ts";
import { MEDIA_OPTIONS, type MediaOptions, mediaPlanOf } from "../media/mod.ts";
import { type Duration, durationMs, exclusions } from "../options/mod.ts";
import { asSentence } from "../text/mod.ts";

/**
 * What a network does to a client's packets, in numbers or as it is written on
 * a command line (`wifi-lossy`, `loss=5%,delay=50ms`); `null` is nothing.
 */
export type NetworkOption = Impairment | string | null;

/** One client to come. */
export interface JoinOptions extends MediaOptions {
  /** The room that it joins. @default {"load-test-room"} */
  readonly room?: string;
  /** Whether it sends media of its own. @default {true} */
  readonly publish?: boolean;
  /** The name under which it joins. @default {"TestUser<index>"} */
  readonly name?: string;
  /** What its network does to its packets, until it is impaired otherwise. @default {null} */
  readonly network?: NetworkOption;
  /** For how long it tries to come back from a loss, in milliseconds or as text. @default {until it leaves} */
  readonly patience?: Duration;
}

/** One straight piece of a profile, as a script gives it. */
export interface PlayStage extends Omit<Stage, "durationMs"> {
  /** How long it takes, in milliseconds or as text; 0 is a jump. */
  readonly durationMs: Duration;
}

/** Many clients to come, alike but for who publishes. */
export interface PlayOptions extends MediaOptions {
  /** The room, or what the ids of several begin with. @default {"load-test-room"} */
  readonly room?: string;
  /** Number of rooms. @default {1} */
  readonly rooms?: number;
  /** The share of them that publish, rounded up, at least one. @default {1} */
  readonly publishRatio?: number;
  /** Bad networks for shares of them, drawn by the seed. @default {[]} */
  readonly impair?: readonly ImpairmentShare[];
  /** For how long each tries to come back from a loss, in milliseconds or as text. @default {until it leaves} */
  readonly patience?: Duration | undefined;
  /** How many, when. */
  readonly stages: readonly PlayStage[];
  /** Departures a second once the first stage is over, each replaced. @default {0} */
  readonly churnRate?: number;
}

/** A number of clients to come. */
export interface FillOptions extends Omit<PlayOptions, "stages" | "churnRate"> {
  /** How many. */
  readonly clients: number;
  /** Over how long, in milliseconds or as text. @default {0} */
  readonly rampUp?: Duration;
}

/** A number of clients who meet for a time. */
export interface MeetOptions extends FillOptions {
  /** For how long, once all are in, in milliseconds or as text. */
  readonly duration: Duration;
  /** Departures a second meanwhile, each replaced. @default {0} */
  readonly churnRate?: number;
}

/**
 * The media of a client, with what it leaves open. Throws a `TypeError` for
 * what media cannot be, and for files beside what these settle by themselves:
 * scenarios pass all their options on, so what is as by default was not asked
 * for.
 */
export function mediaOf(options: MediaOptions): MediaPlan {
  const meant: Record<string, unknown> = {};
  const asked: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(MEDIA_OPTIONS)) {
    const given = options[key as keyof MediaOptions] ?? option.default;
    const reading = option.read(given);
    if ("problem" in reading) {
      throw new TypeError(`Cannot join: ${key} ${asSentence(reading.problem)}`);
    }
    meant[key] = reading.value;
    if (reading.value !== option.default) asked[key] = reading.value;
  }
  const [mistake] = exclusions(MEDIA_OPTIONS, asked);
  if (mistake !== undefined) throw new TypeError(mistake);
  return mediaPlanOf(meant);
}

/** The network in numbers. Throws a `SyntaxError` or `RangeError` for what is none, a `TypeError` for a time that is none. */
export function impairmentOf(network: NetworkOption): Impairment | null {
  if (typeof network === "string") return parseImpairment(network);
  if (network === null || network === undefined) return null;
  const impairment = isObject(network)
    ? Object.fromEntries(
      Object.entries(network).map(([direction, link]) => [
        direction,
        isObject(link) ? timesInMs(link) : link,
      ]),
    )
    : network;
  checkImpairment(impairment);
  return impairment;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whoever writes without types may give a time as text. */
function timesInMs(link: LinkImpairment): LinkImpairment {
  return Object.fromEntries(
    Object.entries(link).map(([field, value]) => [
      field,
      field.endsWith("Ms") && typeof value === "string"
        ? durationMs(value, `impair packets with a ${field} of`)
        : value,
    ]),
  );
}

/** How many, when, if they meet for a time. */
export function meetingStages(
  { clients, rampUp = 0, duration }: MeetOptions,
): {
  readonly stages: readonly Stage[];
  readonly rampUpMs: number;
  readonly holdMs: number;
} {
  const rampUpMs = durationMs(rampUp, "ramp up over");
  const holdMs = durationMs(duration, "meet for");
  return { stages: rampAndHold(clients, rampUpMs, holdMs), rampUpMs, holdMs };
}

/** The plan of a number of clients who meet for a time, as it is when nobody came before. Throws as {@linkcode mediaOf} does. */
export function meetPlan(options: MeetOptions, seed: number): RunPlan {
  const plan = makePlan({
    ...mediaOf(options),
    stages: meetingStages(options).stages,
    room: options.room ?? DEFAULT_NEWCOMERS.room,
    rooms: options.rooms ?? DEFAULT_NEWCOMERS.rooms,
    publishRatio: options.publishRatio ?? 1,
    churnRate: options.churnRate ?? 0,
    seed,
  });
  const patienceMs = patienceOf(options.patience);
  return withImpairments(
    patienceMs === undefined ? plan : {
      ...plan,
      clients: plan.clients.map((client) => ({ ...client, patienceMs })),
    },
    options.impair ?? [],
  );
}

/** Milliseconds of a patience; `undefined` is without end. */
export function patienceOf(patience: Duration | undefined): number | undefined {
  return patience === undefined
    ? undefined
    : durationMs(patience, "try to come back for");
}

/** The plan of one of those that join together; numbers count from their first. */
export function planOf(
  options: JoinOptions,
  index: number,
  joinAtMs: number,
): ClientPlan {
  return {
    index,
    clientId: "",
    participantName: options.name ?? "",
    slot: index,
    roomId: options.room ?? DEFAULT_NEWCOMERS.room,
    role: options.publish ?? true ? "publisher" : "viewer",
    joinAtMs,
    leaveAtMs: null,
    media: mediaOf(options),
    impairment: impairmentOf(options.network ?? null) ?? undefined,
    ...(options.patience !== undefined && {
      patienceMs: durationMs(options.patience, "try to come back for"),
    }),
  };
}
