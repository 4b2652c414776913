/**
 * The options that scenarios of people who meet have in common.
 *
 * @module
 */

import { type ImpairmentShare, MAX_TRACKS } from "../load/mod.ts";
import type { Fps, Quality } from "../media/mod.ts";
import type { CommonInput } from "./define_scenario.ts";
import {
  duration,
  fps,
  impairments,
  media,
  quality,
  type ScenarioOption,
  simulcast,
  text,
  toggle,
  wholeNumber,
} from "./option.ts";

/** The options that scenarios of people who meet have in common. */
export interface MeetingOptions {
  /** The room, or what the ids of several begin with. */
  readonly room: ScenarioOption<string, string>;
  /** Number of rooms. */
  readonly rooms: ScenarioOption<number, number>;
  /** Time over which clients join. */
  readonly rampUp: ScenarioOption<string, number>;
  /** Whether there is audio. */
  readonly audio: ScenarioOption<boolean, boolean>;
  /** Whether there is video. */
  readonly video: ScenarioOption<boolean, boolean>;
  /** Quality of the video. */
  readonly quality: ScenarioOption<Quality, Quality>;
  /** Frames of it a second. */
  readonly fps: ScenarioOption<Fps, Fps>;
  /** Whether it goes out in layers. */
  readonly simulcast: ScenarioOption<boolean, boolean>;
  /** What is sent. */
  readonly media: ScenarioOption<string, string>;
  /** Audio tracks that a client receives, at most. */
  readonly maxAudio: ScenarioOption<number, number>;
  /** Video tracks that a client receives, at most. */
  readonly maxVideo: ScenarioOption<number, number>;
  /** Bad networks for shares of the clients. */
  readonly impair: ScenarioOption<
    readonly string[] | string,
    readonly ImpairmentShare[]
  >;
}

/** What a script gives of them. */
export interface MeetingInput extends CommonInput {
  /** The room, or what the ids of several begin with. @default {"load-test-room"} */
  readonly room?: string;
  /** Number of rooms. @default {1} */
  readonly rooms?: number;
  /** Time over which clients join. @default {"5s"} */
  readonly rampUp?: string;
  /** Whether there is audio. @default {true} */
  readonly audio?: boolean;
  /** Whether there is video. @default {true} */
  readonly video?: boolean;
  /** Quality of the video. @default {"480p"} */
  readonly quality?: Quality;
  /** Frames of it a second. @default {30} */
  readonly fps?: Fps;
  /** Whether the video goes out in three layers of 100, 300 and 900 kbps. @default {false} */
  readonly simulcast?: boolean;
  /** What is sent: `synthetic`, `builtin`, or files such as `talk.webm`, with commas between. @default {"synthetic"} */
  readonly media?: string;
  /** Audio tracks that a client receives, at most. @default {4} */
  readonly maxAudio?: number;
  /** Video tracks that a client receives, at most. @default {4} */
  readonly maxVideo?: number;
  /** Bad networks for shares of the clients, such as `["wifi-lossy:30%"]`. @default {[]} */
  readonly impair?: readonly string[] | string;
}

/** The same, of a meeting with a size and a length. */
export interface TimedMeetingInput extends MeetingInput {
  /** Clients; each scenario has a default of its own. */
  readonly clients?: number;
  /** Media time once all are in, such as `30s`; each scenario has a default of its own. */
  readonly duration?: string;
}

/** The table of them, to be spread into a scenario's own. */
export const MEETING_OPTIONS: MeetingOptions = {
  room: text("the room, or what the ids of several begin with", {
    default: "load-test-room",
  }),
  rooms: wholeNumber("rooms: <room>-0, <room>-1, …", { default: 1, min: 1 }),
  rampUp: duration("time over which clients join", { default: "5s" }),
  audio: toggle("whether there is audio", { default: true }),
  video: toggle("whether there is video", { default: true }),
  quality: quality(),
  fps: fps(),
  simulcast: simulcast(),
  media: media(),
  maxAudio: wholeNumber("audio tracks that a client receives at most", {
    default: 4,
    max: MAX_TRACKS,
  }),
  maxVideo: wholeNumber("video tracks that a client receives at most", {
    default: 4,
    max: MAX_TRACKS,
  }),
  impair: impairments("bad networks for shares of the clients", {
    default: [],
  }),
};
