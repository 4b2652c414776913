/**
 * The options of people who meet, in one table: the command line's `run`,
 * scenarios, the session's `set`, help, completion and the record of a run
 * read these rows. What a client sends and receives is said in `lib/media`.
 *
 * @module
 */

import {
  type ImpairmentShare,
  MAX_CLIENTS,
  type Mode,
  MODE_PUBLISH_RATIOS,
} from "../load/mod.ts";
import { MEDIA_OPTIONS, type MediaOptionTable } from "../media/mod.ts";
import {
  choice,
  decimal,
  duration,
  many,
  type Option,
  optional,
  type OptionInput,
  text,
  whole,
  withDefault,
} from "../options/mod.ts";
import type { CommonInput } from "./define_scenario.ts";
import { IMPAIRMENTS } from "./kinds.ts";

/** The options that scenarios of people who meet have in common. */
export interface MeetingOptions extends MediaOptionTable {
  /** The room, or what the ids of several begin with. */
  readonly room: Option<string, string>;
  /** Number of rooms. */
  readonly rooms: Option<number, number>;
  /** Time over which clients join. */
  readonly rampUp: Option<string, number>;
  /** Bad networks for shares of the clients, such as `["wifi-lossy:30%"]`. */
  readonly impair: Option<
    readonly string[] | string,
    readonly ImpairmentShare[]
  >;
}

/** Those of a meeting with a size and a length. */
export interface TimedMeetingOptions extends MeetingOptions {
  /** Clients. */
  readonly clients: Option<number, number>;
  /** Media time once all are in, such as `30s`. */
  readonly duration: Option<string, number>;
  /** Which share of them publishes, in a word. */
  readonly mode: Option<Mode, Mode>;
  /** The same as a number. */
  readonly publishRatio: Option<number | undefined, number | undefined>;
  /** Departures a second, each replaced. */
  readonly churnRate: Option<number, number>;
  /** How long a client tries to come back from a loss. */
  readonly patience: Option<string | undefined, number | undefined>;
}

/** What a script gives of what meetings have in common. */
export interface MeetingInput
  extends CommonInput, OptionInput<MeetingOptions> {}

/** The same, of a meeting with a size and a length. */
export interface TimedMeetingInput
  extends CommonInput, OptionInput<TimedMeetingOptions> {}

/** The table of what they have in common, to be spread into a scenario's own. */
export const MEETING_OPTIONS: MeetingOptions = {
  rampUp: withDefault(duration(), {
    short: "r",
    help: "time over which clients join",
    default: "5s",
  }),
  room: withDefault(text("ID"), {
    help: "the room, or what the ids of several begin with",
    default: "load-test-room",
    live: true,
  }),
  rooms: withDefault(whole(1, MAX_CLIENTS), {
    help: "rooms: <room>-0, <room>-1, …",
    default: 1,
    live: true,
  }),
  ...MEDIA_OPTIONS,
  impair: many(IMPAIRMENTS, {
    help:
      "a bad network for a share of the clients: wifi-lossy, 3g:30%, poor-4g:1-per-room, loss=5%,delay=50ms:20%",
  }),
};

/** The table of a meeting with a size and a length. */
export const TIMED_MEETING_OPTIONS: TimedMeetingOptions = {
  clients: withDefault(whole(1, MAX_CLIENTS), {
    short: "c",
    help: "clients",
    default: 5,
  }),
  duration: withDefault(duration("1ms"), {
    short: "d",
    help: "media time once all are in",
    default: "30s",
  }),
  ...MEETING_OPTIONS,
  mode: withDefault(choice(Object.keys(MODE_PUBLISH_RATIOS) as Mode[]), {
    help: "how many publish: all, 20 %, 10 %, 1 %",
    default: "conference",
  }),
  publishRatio: optional(decimal("F", 0, 1), {
    help: "the share of clients that publish, instead of mode",
    excludes: ["mode"],
  }),
  churnRate: withDefault(decimal("R", 0, 1000), {
    help: "departures a second, each replaced",
    default: 0,
  }),
  patience: optional(duration("1ms"), {
    help:
      "how long a client tries to come back from a loss (default: until it leaves)",
  }),
};
