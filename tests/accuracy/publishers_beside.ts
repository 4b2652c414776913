/**
 * A publisher of ours beside a real browser, as mediasoup sees them: both
 * at once, behind the same network.
 */

import {
  type SfuStats,
  startSfu,
  type UpstreamView,
} from "../../lib/sfu/mod.ts";
import { openFleet } from "../../tool.ts";
import { BrowserInRoom } from "../e2e/browser.ts";
import { makeFilm } from "../e2e/film.ts";
import {
  mean,
  medianOf,
  middle,
  type NetworkName,
  NETWORKS,
  OWN_THREADS,
} from "./beside_browser.ts";
import { pass } from "./crowd.ts";
import {
  type NetworkRelay,
  openNetworkRelay,
  SharedFates,
} from "./network_relay.ts";
import { planOf } from "../plans.ts";

/** What the server knows of one stream that comes in, over a stretch: on average, and times typically. */
export interface Seen {
  /** 1 when repairs come in a stream of their own. */
  readonly hasRtx: number;
  readonly packetsPerSecond: number;
  /** Of the packets of the stretch. */
  readonly lostRatio: number;
  readonly repairedRatio: number;
  /** Of the last interval. */
  readonly fractionLost: number;
  readonly roundTripMs: number;
  readonly jitterMs: number;
  readonly score: number;
}

/** One network, one kind of media, and who sends it. */
export interface PublisherRow {
  readonly name: NetworkName;
  readonly kind: "audio" | "video";
  readonly browser: Seen;
  readonly ours: Seen;
}

const ROOM = "publishers";
const KINDS = ["audio", "video"] as const;
const CLOCK_HZ = { audio: 48_000, video: 90_000 };
/** One that sends, one that receives. */
const TRANSPORTS = 2;
/** Until the browser's encoder has found its bit rate and reports have come both ways. */
const SETTLE_MS = 5000;
const LOOK_MS = 1000;
/**
 * The built-in clip's, in a film for the browser's camera: jitter counts by
 * packets, and depends on how many a frame has and how far frames are apart.
 * Ours does not adapt to the network, so neither does the browser.
 */
const PICTURE = { width: 640, height: 360, fps: 25, kbps: 200 };

/** Has both send behind each of these networks, from them to the server; the medians of what it says. */
export async function* publishBeside(
  names: readonly NetworkName[],
  { forMs, runs }: { readonly forMs: number; readonly runs: number },
): AsyncGenerator<PublisherRow> {
  await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
  const fates = new SharedFates();
  const open = () => openNetworkRelay(sfu.url, TRANSPORTS, fates);
  await using nearOurs = await open();
  await using nearBrowser = await open();
  nearBrowser.begin();
  nearOurs.begin();
  await using film = await makeFilm({ ...PICTURE, noise: 0 });
  await using _browser = await BrowserInRoom.join(nearBrowser.url, ROOM, {
    film: film.path,
    camera: {
      ...PICTURE,
      leastKbps: PICTURE.kbps,
      encodings: [{ maxBitrate: PICTURE.kbps * 1000 }],
    },
  });
  const browserId = await senderIn(sfu.stats, "");
  await using _ours = await openSender(nearOurs.url);
  const ids = [browserId, await senderIn(sfu.stats, browserId)];
  const relays: readonly NetworkRelay[] = [nearBrowser, nearOurs];
  const { producers } = await sfu.stats();
  for (const [i, id] of ids.entries()) {
    for (const { kind, upstream } of producersOf(producers, id)) {
      relays[i].sent.know(upstream![0].ssrc, kind);
    }
  }
  for (const name of names) {
    const seen = new Map(
      KINDS.map((kind) => [kind, ids.map((): Seen[] => [])]),
    );
    for (let seed = 1; seed <= runs; seed++) {
      const [there, back] = NETWORKS[name];
      for (const relay of relays) relay.change(back, there, seed);
      await pass(SETTLE_MS);
      const looks: SfuStats[] = [await sfu.stats()];
      const untilMs = performance.now() + forMs;
      while (performance.now() < untilMs) {
        await pass(LOOK_MS);
        looks.push(await sfu.stats());
      }
      for (const kind of KINDS) {
        for (const [i, id] of ids.entries()) {
          seen.get(kind)![i].push(seenOf(looks, id, kind));
        }
      }
    }
    for (const [kind, [browser, ours]] of seen) {
      yield {
        name,
        kind,
        browser: medianOf<Seen>(browser),
        ours: medianOf<Seen>(ours),
      };
    }
  }
}

async function senderIn(
  stats: () => Promise<SfuStats>,
  but: string,
): Promise<string> {
  for (;;) {
    const sending = (await stats()).producers.filter((one) =>
      one.participantId !== but && one.packets > 0
    );
    if (new Set(sending.map(({ kind }) => kind)).size === KINDS.length) {
      return sending[0].participantId;
    }
    await pass(100);
  }
}

function producersOf(
  producers: SfuStats["producers"],
  id: string,
): SfuStats["producers"] {
  return producers.filter(({ participantId, closed }) =>
    participantId === id && !closed
  );
}

function seenOf(
  looks: readonly SfuStats[],
  id: string,
  kind: "audio" | "video",
): Seen {
  const rows = looks.map(({ producers }) => {
    const row = producersOf(producers, id).find((one) => one.kind === kind);
    if (row === undefined) throw new Error(`${id} sends no ${kind} any more.`);
    return row;
  });
  const views = rows.map(({ upstream }): UpstreamView => upstream![0]);
  const [first, last] = [rows[0], rows.at(-1)!];
  const packets = last.packets - first.packets;
  const each = (of: (view: UpstreamView) => number) => views.slice(1).map(of);
  const grown = (of: (view: UpstreamView) => number) =>
    (of(views.at(-1)!) - of(views[0])) / packets;
  return {
    hasRtx: views.at(-1)!.rtxSsrc === undefined ? 0 : 1,
    packetsPerSecond: packets / (looks.length - 1) * 1000 / LOOK_MS,
    lostRatio: grown(({ packetsLost }) => packetsLost),
    repairedRatio: grown(({ packetsRepaired }) => packetsRepaired),
    fractionLost: mean(each(({ fractionLost }) => fractionLost)) / 256,
    roundTripMs: middle(each(({ roundTripMs }) => roundTripMs ?? 0)),
    jitterMs: middle(each(({ jitterUnits }) => jitterUnits)) /
      CLOCK_HZ[kind] * 1000,
    score: mean(each(({ score }) => score)),
  };
}

async function openSender(url: string) {
  const plan = planOf(1, { clip: "builtin", room: ROOM });
  const fleet = await openFleet({
    server: { url },
    seed: plan.seed,
    workers: OWN_THREADS,
  });
  await fleet.add(plan);
  return { [Symbol.asyncDispose]: () => fleet.close() };
}
