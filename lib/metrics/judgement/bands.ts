/**
 * Healthy, warning, critical: the default judgement of what users had. The
 * bounds stand here and nowhere else, each with its reason: `run --help` and
 * the README show this table. All of them are shares, or what a machine has:
 * ten errors are many of ten clients and few of a thousand.
 *
 * @module
 */

import { holds, type Operator } from "./comparison.ts";

/** A judgement; what is neither good nor critical is a warning. */
export type Band = "good" | "warning" | "critical";

/** Where a figure becomes good, and where critical. */
export interface BandLimits {
  /** What it is called in a table. */
  readonly name: string;
  /** What is judged. */
  readonly what: string;
  /** What it is counted in; CPU is in cores. */
  readonly unit: "ratio" | "cores" | "bytes";
  /** It is good when this holds. */
  readonly good: readonly [Operator, number];
  /** It is critical when this holds; `null` for what is a warning at most. */
  readonly critical: readonly [Operator, number] | null;
  /** Why there, in one sentence. */
  readonly reason: string;
}

/** The limits, the most telling figure first: what is wrong is told in this order. */
export const BANDS = {
  unpublished: {
    name: "could not publish",
    what:
      "clients with a track that the server did not take, of those that should send",
    unit: "ratio",
    good: ["==", 0],
    critical: [">", 0.1],
    reason:
      "Who may not speak, or show a picture, is heard and seen by nobody, and the load is not the one that was asked for.",
  },
  neverSent: {
    name: "never sent",
    what: "clients that never sent, of those that should have",
    unit: "ratio",
    good: ["==", 0],
    critical: [">", 0.1],
    reason: "Who is to speak and never does is as good as not connected.",
  },
  neverReceived: {
    name: "never received",
    what: "clients that never received, of those that should have",
    unit: "ratio",
    good: ["==", 0],
    critical: [">", 0.1],
    reason: "Who hears nobody all the time is as good as not connected.",
  },
  silentAtEnd: {
    name: "still missing",
    what:
      "tracks that should come and of which nothing came for the last three seconds or longer",
    unit: "ratio",
    good: ["<=", 0.01],
    critical: [">", 0.1],
    reason:
      "What is missing for three seconds and stays so will not come back by itself, however late in a run it began.",
  },
  lostForGood: {
    name: "media lost for good",
    what: "clients that had media, lost it and did not get it back",
    unit: "ratio",
    good: ["==", 0],
    critical: [">", 0.1],
    reason: "Who has lost media and never gets it back is as good as gone.",
  },
  connected: {
    name: "connected",
    what: "clients that are connected at the end, or were when they left",
    unit: "ratio",
    good: [">=", 1],
    critical: ["<", 0.9],
    reason:
      "One in ten who is not there at the end, by failing or by giving up, is an outage to them.",
  },
  silent: {
    name: "silent",
    what:
      "time that tracks were silent, of the time that they should have come, to clients that were not away",
    unit: "ratio",
    good: ["<=", 0.01],
    critical: [">", 0.1],
    reason:
      "A tenth of all the time that tracks should have come is six seconds of each minute, or one track of ten.",
  },
  away: {
    name: "away",
    what:
      "time that tracks were missing because their client was away, of the time that they should have come",
    unit: "ratio",
    good: ["==", 0],
    critical: [">", 0.8],
    reason:
      "Clients that come back have survived an outage, which is a warning; one that takes four fifths of a run leaves nothing to judge.",
  },
  stopped: {
    name: "stopped by the server",
    what:
      "tracks that clients send and the server paused or closed although nobody asked for it",
    unit: "ratio",
    good: ["==", 0],
    critical: [">", 0.1],
    reason:
      "Who speaks and is not passed on is not heard, whatever the server says of it; muted is who mutes himself.",
  },
  withheld: {
    name: "withheld",
    what:
      "time in which the server chose to send nothing of tracks, and said so, of the time that clients wanted them",
    unit: "ratio",
    good: ["<=", 0.01],
    critical: null,
    reason:
      "A server may leave out what does not fit a client's bandwidth, so it is no fault; but the client has that much less than the rest of this table tells.",
  },
  deliveryRatio: {
    name: "delivered",
    what: "packets received, of those that clients sent each other",
    unit: "ratio",
    good: [">=", 0.99],
    critical: ["<", 0.9],
    reason:
      "One packet in a hundred is repaired or concealed, one in ten is heard and seen by everyone.",
  },
  lostMedia: {
    name: "media lost for a while",
    what: "clients that had media and then none for three seconds or longer",
    unit: "ratio",
    good: ["==", 0],
    critical: null,
    reason:
      "Three seconds without anything are an interruption; how bad it was, the silence of tracks and who lost it for good say.",
  },
  signalingSilent: {
    name: "signaling silent",
    what:
      "time in which the server answered neither requests nor pings for three seconds or longer, of the time that clients were connected",
    unit: "ratio",
    good: ["<=", 0.01],
    critical: [">", 0.5],
    reason:
      "While signaling is silent media may flow, but nobody can come, mute or leave; one that is so for half of the time is no server.",
  },
  frozen: {
    name: "frozen",
    what: "time that videos stood still, of the time that they were on",
    unit: "ratio",
    good: ["<=", 0.02],
    critical: [">", 0.2],
    reason:
      "A fiftieth of the time is a second each minute, a fifth is a picture that nobody can follow; on a busy machine each hiccup freezes some.",
  },
  errors: {
    name: "met errors",
    what: "clients that met an error",
    unit: "ratio",
    good: ["==", 0],
    critical: [">", 0.1],
    reason:
      "A share of clients, not of operations: a client in trouble tries again and again, and is one user all the same.",
  },
  receiveSendRatio: {
    name: "received / sent",
    what: "packets received, divided by packets sent",
    unit: "ratio",
    good: [">", 0.4],
    critical: ["<", 0.1],
    reason:
      "Where somebody is there to hear, each packet sent is received about once or more.",
  },
  serverCpu: {
    name: "server CPU",
    what: "its busiest thread over five seconds, in cores",
    unit: "cores",
    good: ["<", 0.7],
    critical: [">", 0.9],
    reason:
      "Above nine tenths of a core over five seconds packets queue up before they are lost.",
  },
  serverRss: {
    name: "server memory",
    what: "the most that it used",
    unit: "bytes",
    good: ["<", 1e9],
    critical: [">", 4e9],
    reason:
      "An SFU holds a few packets of each track: gigabytes are a leak, or a machine near its end.",
  },
} as const satisfies Readonly<Record<string, BandLimits>>;

/** The figures that have bands. */
export type BandMetric = keyof typeof BANDS;

/** Their names, in order. */
export const BAND_METRICS = Object.keys(BANDS) as readonly BandMetric[];

/** The limits of one figure. */
export function limitsOf(metric: BandMetric): BandLimits {
  return BANDS[metric];
}

/** The judgement of a value. */
export function band(metric: BandMetric, value: number): Band {
  const { good, critical } = limitsOf(metric);
  if (holds(value, ...good)) return "good";
  return critical !== null && holds(value, ...critical)
    ? "critical"
    : "warning";
}

/** The worse of two judgements. */
export function worse(a: Band, b: Band): Band {
  return RANK[a] >= RANK[b] ? a : b;
}

const RANK = { good: 0, warning: 1, critical: 2 } as const;
