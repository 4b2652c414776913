/**
 * What `run` takes, and what its options come to: a plan, a number of
 * workers, and the record that goes into the summary.
 *
 * @module
 */

import {
  clipNamed,
  type Fps,
  makePlan,
  MAX_TRACKS,
  MODE_PUBLISH_RATIOS,
  rampAndHold,
  type RunPlan,
  shareProblem,
  type Summary,
  SYNTHETIC,
  USUAL_SERVER,
  withImpairments,
  workersFor,
} from "../../tool.ts";
import { type Access, ACCESS_OPTIONS, accessRecord } from "./access.ts";
import { mediaContradictions, simulcastContradictions } from "./media.ts";
import {
  flag,
  many,
  maybe,
  optional,
  optionName,
  type ValuesOf,
  withDefault,
} from "./option.ts";
import type { Parsed } from "./parse.ts";
import {
  choice,
  decimal,
  duration,
  impairmentShare,
  mapped,
  monitorTarget,
  serverUrl,
  text,
  threshold,
  whole,
  wholeOr,
} from "./value_kind.ts";

/** The options of `run`. */
export const RUN_OPTIONS = {
  scenario: optional(text("NAME|FILE"), {
    help: "a scenario in place of a plain run; its options follow as key=value",
  }),
  clients: withDefault(whole(1, 100_000), {
    short: "c",
    help: "clients",
    initial: 5,
    shown: "5",
  }),
  duration: withDefault(duration(1), {
    short: "d",
    help: "media time after set-up; bare seconds, or 500ms, 90s, 5m, 1h",
    initial: 30_000,
    shown: "30",
  }),
  rampUp: withDefault(duration(0), {
    short: "r",
    help: "time over which clients join",
    initial: 5_000,
    shown: "5",
  }),
  server: withDefault(serverUrl, {
    short: "s",
    help: "the server",
    initial: USUAL_SERVER,
    shown: USUAL_SERVER,
  }),
  embedded: maybe(choice(["werift", "mediasoup"]), {
    help: "start a server for this run; werift needs nothing installed",
    bare: "werift",
  }),
  room: withDefault(text("ID"), {
    help: "the room, or what the ids of several begin with",
    initial: "load-test-room",
    shown: "load-test-room",
  }),
  rooms: withDefault(whole(1, 100_000), {
    help: "rooms: <ID>-0, <ID>-1, …",
    initial: 1,
    shown: "1",
  }),
  audioOnly: flag({ help: "send and receive no video" }),
  videoOnly: flag({ help: "send and receive no audio" }),
  quality: withDefault(choice(["480p", "720p", "1080p"]), {
    short: "q",
    help: "1.0, 2.5 and 4.5 Mbps at 30 frames a second",
    initial: "480p",
    shown: "480p",
  }),
  fps: withDefault(
    mapped(choice(["15", "30", "60"]), (word) => Number(word) as Fps),
    {
      help: "frames a second; 0.6, 1 and 1.5 times the bit rate",
      initial: 30,
      shown: "30",
    },
  ),
  simulcast: flag({
    help:
      "send video in three layers of 100, 300 and 900 kbps; the server chooses",
  }),
  media: withDefault(text("FILE,…"), {
    help:
      "what is sent: synthetic, builtin (a test picture and a tone), or WebM, IVF, Ogg files",
    initial: SYNTHETIC,
    shown: SYNTHETIC,
  }),
  mode: withDefault(
    choice(["conference", "classroom", "panel", "webinar"]),
    {
      help: "how many publish: all, 20 %, 10 %, 1 %",
      initial: "conference",
      shown: "conference",
    },
  ),
  publishRatio: optional(decimal("F", 0, 1), {
    help: "the share of clients that publish, instead of --mode",
  }),
  churnRate: withDefault(decimal("R", 0, 1000), {
    help: "departures a second, each replaced",
    initial: 0,
    shown: "0",
  }),
  patience: optional(duration(1), {
    help:
      "how long a client tries to come back from a loss (default: until it leaves)",
  }),
  maxAudio: withDefault(whole(0, MAX_TRACKS), {
    help: "audio tracks that a client receives at most",
    initial: 4,
    shown: "4",
  }),
  maxVideo: withDefault(whole(0, MAX_TRACKS), {
    help: "video tracks that a client receives at most",
    initial: 4,
    shown: "4",
  }),
  threshold: many(threshold, {
    help: `what the run must keep to: "join p(95) < 500ms", "loss < 1%"`,
  }),
  monitor: many(monitorTarget, {
    help:
      "watch the server: pid:N, port:N, cmd:NAME, ssh:HOST:PORT, http://HOST:PORT",
  }),
  impair: many(impairmentShare, {
    help:
      "a bad network for a share of the clients: wifi-lossy, poor-4g, 3g:30%, loss=5%,delay=50ms:20%",
  }),
  workers: withDefault(wholeOr("auto", 1, 1024), {
    help: "threads that drive clients; auto: one a core, one per 100 clients",
    initial: "auto",
    shown: "auto",
  }),
  seed: withDefault(whole(0), {
    help: "the same seed gives the same run",
    initial: 1,
    shown: "1",
  }),
  out: withDefault(text("DIR"), {
    help: "where the two result files go",
    initial: ".",
    shown: ".",
  }),
  json: flag({ help: "print the summary as JSON, and nothing else" }),
  quiet: flag({ help: "print no progress" }),
  ...ACCESS_OPTIONS,
  transport: withDefault(choice(["auto", "udp", "tcp"]), {
    help:
      "over what media goes; auto: TCP only where no UDP address of the server answers",
    initial: "auto",
    shown: "auto",
  }),
  lane: withDefault(choice(["auto", "native", "portable"]), {
    help: "for diagnosis: how datagrams are sent",
    initial: "auto",
    shown: "auto",
  }),
  cipher: withDefault(choice(["auto", "openssl", "portable"]), {
    help: "for diagnosis: what encrypts them",
    initial: "auto",
    shown: "auto",
  }),
} as const;

/** What the options of `run` come to. */
export type RunValues = ValuesOf<typeof RUN_OPTIONS>;

/** Options that are right by themselves and wrong together. */
export function contradictions(
  { values, given }: Pick<Parsed<typeof RUN_OPTIONS>, "values" | "given">,
): string[] {
  const tooMany = shareProblem(values.impair);
  return [
    ...exclusions(given),
    ...mediaContradictions(values.media, given),
    ...simulcastContradictions(values, values.embedded),
    ...transportContradictions(values),
    ...(tooMany === undefined ? [] : [`--impair: ${tooMany}.`]),
  ];
}

/** What no engine of our own takes. */
export function transportContradictions(
  { transport, embedded }: Pick<RunValues, "transport" | "embedded">,
): string[] {
  return transport === "tcp" && embedded === "werift"
    ? [
      "--transport tcp: the engine werift takes media over UDP alone, add --embedded=mediasoup.",
    ]
    : [];
}

/** Options that leave no room for each other, here and in the session. */
const EXCLUSIVE = [
  ["audioOnly", "videoOnly"],
  ["embedded", "server"],
  ["mode", "publishRatio"],
] as const;

/** Those of them that were given both. */
export function exclusions(given: ReadonlySet<string>): string[] {
  return EXCLUSIVE
    .filter((pair) => pair.every((key) => given.has(key)))
    .map((pair) =>
      `${
        pair.map(optionName).join(", ")
      }: they exclude each other, leave one out.`
    );
}

/** Who does what, when. */
export function planOf(values: RunValues): RunPlan {
  const plan = makePlan({
    audio: !values.videoOnly,
    video: !values.audioOnly,
    quality: values.quality,
    fps: values.fps,
    maxAudio: values.maxAudio,
    maxVideo: values.maxVideo,
    clip: clipNamed(values.media),
    simulcast: values.simulcast,
    stages: rampAndHold(values.clients, values.rampUp, values.duration),
    room: values.room,
    rooms: values.rooms,
    publishRatio: publishRatioOf(values),
    churnRate: values.churnRate,
    seed: values.seed,
  });
  return withImpairments(
    values.patience === undefined ? plan : {
      ...plan,
      clients: plan.clients.map((client) => ({
        ...client,
        patienceMs: values.patience,
      })),
    },
    values.impair,
  );
}

/** How many threads to use on so many cores. */
export function workersOf(
  { workers, clients }: Pick<RunValues, "workers" | "clients">,
  cores: number,
): number {
  return workers === "auto" ? workersFor(clients, cores) : workers;
}

/** The options for the record; secrets only as given or not. */
export function configOf(
  values: RunValues,
  workers: number,
  access: Access,
): Summary["config"] {
  return {
    clients: values.clients,
    durationMs: values.duration,
    rampUpMs: values.rampUp,
    embedded: values.embedded ?? null,
    room: values.room,
    rooms: values.rooms,
    audio: !values.videoOnly,
    video: !values.audioOnly,
    quality: values.quality,
    fps: values.fps,
    simulcast: values.simulcast,
    media: values.media,
    publishRatio: publishRatioOf(values),
    churnRate: values.churnRate,
    patienceMs: values.patience ?? null,
    maxAudio: values.maxAudio,
    maxVideo: values.maxVideo,
    thresholds: values.threshold.map(({ expression }) => expression),
    monitor: values.monitor.map(({ text }) => text),
    impair: values.impair.map(({ text }) => text),
    workers,
    ...accessRecord(access),
    transport: values.transport,
    lane: values.lane,
    cipher: values.cipher,
  };
}

function publishRatioOf({ mode, publishRatio }: RunValues): number {
  return publishRatio ?? MODE_PUBLISH_RATIOS[mode];
}
