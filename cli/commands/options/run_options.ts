/**
 * What `run` takes besides the options of its meeting, and what these come to.
 *
 * @module
 */

import {
  choice,
  type EngineKind,
  many,
  maybe,
  optional,
  type OptionTable,
  type OptionValues,
  recordOf,
  type Summary,
  text,
  THRESHOLDS,
  TIMED_MEETING_OPTIONS,
  toggle,
  USUAL_SERVER,
  whole,
  wholeOr,
  withDefault,
  workersFor,
  yesOrNo,
} from "../../../tool.ts";
import { type Access, ACCESS_OPTIONS, accessRecord } from "./access.ts";
import { commandLineOf } from "./option.ts";
import { AGENT_OPTIONS } from "./agent_options.ts";
import { RUN_OUTPUT_OPTIONS } from "./output_options.ts";
import {
  dumpChoice,
  type GivenDump,
  MONITOR_TARGETS,
  serverUrl,
} from "./value_kind.ts";

/** The options of a meeting as the command line spells them. */
export const MEETING_FLAGS: OptionTable = commandLineOf({
  ...TIMED_MEETING_OPTIONS,
});

/** The embedded server's engine. */
const ENGINE = choice(["werift", "mediasoup"]);

/** Options that decide how packets go, in `run` and wherever else there are clients. */
const DATAPATH_OPTIONS = {
  transport: withDefault(choice(["auto", "udp", "tcp"]), {
    help:
      "over what media goes; auto: TCP only where no UDP address of the server answers",
    default: "auto",
  }),
  lane: withDefault(choice(["auto", "native", "portable"]), {
    help: "for diagnosis: how datagrams are sent",
    default: "auto",
  }),
  cipher: withDefault(choice(["auto", "openssl", "portable"]), {
    help: "for diagnosis: what encrypts them",
    default: "auto",
  }),
  dtls: withDefault(choice(["auto", "openssl", "portable"]), {
    help: "for diagnosis: what agrees on the keys",
    default: "auto",
  }),
} as const;

/** What `run` takes besides. */
export const RUN_OPTIONS = {
  scenario: optional(text("NAME|FILE"), {
    help: "a scenario in place of a plain run; its options follow as key=value",
  }),
  server: withDefault(serverUrl, {
    short: "s",
    help: "the server",
    default: USUAL_SERVER,
  }),
  embedded: maybe(ENGINE, {
    help: "start a server for this run; werift needs nothing installed",
    bare: "werift",
    excludes: ["server"],
  }),
  threshold: many(THRESHOLDS, {
    help: `what the run must keep to: "join p(95) < 500ms", "loss < 1%"`,
  }),
  monitor: many(MONITOR_TARGETS, {
    help:
      "watch the server: pid:N, port:N, cmd:NAME, ssh:HOST:PORT, http://HOST:PORT",
  }),
  workers: withDefault(wholeOr("auto", 1, 1024), {
    help: "threads that drive clients; auto: one a core, one per 100 clients",
    default: "auto",
  }),
  ...AGENT_OPTIONS,
  seed: withDefault(whole(0), {
    help: "the same seed gives the same run",
    default: 1,
  }),
  out: withDefault(text("DIR"), {
    help: "where the files with results go",
    default: ".",
  }),
  repeat: withDefault(whole(1, 100), {
    help:
      "so many times, each into a directory of its number below --out, for compare",
    default: 1,
  }),
  json: toggle(yesOrNo, {
    help: "print the summary as JSON, and nothing else",
    default: false,
  }),
  dump: optional<string, GivenDump>(dumpChoice, {
    help:
      "write packets and events of clients down: client-7, some (3), their last while (3:10s), or those that fail, are away or freeze, whatever the thresholds (failed)",
  }),
  quiet: toggle(yesOrNo, { help: "print no progress", default: false }),
  ...RUN_OUTPUT_OPTIONS,
  ...ACCESS_OPTIONS,
  ...DATAPATH_OPTIONS,
} as const;

/** What these come to. */
export type RunValues = OptionValues<typeof RUN_OPTIONS>;

/** All that `run` takes, in the order in which help shows it. */
export const RUN_TABLE: typeof RUN_OPTIONS = {
  ...MEETING_FLAGS,
  ...RUN_OPTIONS,
};

/** What an engine of our own does not do, a line each. */
export function engineProblems(
  engine: EngineKind | null,
  { simulcast, transport }: {
    readonly simulcast: boolean;
    readonly transport: RunValues["transport"];
  },
): string[] {
  if (engine !== "werift") return [];
  return [
    ...(simulcast
      ? [
        "--simulcast: the engine werift forwards no layers, add --embedded=mediasoup.",
      ]
      : []),
    ...(transport === "tcp"
      ? [
        "--transport tcp: the engine werift takes media over UDP alone, add --embedded=mediasoup.",
      ]
      : []),
  ];
}

/** How many threads to use: none without a client. */
export function workersOf(
  { workers, embedded }: Pick<RunValues, "workers" | "embedded">,
  clients: number,
): number {
  return workers === "auto"
    ? workersFor(clients, embedded ?? null)
    : Math.max(1, Math.min(workers, clients));
}

/** What is recorded of how the load was made, beside what it was; secrets only as given or not. */
export function generatorRecord(
  values: Pick<RunValues, "embedded" | "monitor" | "transport"> & {
    readonly lane?: string;
    readonly cipher?: string;
    readonly dump?: GivenDump | undefined;
    readonly agents?: RunValues["agents"];
    readonly allowLost?: number;
  },
  workers: number,
  access: Access,
): Summary["config"] {
  const {
    agents,
    allowLost,
    dump,
    embedded,
    monitor,
    transport,
    lane,
    cipher,
  } = RUN_OPTIONS;
  const table: OptionTable = {
    embedded,
    monitor,
    transport,
    ...("lane" in values && { lane, cipher }),
    ...(values.dump !== undefined && { dump }),
    ...(values.agents !== undefined && { agents }),
    ...(values.allowLost && { allowLost }),
  };
  return { ...recordOf(table, values), workers, ...accessRecord(access) };
}
