/**
 * What `serve` takes, and what its options come to.
 *
 * @module
 */

import {
  choice,
  duration,
  many,
  optional,
  type OptionValues,
  type SfuOptions,
  text,
  toggle,
  whole,
  withDefault,
  yesOrNo,
} from "../../../tool.ts";
import { optionName } from "./option.ts";
import type { Parsed } from "./parse.ts";
import { ASSIGNMENTS } from "./value_kind.ts";

/** The options of `serve`. */
export const SERVE_OPTIONS = {
  engine: withDefault(choice(["werift", "mediasoup"]), {
    help: "what forwards the media; werift needs nothing installed",
    default: "werift",
  }),
  protocol: withDefault(choice(["simplestchat", "protoo", "protoo-js"]), {
    help:
      "what is spoken: SimplestChat's protocol, or mediasoup-demo's, of today or as before 2025",
    default: "simplestchat",
  }),
  port: withDefault(whole(0, 65_535), {
    help: "the port of HTTP and WebSocket; 0 is any free one",
    default: 3000,
  }),
  host: withDefault(text("ADDRESS"), {
    help: "the address on which it listens",
    default: "127.0.0.1",
  }),
  announceIp: withDefault(text("IP"), {
    help: "the address to which clients send media",
    default: "127.0.0.1",
  }),
  maxConnections: withDefault(whole(1, 1_000_000), {
    help: "connections at once; more are answered 503",
    default: 10000,
  }),
  maxConsumers: withDefault(whole(0, 1_000_000), {
    help: "tracks that a participant may ask for in one stay",
    default: 16,
  }),
  idleTimeout: withDefault(duration("1ms"), {
    help: "a connection that is silent for so long is dropped",
    default: "5m",
  }),
  grace: withDefault(duration(), {
    help: "how long a lost participant stays in its room",
    default: "30s",
  }),
  roomPassword: many(ASSIGNMENTS, {
    help: "a room that is locked from the start",
  }),
  jwtSecret: optional(text("SECRET"), {
    help:
      "what tokens are signed with (HS256), or JWT_SECRET; without it all are anonymous; or",
  }),
  jwtSecretFile: optional(text("FILE"), { help: "a file that holds it" }),
  metricsToken: optional(text("TOKEN"), {
    help: "the bearer token that /metrics wants; or METRICS_TOKEN, or",
  }),
  metricsTokenFile: optional(text("FILE"), { help: "a file that holds it" }),
  stats: toggle(yesOrNo, {
    help: "answer /stats with what every stream carried",
    default: false,
  }),
  freshReconnectToken: toggle(yesOrNo, {
    help: "let reconnect work, which it does not on SimplestChat",
    default: false,
  }),
  workers: optional(whole(1, 1024), {
    help: "mediasoup: worker processes [one a core]",
  }),
  mediaPort: optional(whole(0, 65_535), {
    help: "mediasoup: the first worker's UDP port [any free one]",
  }),
  tcp: toggle(yesOrNo, {
    help: "mediasoup: take media over TCP, too, at a port of its own",
    default: false,
  }),
  workerChoice: optional(choice(["fewest-consumers", "round-robin"]), {
    help: "mediasoup: on which worker a new room lands [fewest-consumers]",
  }),
} as const;

/** What the options of `serve` come to. */
export type ServeValues = OptionValues<typeof SERVE_OPTIONS>;

/** Options that the werift engine has no use for. */
const MEDIASOUP_ONLY = ["workers", "mediaPort", "workerChoice", "tcp"] as const;

/** What mediasoup-demo's protocol has no words for. */
const SIMPLESTCHAT_ONLY = [
  "maxConsumers",
  "grace",
  "roomPassword",
  "jwtSecret",
  "jwtSecretFile",
  "freshReconnectToken",
] as const;

/** Options that are right by themselves and wrong together. */
export function serveContradictions(
  { values, given }: Pick<Parsed<typeof SERVE_OPTIONS>, "values" | "given">,
): string[] {
  const needing = (what: string, keys: readonly string[]) =>
    keys.filter((key) => given.has(key))
      .map((key) => `${optionName(key)}: it needs ${what}.`);
  return [
    ...(values.engine === "mediasoup"
      ? []
      : needing("--engine mediasoup", MEDIASOUP_ONLY)),
    ...(values.protocol === "simplestchat"
      ? []
      : needing("--protocol simplestchat", SIMPLESTCHAT_ONLY)),
  ];
}

/** The server that these options ask for. */
export function sfuOptionsOf(
  values: ServeValues,
  { jwtSecret, metricsToken }: {
    readonly jwtSecret?: string | undefined;
    readonly metricsToken?: string | undefined;
  } = values,
): SfuOptions {
  const { workers, mediaPort, workerChoice } = values;
  return {
    engine: values.engine,
    port: values.port,
    host: values.host,
    announceIp: values.announceIp,
    maxConnections: values.maxConnections,
    maxConsumersPerJoin: values.maxConsumers,
    idleTimeoutMs: values.idleTimeout,
    graceMs: values.grace,
    roomPasswords: Object.fromEntries(values.roomPassword),
    freshReconnectToken: values.freshReconnectToken,
    exposeStats: values.stats,
    ...(values.protocol !== "simplestchat" && { protocol: values.protocol }),
    ...(values.tcp && { tcp: true }),
    ...(jwtSecret !== undefined && { jwtSecret }),
    ...(metricsToken !== undefined && { metricsToken }),
    ...(workers !== undefined && { workers }),
    ...(mediaPort !== undefined && { mediaPort }),
    ...(workerChoice !== undefined && { workerChoice }),
  };
}
