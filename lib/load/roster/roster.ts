/**
 * The roster: who should be there, who is due to leave, and what those who
 * come are like. Times are in milliseconds on whatever clock the caller has.
 *
 * @module
 */

import type { MediaKind } from "../../ortc/mod.ts";
import type { ImpairmentShare } from "../plan/impairment_share.ts";
import {
  type ClientPlan,
  DEFAULT_MEDIA,
  type MediaPlan,
} from "../plan/plan.ts";
import { randomState } from "../plan/random.ts";

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

/** Most clients at once. */
export const MAX_CLIENTS = 100_000;

/** What those are like of whom nothing is said. */
export const DEFAULT_NEWCOMERS: Newcomers = {
  room: "load-test-room",
  rooms: 1,
  role: "publisher",
  media: DEFAULT_MEDIA,
};

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
