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
import { type SfuStats, startSfu } from "../../lib/sfu/mod.ts";
import { makePlan, rampAndHold } from "../../mod.ts";
import { openFleet } from "../../tool.ts";
import { BrowserInRoom } from "../e2e/browser.ts";
import { pass } from "./crowd.ts";
import { type NetworkRelay, openNetworkRelay } from "./network_relay.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";

/** Networks towards a viewer, and what of them is so on the way back. */
export const NETWORKS = {
  "plain": [{}, {}],
  "loss-3-delay-20": symmetric(20, { lossRatio: 0.03 }),
  "loss-5-delay-25": symmetric(25, { lossRatio: 0.05 }),
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
} as const satisfies Readonly<
  Record<string, readonly [LinkImpairment, LinkImpairment]>
>;

/** The name of a network. */
export type NetworkName = keyof typeof NETWORKS;

/** Whether there is a network of this name. */
export function isNetwork(name: string): name is NetworkName {
  return Object.hasOwn(NETWORKS, name);
}

/** What one viewer said, and what the server said of it, over one stretch. */
export interface Viewing {
  readonly framesShown: number;
  readonly framesDropped: number;
  readonly freezes: number;
  readonly frozenS: number;
  /** Messages that asked for packets, as the viewer counts them. */
  readonly nacks: number;
  /** Of video; the server's: what it was asked for, and what it sent again. */
  readonly packetsAsked: number;
  readonly packetsResent: number;
  readonly keyFrameRequests: number;
  /** Samples heard, and those of them that were made up. */
  readonly samples: number;
  readonly concealed: number;
  /** For how long frames, and packets of audio, waited for their time, on average. */
  readonly videoDelayMs: number;
  readonly audioDelayMs: number;
  /** Of all packets towards the viewer. */
  readonly lostRatio: number;
}

/** The same stretch of both. */
export interface Pair {
  readonly browser: Viewing;
  readonly ours: Viewing;
}

const ROOM = "beside";
/** Until a jitter buffer has learnt what a network is like. */
const SETTLE_MS = 3000;
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
}

/** Has both watch one publisher behind each of these networks; the medians of what they saw. */
export async function* watchBeside(
  names: readonly NetworkName[],
  { forMs, runs, isImpaired }: BesideOptions,
): AsyncGenerator<{ readonly name: NetworkName } & Pair> {
  await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
  await using nearOurs = await openNetworkRelay(sfu.url);
  await using nearBrowser = await openNetworkRelay(sfu.url);
  await using people = await openPeople(nearOurs.url);
  nearBrowser.begin();
  await using browser = await BrowserInRoom.join(nearBrowser.url, ROOM, {
    watches: true,
  });
  await browser.until((tracks) =>
    tracks.some(({ framesDecoded }) => framesDecoded > 5)
  );
  const [browserId] = await videoReceivers(sfu.stats);
  nearOurs.begin();
  await people.addViewer();
  const ids = await videoReceivers(sfu.stats);
  const ourId = ids.find((id) => id !== browserId)!;
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
  for (const name of names) {
    const pairs: Pair[] = [];
    for (let seed = 1; seed <= runs; seed++) {
      const [inbound, outbound] = NETWORKS[name];
      nearBrowser.change(inbound, outbound, seed);
      if (isImpaired) await people.impairViewer({ inbound, outbound });
      else nearOurs.change(inbound, outbound, seed);
      await pass(SETTLE_MS);
      const from = await look();
      await pass(forMs);
      const to = await look();
      pairs.push({
        browser: grown(from.browser, to.browser),
        ours: grown(from.ours, to.ours),
      });
    }
    yield {
      name,
      browser: medianOf(pairs.map(({ browser }) => browser)),
      ours: medianOf(pairs.map(({ ours }) => ours)),
    };
  }
}

function symmetric(
  delayMs: number,
  inbound: LinkImpairment,
  backMs = delayMs,
): readonly [LinkImpairment, LinkImpairment] {
  return [{ delayMs, ...inbound }, { delayMs: backMs }];
}

/** One who sends, and a place for one who watches: of others than a run's own clients nothing is judged. */
async function openPeople(url: string) {
  const plan = makePlan({
    ...mediaPlanOf({}),
    clip: "builtin",
    stages: rampAndHold(1, 0, 0),
    room: ROOM,
    rooms: 1,
    publishRatio: 1,
    churnRate: 0,
    seed: 1,
  });
  const fleet = await openFleet({ server: { url }, seed: plan.seed });
  const until = async (isSo: (snapshot: Snapshot) => boolean) => {
    const giveUpMs = performance.now() + GIVE_UP_MS;
    while (!isSo(fleet.snapshot())) {
      if (performance.now() > giveUpMs) throw new Error("It never came to be.");
      await pass(100);
    }
  };
  await fleet.add(plan);
  await until(({ gauges }) => gauges.clientsConnected === 1);
  return {
    snapshot: () => fleet.snapshot(),
    async untilTold(): Promise<void> {
      const told = counterOf(fleet.snapshot(), "framesRendered");
      const giveUpMs = performance.now() + GIVE_UP_MS;
      while (
        counterOf(fleet.snapshot(), "framesRendered") === told &&
        performance.now() < giveUpMs
      ) await pass(LOOK_MS);
    },
    async addViewer(): Promise<void> {
      const [first] = plan.clients;
      await fleet.add({
        clients: [{
          ...first,
          index: 1,
          slot: 1,
          clientId: "client-1",
          participantName: "Viewer",
          role: "viewer",
          joinAtMs: 0,
        }],
      });
      await until((all) => counterOf(all, "framesRendered") > 5);
    },
    impairViewer: (impairment: Impairment): Promise<void> =>
      fleet.command({ type: "impair", clients: [1], impairment }),
    [Symbol.asyncDispose]: () => fleet.close(),
  };
}

async function videoReceivers(
  stats: () => Promise<SfuStats>,
): Promise<string[]> {
  return (await stats()).consumers.filter(({ kind, closed }) =>
    kind === "video" && !closed
  ).map(({ participantId }) => participantId);
}

function askedOf({ consumers }: SfuStats, participantId: string) {
  const { nacked, retransmitted } = consumers.find((one) =>
    one.participantId === participantId && one.kind === "video"
  )!;
  return { packetsAsked: nacked, packetsResent: retransmitted };
}

/** Waits added up, and how many. */
interface Waits {
  readonly sumMs: number;
  readonly count: number;
}

type Look = Omit<Viewing, "lostRatio" | "videoDelayMs" | "audioDelayMs"> & {
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
  asked: Pick<Viewing, "packetsAsked" | "packetsResent">,
): Look {
  const video = tracks.find(({ kind }) => kind === "video")!;
  const audio = tracks.find(({ kind }) => kind === "audio") ?? {};
  const of = (name: string) => Number(video[name] ?? 0);
  const heard = (name: string) => Number(audio[name] ?? 0);
  return {
    framesShown: of("framesDecoded"),
    framesDropped: of("framesDropped"),
    freezes: of("freezeCount"),
    frozenS: of("totalFreezesDuration"),
    nacks: of("nackCount"),
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
  asked: Pick<Viewing, "packetsAsked" | "packetsResent">,
): Look {
  const of = (name: CounterName) => counterOf(all, name);
  return {
    framesShown: of("framesRendered"),
    framesDropped: of("framesDropped"),
    freezes: of("freezeCount"),
    frozenS: of("totalFreezesDurationMs") / 1000,
    nacks: of("nackCountSent"),
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

function grown(from: Look & Passed, to: Look & Passed): Viewing {
  const entered = to.entered - from.entered;
  const lost = to.lost - from.lost;
  return {
    framesShown: to.framesShown - from.framesShown,
    framesDropped: to.framesDropped - from.framesDropped,
    freezes: to.freezes - from.freezes,
    frozenS: to.frozenS - from.frozenS,
    nacks: to.nacks - from.nacks,
    packetsAsked: to.packetsAsked - from.packetsAsked,
    packetsResent: to.packetsResent - from.packetsResent,
    keyFrameRequests: to.keyFrameRequests - from.keyFrameRequests,
    samples: to.samples - from.samples,
    concealed: to.concealed - from.concealed,
    videoDelayMs: averageOf(from.video, to.video),
    audioDelayMs: averageOf(from.audio, to.audio),
    lostRatio: entered === 0 ? 0 : lost / entered,
  };
}

/** The median of each figure by itself. */
function medianOf(viewings: readonly Viewing[]): Viewing {
  const median = (name: keyof Viewing) => {
    const values = viewings.map((one) => one[name]).sort((a, b) => a - b);
    return values[Math.floor(values.length / 2)];
  };
  const names = Object.keys(viewings[0]) as (keyof Viewing)[];
  return Object.fromEntries(
    names.map((name) => [name, median(name)]),
  ) as unknown as Viewing;
}
