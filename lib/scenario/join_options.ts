/**
 * How a scenario says who is to come, and the plans that this comes to.
 *
 * @module
 */

import {
  type Impairment,
  type LinkImpairment,
  parseImpairment,
} from "../impairment/mod.ts";
import {
  type ClientPlan,
  DEFAULT_MEDIA,
  DEFAULT_NEWCOMERS,
  type ImpairmentShare,
  type MediaPlan,
  type Stage,
} from "../load/mod.ts";
import type { Fps, Quality } from "../media/mod.ts";
import { type Duration, durationMs } from "./duration.ts";
import { clipNamed, SETTLED_BY_FILES } from "../run/mod.ts";

/** What a client sends and receives. */
export interface MediaOptions {
  /** Whether publishers send audio, and viewers receive it. @default {true} */
  readonly audio?: boolean;
  /** Whether publishers send video, and viewers receive it. @default {true} */
  readonly video?: boolean;
  /** Quality of the video. @default {"480p"} */
  readonly quality?: Quality;
  /** Frames of it a second. @default {30} */
  readonly fps?: Fps;
  /** Whether the video goes out in three layers. @default {false} */
  readonly simulcast?: boolean;
  /** Audio tracks that a client receives, at most. @default {4} */
  readonly maxAudio?: number;
  /** Video tracks that a client receives, at most. @default {4} */
  readonly maxVideo?: number;
  /**
   * What publishers send: `synthetic`, `builtin`, or files such as
   * `talk.webm`, with commas between, whose quality and frame rate are their
   * own. @default {"synthetic"}
   */
  readonly media?: string;
}

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

/**
 * The media of a client, with what it leaves open. Throws a `TypeError` for
 * files beside what these settle by themselves.
 */
export function mediaOf(options: MediaOptions): MediaPlan {
  const clip = clipNamed(options.media);
  if (clip !== undefined) checkBesideFiles(options);
  return {
    audio: options.audio ?? DEFAULT_MEDIA.audio,
    video: options.video ?? DEFAULT_MEDIA.video,
    quality: options.quality ?? DEFAULT_MEDIA.quality,
    fps: options.fps ?? DEFAULT_MEDIA.fps,
    maxAudio: options.maxAudio ?? DEFAULT_MEDIA.maxAudio,
    maxVideo: options.maxVideo ?? DEFAULT_MEDIA.maxVideo,
    ...(clip !== undefined && { clip }),
    ...(options.simulcast && { simulcast: true }),
  };
}

/** Scenarios pass all their options on: what is as by default was not asked for. */
function checkBesideFiles(options: MediaOptions): void {
  const initial = { ...DEFAULT_MEDIA, simulcast: false };
  for (const key of SETTLED_BY_FILES) {
    if ((options[key] ?? initial[key]) === initial[key]) continue;
    throw new TypeError(
      `media, ${key}: they exclude each other, leave one out.`,
    );
  }
}

/** The network in numbers. Throws a `SyntaxError` or `RangeError` for a text that names none, a `TypeError` for a time that is none. */
export function impairmentOf(network: NetworkOption): Impairment | null {
  if (typeof network === "string") return parseImpairment(network);
  return network && Object.fromEntries(
    Object.entries(network).map(([direction, link]) => [
      direction,
      link && timesInMs(link),
    ]),
  );
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

/** The plan of one of those that join together; numbers count from their first. */
export function planOf(
  options: JoinOptions,
  index: number,
  joinAtMs: number,
): ClientPlan & { readonly media: MediaPlan } {
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
      patienceMs: durationMs(options.patience, "patience"),
    }),
  };
}
