/**
 * A plan: who does what, where and when, decided before anything starts. It
 * is plain JSON data, it can be shown, split over nodes and sent to them,
 * and the same options give the same plan.
 *
 * @module
 */

import type { Impairment } from "../../impairment/mod.ts";
import { type MediaPlan, mediaPlanOf } from "../../media/mod.ts";
import { withChurn } from "./churn.ts";
import {
  profileDurationMs,
  schedule,
  type Span,
  type Stage,
} from "./profile.ts";
import { createRandom, type Random } from "./random.ts";

/** Kinds of meeting, by the share of clients that publish. */
export type Mode = "conference" | "classroom" | "panel" | "webinar";

/** The share of clients that publish in each mode. */
export const MODE_PUBLISH_RATIOS: Readonly<Record<Mode, number>> = {
  conference: 1,
  classroom: 0.2,
  panel: 0.1,
  webinar: 0.01,
};

export type { MediaPlan };

/** What a plan is made from; media that is left out is as by default. */
export interface PlanOptions extends Partial<MediaPlan> {
  /** How many clients, when. */
  readonly stages: readonly Stage[];
  /** The room's id, or what the ids of several begin with. */
  readonly room: string;
  /** Number of rooms; slot `i` goes to room `i mod rooms`. */
  readonly rooms: number;
  /** Share of the slots that publish, rounded up, at least one: those with the lowest numbers. */
  readonly publishRatio: number;
  /** Departures a second once the first stage is over, each replaced. */
  readonly churnRate: number;
  /** Seed of everything drawn. */
  readonly seed: number;
}

/** One client's part. */
export interface ClientPlan {
  /** Its number, from 0 in order of joining. */
  readonly index: number;
  /** `client-<index>`. */
  readonly clientId: string;
  /** The name under which it joins. */
  readonly participantName: string;
  /** The place in the crowd that it fills; replacements fill the same. */
  readonly slot: number;
  /** The room that it joins. */
  readonly roomId: string;
  /** Whether it sends media of its own. */
  readonly role: "publisher" | "viewer";
  /** When it is due, in milliseconds since the run began. */
  readonly joinAtMs: number;
  /** When it leaves; `null` when it stays to the end. */
  readonly leaveAtMs: number | null;
  /** What it sends and receives. */
  readonly media: MediaPlan;
  /**
   * What its network does to packets, until a command says otherwise.
   * @default {nothing}
   */
  readonly impairment?: Impairment | undefined;
  /**
   * For how long it tries to come back from a loss, in milliseconds.
   * @default {until it leaves}
   */
  readonly patienceMs?: number | undefined;
}

/** A whole run. */
export interface RunPlan {
  /** Seed of everything drawn. */
  readonly seed: number;
  /** When the profile is over, in milliseconds since the run began. */
  readonly endAtMs: number;
  /** The clients, in order of joining. */
  readonly clients: readonly ClientPlan[];
}

/**
 * Decides a run. Throws a `RangeError` in one line for a number that makes
 * no sense.
 */
export function makePlan(
  options: PlanOptions,
  random: Random = createRandom(options.seed, "churn"),
): RunPlan {
  checkOptions(options);
  const { stages, room, rooms, publishRatio, churnRate, seed, ...media } =
    options;
  const endAtMs = profileDurationMs(stages);
  const spans = withChurn(
    schedule(stages),
    {
      ratePerSec: churnRate,
      fromMs: stages.at(0)?.durationMs ?? 0,
      untilMs: endAtMs,
    },
    random,
  );
  const slots = spans.reduce((most, { slot }) => Math.max(most, slot + 1), 0);
  const publishers = publisherCount(slots, publishRatio);
  return {
    seed,
    endAtMs,
    clients: spans.map((span, index) =>
      planClient(span, index, span.slot < publishers, {
        room,
        rooms,
        media: { ...DEFAULT_MEDIA, ...media },
      })
    ),
  };
}

/** The same client by so many milliseconds later. */
export function later<Plan extends ClientPlan>(plan: Plan, byMs: number): Plan {
  const { joinAtMs, leaveAtMs } = plan;
  return {
    ...plan,
    joinAtMs: joinAtMs + byMs,
    leaveAtMs: leaveAtMs === null ? null : leaveAtMs + byMs,
  };
}

/** How many of so many clients publish: the ratio's share, rounded up, at least one. */
export function publisherCount(clients: number, publishRatio: number): number {
  // 0.07 · 100 is 7.000000000000001 in binary: that is seven, not eight.
  const share = Math.ceil(clients * publishRatio - 1e-9);
  return Math.min(clients, Math.max(1, share));
}

function planClient(
  { slot, joinAtMs, leaveAtMs }: Span,
  index: number,
  publishes: boolean,
  { room, rooms, media }:
    & Pick<PlanOptions, "room" | "rooms">
    & Pick<ClientPlan, "media">,
): ClientPlan {
  return {
    index,
    ...clientNames(index),
    slot,
    roomId: rooms > 1 ? `${room}-${slot % rooms}` : room,
    role: publishes ? "publisher" : "viewer",
    joinAtMs,
    leaveAtMs,
    media,
  };
}

/** What the client of a number is called; under `name` among people, where that is given. */
export function clientNames(
  number: number,
  name = "",
): Pick<ClientPlan, "clientId" | "participantName"> {
  return {
    clientId: `client-${number}`,
    participantName: name || `TestUser${number}`,
  };
}

function checkOptions({ rooms, publishRatio, churnRate }: PlanOptions): void {
  if (!Number.isSafeInteger(rooms) || rooms < 1) {
    throw new RangeError(`Cannot plan ${rooms} rooms: at least one is needed`);
  }
  if (!(publishRatio >= 0 && publishRatio <= 1)) {
    throw new RangeError(
      `Cannot plan a publish ratio of ${publishRatio}: it goes from 0 to 1`,
    );
  }
  if (!(churnRate >= 0 && churnRate < Infinity)) {
    throw new RangeError(
      `Cannot plan a churn rate of ${churnRate}: it must be 0 or more`,
    );
  }
}

/** What all clients have that say nothing else. */
export const DEFAULT_MEDIA: MediaPlan = mediaPlanOf({});
