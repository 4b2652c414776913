/**
 * A viewer of ours beside a real browser: both behind the same network, in
 * the same room, on the same mediasoup.
 */

import type { Impairment, LinkImpairment } from "../../lib/impairment/mod.ts";
import {
  type CounterName,
  counterOf,
  type Snapshot,
  STEPS_PER_UNIT,
  trendOf,
} from "../../lib/metrics/mod.ts";
import {
  type DownstreamView,
  type LocalSfu,
  type SfuStats,
  startSfu,
} from "../../lib/sfu/mod.ts";
import { openFleet } from "../../tool.ts";
import { BrowserInRoom } from "../e2e/browser.ts";
import { pass } from "./crowd.ts";
import {
  type NetworkRelay,
  openNetworkRelay,
  SharedFates,
} from "./network_relay.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { planOf } from "../plans.ts";

/** Networks towards a viewer, and what of them is so on the way back. */
export const NETWORKS = {
  "plain": [{}, {}],
  "loss-3-delay-20": symmetric(20, { lossRatio: 0.03 }),
  "loss-5-delay-25": symmetric(25, { lossRatio: 0.05 }),
  "loss-5-delay-40": symmetric(40, { lossRatio: 0.05 }),
  "loss-10-delay-50": symmetric(50, { lossRatio: 0.1 }),
  "bursts-5-delay-50": symmetric(50, { lossRatio: 0.05, lossBurstPackets: 5 }),
  "loss-2-delay-100": symmetric(100, { lossRatio: 0.02 }),
  "bursts-2-jitter-30": symmetric(45, {
    lossRatio: 0.02,
    lossBurstPackets: 3,
    jitterMs: 15,
    jitterReorders: true,
  }, 30),
  "jitter-150": symmetric(95, { jitterMs: 75, jitterReorders: true }, 20),
  "rate-1m": symmetric(20, { rateBps: 1_000_000, queueBytes: 12_500 }),
  "rate-500k": symmetric(20, { rateBps: 500_000, queueBytes: 18_750 }),
  "reorder-5": symmetric(20, { reorderRatio: 0.05, reorderMs: 30 }),
  "duplicate-5": symmetric(20, { duplicateRatio: 0.05 }),
  "loss-1-jitter-10": symmetric(30, {
    lossRatio: 0.01,
    jitterMs: 10,
    jitterReorders: true,
  }),
  "loss-5-jitter-25": symmetric(60, {
    lossRatio: 0.05,
    jitterMs: 25,
    jitterReorders: true,
  }),
  "bursts-5-jitter-15": symmetric(25, {
    lossRatio: 0.05,
    lossBurstPackets: 5,
    jitterMs: 15,
    jitterReorders: true,
  }),
} as const satisfies Readonly<
  Record<string, readonly [LinkImpairment, LinkImpairment]>
>;

/** The name of a network. */
export type NetworkName = keyof typeof NETWORKS;

/** Whether there is a network of this name. */
export function isNetwork(name: string): name is NetworkName {
  return Object.hasOwn(NETWORKS, name);
}

/** What one viewer said, and what the server said of it, over one stretch; of all its tracks together. */
export interface Viewing {
  readonly framesShown: number;
  readonly framesDropped: number;
  readonly freezes: number;
  readonly frozenS: number;
  /** Messages that asked for packets, as the viewer counts them. */
  readonly nacks: number;
  /** Of video; the server's: what it sent, what it was asked for, and what it sent again. */
  readonly packetsSent: number;
  readonly packetsAsked: number;
  readonly packetsResent: number;
  /** Of video: packets that the viewer reported lost, repaired or not. */
  readonly packetsLost: number;
  /** Of video: repairs that came. */
  readonly repairs: number;
  readonly keyFrameRequests: number;
  /** Samples heard, and those of them that were made up. */
  readonly samples: number;
  readonly concealed: number;
  /** For how long frames, and packets of audio, waited for their time, on average. */
  readonly videoDelayMs: number;
  readonly audioDelayMs: number;
  /** Of all packets towards the viewer. */
  readonly lostRatio: number;
  /** The server's: of the last interval, by reports, on average; the round trip typically; and its score from 0 to 10, on average. */
  readonly reportedLostRatio: number;
  readonly roundTripMs: number;
  readonly score: number;
}

/** The same stretch of both. */
export interface Pair {
  readonly browser: Viewing;
  readonly ours: Viewing;
}

/**
 * Clients of ours have threads of their own, as the browser has: a thread that
 * drives some rests between its beats, and a relay on it would wait meanwhile.
 */
export const OWN_THREADS = 2;
const ROOM = "beside";
/** Until a jitter buffer has learnt what a network is like. */
const SETTLE_MS = 12_000;
/** Until a browser that has been started keeps the machine busy no longer. */
const LAUNCH_MS = 3000;
/** Of layers, a server sends both the same again after so long: each step up takes it some seconds. */
const MAX_UNLIKE_MS = 30_000;
const ALIKE_MS = 3000;
const ALIKE_RATIO = 0.02;
const GIVE_UP_MS = 20_000;
const LOOK_MS = 5;

/** How often, and how, both watch. */
export interface BesideOptions {
  /** For so long each time. */
  readonly forMs: number;
  /** So often each network, by another seed each time; the medians count. */
  readonly runs: number;
  /** Our viewer impairs its network itself, as with `--impair`, and has the browser's relay beside. */
  readonly isImpaired: boolean;
  /** How many send. */
  readonly publishers: number;
  /** Whether they send no video. */
  readonly isAudioOnly: boolean;
  /** Whether they send synthetic video in layers, in place of a clip. */
  readonly isSimulcast: boolean;
}

/** Has both watch the same people behind each of these networks; the medians of what they saw. */
export async function* watchBeside(
  names: readonly NetworkName[],
  options: BesideOptions,
): AsyncGenerator<{ readonly name: NetworkName } & Pair> {
  await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
  for (const name of names) {
    const pairs: Pair[] = [];
    for (let seed = 1; seed <= options.runs; seed++) {
      pairs.push(await watchOnce(sfu, NETWORKS[name], seed, options));
      await untilNobodyWatches(sfu);
    }
    yield {
      name,
      browser: medianOf<Viewing>(pairs.map(({ browser }) => browser)),
      ours: medianOf<Viewing>(pairs.map(({ ours }) => ours)),
    };
  }
}

/**
 * Both come behind the network, watch, and leave. A network that changed while
 * they are there would be on their minds for longer than this lasts: sound
 * that is delayed once has the picture held back from then on.
 */
async function watchOnce(
  sfu: LocalSfu,
  [inbound, outbound]: readonly [LinkImpairment, LinkImpairment],
  seed: number,
  options: BesideOptions,
): Promise<Pair> {
  const { forMs, isImpaired, publishers, isAudioOnly } = options;
  const fates = new SharedFates();
  await using nearOurs = await openNetworkRelay(sfu.url, 1, fates);
  await using nearBrowser = await openNetworkRelay(sfu.url, 1, fates);
  await using people = await openPeople(nearOurs.url, options);
  nearBrowser.change(inbound, outbound, seed);
  if (!isImpaired) nearOurs.change(inbound, outbound, seed);
  let ourId = "";
  await using browser = await BrowserInRoom.join(nearBrowser.url, ROOM, {
    watches: true,
    onLaunched: async () => {
      await pass(LAUNCH_MS);
      nearOurs.begin();
      await people.addViewer(isImpaired ? { inbound, outbound } : undefined);
      ourId = await receiverIn(sfu.stats, "");
      nearBrowser.begin();
    },
  });
  const tracks = publishers * (isAudioOnly ? 1 : 2);
  await browser.until((all) =>
    all.length === tracks &&
    all.every(({ kind, framesDecoded, audioLevel }) =>
      kind === "video"
        ? framesDecoded > 5
        : options.isSimulcast || audioLevel > 0
    )
  );
  const browserId = await receiverIn(sfu.stats, ourId);
  const look = async () => {
    // Ours are told once a second.
    await people.untilTold();
    const stats = await sfu.stats();
    return {
      browser: {
        ...lookAtBrowser(await browser.stats(), askedOf(stats, browserId)),
        ...entered(nearBrowser),
      },
      ours: {
        ...lookAtOurs(people.snapshot(), askedOf(stats, ourId)),
        ...isImpaired ? impaired(people.snapshot()) : entered(nearOurs),
      },
    };
  };
  const sentTo = async (participantId: string) =>
    askedOf(await sfu.stats(), participantId).packetsSent;
  await pass(SETTLE_MS);
  if (options.isSimulcast) {
    await untilAlike(() => sentTo(browserId), () => sentTo(ourId));
  }
  const from = await look();
  const views = await reportsDuring(forMs, sfu.stats, [browserId, ourId]);
  const to = await look();
  return {
    browser: { ...grown(from.browser, to.browser), ...views[0] },
    ours: { ...grown(from.ours, to.ours), ...views[1] },
  };
}

/** The server hears a little later that they have left. */
async function untilNobodyWatches({ stats }: LocalSfu): Promise<void> {
  while ((await stats()).consumers.some(({ closed }) => !closed)) {
    await pass(LOOK_MS);
  }
}

/** Resolves when both have grown alike for a while, or that takes too long. */
async function untilAlike(
  ofBrowser: () => Promise<number>,
  ofOurs: () => Promise<number>,
): Promise<void> {
  const both = () => Promise.all([ofBrowser(), ofOurs()]);
  const giveUpMs = performance.now() + MAX_UNLIKE_MS;
  let before = await both();
  while (performance.now() < giveUpMs) {
    await pass(ALIKE_MS);
    const after = await both();
    const [browser, ours] = after.map((sent, i) => sent - before[i]);
    if (Math.abs(ours - browser) <= ALIKE_RATIO * browser) return;
    before = after;
  }
}

type Reports = Pick<Viewing, "reportedLostRatio" | "roundTripMs" | "score">;

/** What the server knows of these receivers for so long, looked at once a second. */
async function reportsDuring(
  forMs: number,
  stats: () => Promise<SfuStats>,
  ids: readonly string[],
): Promise<Reports[]> {
  const seen = ids.map((): DownstreamView[] => []);
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    await pass(Math.min(1000, untilMs - performance.now()));
    const { consumers } = await stats();
    for (const [i, id] of ids.entries()) {
      const own = consumers.filter(({ participantId, closed }) =>
        participantId === id && !closed
      );
      seen[i].push(...own.flatMap(({ downstream }) => downstream ?? []));
    }
  }
  return seen.map((views) => ({
    reportedLostRatio: mean(views.map(({ fractionLost }) => fractionLost)) /
      256,
    roundTripMs: middle(views.map(({ roundTripMs }) => roundTripMs ?? 0)),
    score: mean(views.map(({ score }) => score)),
  }));
}

/** The average. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** The one in the middle: what a busy machine holds up now and then does not move it. */
export function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function symmetric(
  delayMs: number,
  inbound: LinkImpairment,
  backMs = delayMs,
): readonly [LinkImpairment, LinkImpairment] {
  return [{ delayMs, ...inbound }, { delayMs: backMs }];
}

/** Some who send, and a place for one who watches: of others than a run's own clients nothing is judged. */
async function openPeople(
  url: string,
  { publishers, isAudioOnly, isSimulcast }: BesideOptions,
) {
  const plan = planOf(publishers, {
    ...mediaPlanOf({ video: !isAudioOnly, simulcast: isSimulcast }),
    ...(!isSimulcast && { clip: "builtin" }),
    maxAudio: publishers,
    maxVideo: publishers,
    room: ROOM,
  });
  const fleet = await openFleet({
    server: { url },
    seed: plan.seed,
    workers: OWN_THREADS,
  });
  const until = async (isSo: (snapshot: Snapshot) => boolean) => {
    const giveUpMs = performance.now() + GIVE_UP_MS;
    while (!isSo(fleet.snapshot())) {
      if (performance.now() > giveUpMs) throw new Error("It never came to be.");
      await pass(100);
    }
  };
  // What they would receive of each other is not looked at.
  const nothing = { maxAudio: 0, maxVideo: 0 };
  await fleet.add({
    clients: plan.clients.map((client) => ({
      ...client,
      media: { ...client.media, ...nothing },
    })),
  });
  await until(({ gauges }) => gauges.clientsConnected === publishers);
  const told = () => counterOf(fleet.snapshot(), "totalSamplesReceived");
  return {
    snapshot: () => fleet.snapshot(),
    async untilTold(): Promise<void> {
      const before = told();
      const giveUpMs = performance.now() + GIVE_UP_MS;
      while (told() === before && performance.now() < giveUpMs) {
        await pass(LOOK_MS);
      }
    },
    /** With `impairment`, its network is bad from its first packet on. */
    async addViewer(impairment?: Impairment): Promise<void> {
      const [first] = plan.clients;
      await fleet.add({
        clients: [{
          ...first,
          index: publishers,
          slot: publishers,
          clientId: `client-${publishers}`,
          participantName: "Viewer",
          role: "viewer",
          joinAtMs: 0,
          ...(impairment && { impairment }),
        }],
      });
      await until((all) =>
        all.clients[publishers]?.consumersFlowing ===
          publishers * (isAudioOnly ? 1 : 2)
      );
    },
    [Symbol.asyncDispose]: () => fleet.close(),
  };
}

/** Who receives, besides this one. */
async function receiverIn(
  stats: () => Promise<SfuStats>,
  but: string,
): Promise<string> {
  return (await stats()).consumers.find(({ participantId, closed }) =>
    participantId !== but && !closed
  )!.participantId;
}

function askedOf({ consumers }: SfuStats, participantId: string) {
  const own = consumers.filter((one) =>
    one.participantId === participantId && one.kind === "video"
  );
  const sum = (of: "packets" | "nacked" | "retransmitted" | "lost") =>
    own.reduce((total, one) => total + one[of], 0);
  return {
    packetsSent: sum("packets"),
    packetsAsked: sum("nacked"),
    packetsResent: sum("retransmitted"),
    packetsLost: sum("lost"),
  };
}

type Asked = Pick<
  Viewing,
  "packetsSent" | "packetsAsked" | "packetsResent" | "packetsLost"
>;

/** Waits added up, and how many. */
interface Waits {
  readonly sumMs: number;
  readonly count: number;
}

type Look =
  & Omit<
    Viewing,
    "lostRatio" | "videoDelayMs" | "audioDelayMs" | keyof Reports
  >
  & {
    readonly video: Waits;
    readonly audio: Waits;
  };

/** Packets on their way to a viewer so far, and those that the network lost. */
interface Passed {
  readonly entered: number;
  readonly lost: number;
}

function entered({ towardsViewer }: NetworkRelay): Passed {
  return { ...towardsViewer };
}

function impaired(all: Snapshot): Passed {
  return {
    entered: counterOf(all, "impairedIn"),
    lost: counterOf(all, "impairedInDropped"),
  };
}

function lookAtBrowser(
  tracks: readonly Readonly<Record<string, unknown>>[],
  asked: Asked,
): Look {
  const sumOf = (wanted: string) => (name: string) =>
    tracks.filter(({ kind }) => kind === wanted)
      .reduce((sum, track) => sum + Number(track[name] ?? 0), 0);
  const of = sumOf("video");
  const heard = sumOf("audio");
  return {
    framesShown: of("framesDecoded"),
    framesDropped: of("framesDropped"),
    freezes: of("freezeCount"),
    frozenS: of("totalFreezesDuration"),
    nacks: of("nackCount"),
    repairs: of("retransmittedPacketsReceived"),
    keyFrameRequests: of("pliCount"),
    samples: heard("totalSamplesReceived"),
    concealed: heard("concealedSamples"),
    video: waits(of),
    audio: waits(heard),
    ...asked,
  };
}

function lookAtOurs(
  all: Snapshot,
  asked: Asked,
): Look {
  const of = (name: CounterName) => counterOf(all, name);
  return {
    framesShown: of("framesRendered"),
    framesDropped: of("framesDropped"),
    freezes: of("freezeCount"),
    frozenS: of("totalFreezesDurationMs") / 1000,
    nacks: of("nackCountSent"),
    repairs: of("retransmittedPacketsReceived"),
    keyFrameRequests: of("pliCountSent"),
    samples: of("totalSamplesReceived"),
    concealed: of("concealedSamples"),
    video: waitsOf(all, "videoPlayoutDelay"),
    audio: waitsOf(all, "audioPlayoutDelay"),
    ...asked,
  };
}

function waits(of: (name: string) => number): Waits {
  return {
    sumMs: of("jitterBufferDelay") * 1000,
    count: of("jitterBufferEmittedCount"),
  };
}

/** By the second. */
function waitsOf(
  all: Snapshot,
  name: "videoPlayoutDelay" | "audioPlayoutDelay",
): Waits {
  const { sum, count } = trendOf(all, name);
  return { sumMs: sum / STEPS_PER_UNIT.ms, count };
}

function averageOf(from: Waits, to: Waits): number {
  return (to.sumMs - from.sumMs) / (to.count - from.count);
}

function grown(
  from: Look & Passed,
  to: Look & Passed,
): Omit<Viewing, keyof Reports> {
  const entered = to.entered - from.entered;
  const lost = to.lost - from.lost;
  return {
    framesShown: to.framesShown - from.framesShown,
    framesDropped: to.framesDropped - from.framesDropped,
    freezes: to.freezes - from.freezes,
    frozenS: to.frozenS - from.frozenS,
    nacks: to.nacks - from.nacks,
    packetsSent: to.packetsSent - from.packetsSent,
    packetsAsked: to.packetsAsked - from.packetsAsked,
    packetsResent: to.packetsResent - from.packetsResent,
    packetsLost: to.packetsLost - from.packetsLost,
    repairs: to.repairs - from.repairs,
    keyFrameRequests: to.keyFrameRequests - from.keyFrameRequests,
    samples: to.samples - from.samples,
    concealed: to.concealed - from.concealed,
    videoDelayMs: averageOf(from.video, to.video),
    audioDelayMs: averageOf(from.audio, to.audio),
    lostRatio: entered === 0 ? 0 : lost / entered,
  };
}

/** The median of each figure by itself. */
export function medianOf<Figures extends object>(
  all: readonly { readonly [K in keyof Figures]: number }[],
): { readonly [K in keyof Figures]: number } {
  const names = Object.keys(all[0]) as (keyof Figures)[];
  return Object.fromEntries(
    names.map((name) => [name, middle(all.map((one) => one[name]))]),
  ) as { [K in keyof Figures]: number };
}
