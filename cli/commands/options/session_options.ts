/**
 * What the session takes, and what its options come to.
 *
 * @module
 */

import {
  type EngineKind,
  IMPAIRMENT,
  type ImpairmentShare,
  liveOptions,
  MAX_CLIENTS,
  mediaPlanOf,
  type MediaSettings,
  type Newcomers,
  optional,
  type OptionTable,
  type OptionValues,
  readTable,
  recordOf,
  type Summary,
  TIMED_MEETING_OPTIONS,
  toggle,
  verifyTable,
  whole,
  withDefault,
  yesOrNo,
} from "../../../tool.ts";
import { AGENT_OPTIONS } from "./agent_options.ts";
import { type Access, ACCESS_OPTIONS } from "./access.ts";
import { commandLineOf, inputOf } from "./option.ts";
import type { Parsed } from "./parse.ts";
import { engineProblems, generatorRecord, RUN_OPTIONS } from "./run_options.ts";
import { serverUrl } from "./value_kind.ts";

/** What those who come are like: what `set` may change later. */
const LIVE_OPTIONS: OptionTable = liveOptions({ ...TIMED_MEETING_OPTIONS });

/** The options of the session besides; those that `run` has too mean the same. */
const SESSION_OPTIONS = {
  server: optional(serverUrl, {
    short: "s",
    help: "the server; without one, an embedded one is started",
  }),
  embedded: {
    ...RUN_OPTIONS.embedded,
    help: "the embedded server's engine; werift needs nothing installed",
  },
  clients: optional<number, number>(whole(0, MAX_CLIENTS), {
    short: "c",
    help:
      "clients to begin with; 3 on a terminal with an embedded server, else 0",
  }),
  viewers: toggle(yesOrNo, {
    help: "clients only watch, until told otherwise",
    default: false,
  }),
  threshold: {
    ...RUN_OPTIONS.threshold,
    help: `what to watch: "join p(95) < 500ms", "loss < 1%"; failed: exit 99`,
  },
  monitor: RUN_OPTIONS.monitor,
  impair: optional<string, ImpairmentShare>(IMPAIRMENT, {
    help:
      "a bad network for a share of the clients, until impair says otherwise: wifi-lossy, 3g:30%",
  }),
  workers: withDefault(whole(1, 1024), {
    help: "threads that drive clients",
    default: 1,
  }),
  ...AGENT_OPTIONS,
  seed: RUN_OPTIONS.seed,
  ...ACCESS_OPTIONS,
  transport: RUN_OPTIONS.transport,
} as const;

/** All that the session takes, in the order in which help shows it. */
export const SESSION_TABLE: typeof SESSION_OPTIONS = {
  ...commandLineOf(LIVE_OPTIONS),
  ...SESSION_OPTIONS,
};

/** What the options of the session come to. */
export type SessionValues = OptionValues<typeof SESSION_OPTIONS>;

/** What was parsed of them. */
export type ParsedSession = Pick<
  Parsed<typeof SESSION_OPTIONS>,
  "values" | "given"
>;

/** Options that are right by themselves and wrong together. */
export function sessionContradictions(
  { values, given }: ParsedSession,
): string[] {
  const { simulcast = false } = inputOf(LIVE_OPTIONS, given);
  return engineProblems(engineOf(values) ?? null, {
    simulcast: simulcast === true,
    transport: values.transport,
  });
}

/** The embedded server's engine; `undefined` for a server elsewhere. */
export function engineOf(
  { server, embedded }: SessionValues,
): EngineKind | undefined {
  return server === undefined ? embedded ?? "werift" : undefined;
}

/** What clients are like. */
export function settingsOf({ values, given }: ParsedSession): Newcomers {
  const live = liveValues(given);
  return {
    room: live.room,
    rooms: live.rooms,
    role: values.viewers ? "viewer" : "publisher",
    media: mediaPlanOf(live),
    network: values.impair,
  };
}

/** The options for the record; secrets only as given or not. */
export function sessionRecord(
  { values, given }: ParsedSession,
  access: Access,
): Summary["config"] {
  const { clients, viewers, impair } = SESSION_OPTIONS;
  return {
    ...recordOf({ clients, viewers, impair }, values),
    ...recordOf(LIVE_OPTIONS, liveValues(given)),
    ...generatorRecord(
      { ...values, embedded: engineOf(values) },
      values.workers,
      access,
    ),
  };
}

/** What speaks against them here and now, a line each. */
export function verifySession({ given }: ParsedSession): Promise<string[]> {
  return verifyTable(LIVE_OPTIONS, liveValues(given));
}

function liveValues(
  given: ReadonlyMap<string, unknown>,
): MediaSettings & Pick<Newcomers, "room" | "rooms"> & Record<string, unknown> {
  const { values } = readTable(LIVE_OPTIONS, inputOf(LIVE_OPTIONS, given));
  return values as ReturnType<typeof liveValues>;
}
