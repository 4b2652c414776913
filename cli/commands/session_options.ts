/**
 * What the session takes, and what its options come to.
 *
 * @module
 */

import { clipNamed, type EngineKind, type Newcomers } from "../../tool.ts";
import { ACCESS_OPTIONS } from "./access.ts";
import { mediaContradictions, simulcastContradictions } from "./media.ts";
import {
  flag,
  many,
  maybe,
  optional,
  type ValuesOf,
  withDefault,
} from "./option.ts";
import type { Parsed } from "./parse.ts";
import {
  exclusions,
  RUN_OPTIONS,
  transportContradictions,
} from "./run_options.ts";
import {
  choice,
  impairmentShare,
  monitorTarget,
  serverUrl,
  threshold,
  whole,
} from "./value_kind.ts";

/** The options of the session; those that `run` has too mean the same. */
export const SESSION_OPTIONS = {
  server: optional(serverUrl, {
    short: "s",
    help: "the server; without one, an embedded one is started",
  }),
  embedded: maybe(choice(["werift", "mediasoup"]), {
    help: "the embedded server's engine; werift needs nothing installed",
    bare: "werift",
  }),
  clients: optional(whole(0, 100_000), {
    short: "c",
    help:
      "clients to begin with; 3 on a terminal with an embedded server, else 0",
  }),
  room: RUN_OPTIONS.room,
  rooms: RUN_OPTIONS.rooms,
  audioOnly: RUN_OPTIONS.audioOnly,
  videoOnly: RUN_OPTIONS.videoOnly,
  quality: RUN_OPTIONS.quality,
  fps: RUN_OPTIONS.fps,
  simulcast: RUN_OPTIONS.simulcast,
  media: RUN_OPTIONS.media,
  viewers: flag({ help: "clients only watch, until told otherwise" }),
  maxAudio: RUN_OPTIONS.maxAudio,
  maxVideo: RUN_OPTIONS.maxVideo,
  threshold: many(threshold, {
    help: `what to watch: "join p(95) < 500ms", "loss < 1%"; failed: exit 99`,
  }),
  monitor: many(monitorTarget, { help: RUN_OPTIONS.monitor.help }),
  impair: optional(impairmentShare, {
    help:
      "a bad network for a share of the clients, until impair says otherwise: wifi-lossy, 3g:30%",
  }),
  workers: withDefault(whole(1, 1024), {
    help: "threads that drive clients",
    initial: 1,
    shown: "1",
  }),
  seed: RUN_OPTIONS.seed,
  ...ACCESS_OPTIONS,
  transport: RUN_OPTIONS.transport,
} as const;

/** What the options of the session come to. */
export type SessionValues = ValuesOf<typeof SESSION_OPTIONS>;

/** Options that are right by themselves and wrong together. */
export function sessionContradictions(
  { values, given }: Pick<Parsed<typeof SESSION_OPTIONS>, "values" | "given">,
): string[] {
  return [
    ...exclusions(given),
    ...mediaContradictions(values.media, given),
    ...simulcastContradictions(values, engineOf(values)),
    ...transportContradictions({
      ...values,
      embedded: engineOf(values),
    }),
  ];
}

/** The embedded server's engine; `undefined` for a server elsewhere. */
export function engineOf(
  { server, embedded }: SessionValues,
): EngineKind | undefined {
  return server === undefined ? embedded ?? "werift" : undefined;
}

/** What clients are like. */
export function settingsOf(values: SessionValues): Newcomers {
  return {
    room: values.room,
    rooms: values.rooms,
    role: values.viewers ? "viewer" : "publisher",
    media: {
      audio: !values.videoOnly,
      video: !values.audioOnly,
      quality: values.quality,
      fps: values.fps,
      maxAudio: values.maxAudio,
      maxVideo: values.maxVideo,
      clip: clipNamed(values.media),
      ...(values.simulcast && { simulcast: true }),
    },
    network: values.impair,
  };
}
