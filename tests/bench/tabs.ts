/**
 * What publishers of ours and their viewers cost a server beside so many tabs
 * of Chromium (`--tabs=N`, 3 where nothing else is asked for): each sends audio
 * and 480p video of 1 Mbps, and receives what all others send. CPU of the
 * mediasoup worker for each RTP packet that it got and sent; what a tab costs
 * this machine is no part of it, but takes from it, so there should be no more
 * tabs than cores have room for.
 *
 * @module
 */

import type { Profile } from "../../lib/media/mod.ts";
import { spawnSfu } from "../../tool.ts";
import { BrowserInRoom, NO_CHROMIUM } from "../e2e/browser.ts";
import { makeFilm } from "../e2e/film.ts";
import { type Cost, costOf, pass } from "./cost.ts";
import { openGathering } from "./crowd.ts";
import { printFigure } from "./figure.ts";

const BENCH = "tabs";
const QUICK = Deno.args.includes("--quick");
const TABS = Number(
  Deno.args.find((arg) => arg.startsWith("--tabs="))?.split("=")[1] ?? 3,
);
/** The better of so many: what else the machine does only adds to it. */
const RUNS = QUICK ? 1 : 2;
/** Until a tab's encoder has found its bit rate. */
const SETTLE_MS = QUICK ? 500 : 10_000;
const MEASURE_MS = QUICK ? 2000 : 20_000;
const PICTURE = { width: 640, height: 480 };
/** With it an encoder needs all that it may have. */
const NOISE = 16;
const FPS = 30;
const BITRATE_BPS = 1_000_000;

type Who = "tabs" | Profile;

if (import.meta.main) {
  if (!(TABS > 1)) {
    console.error("Cannot measure so few tabs. --tabs takes 2 and more.");
    Deno.exit(2);
  }
  const best = new Map<Who, Cost>();
  const all: readonly Who[] = NO_CHROMIUM
    ? ["browser", "plain"]
    : ["tabs", "browser", "plain"];
  for (let run = 0; run < RUNS; run++) {
    for (const who of all) {
      const cost = who === "tabs" ? await costOfTabs() : await costOfOurs(who);
      const before = best.get(who);
      if (before === undefined || cost.serverUs < before.serverUs) {
        best.set(who, cost);
      }
    }
  }
  const tabs = best.get("tabs");
  for (const who of ["tabs", "browser", "plain"] as const) {
    const cost = best.get(who);
    printFigure({
      bench: BENCH,
      figure: `${who}.server`,
      value: cost?.serverUs ?? null,
      unit: "us",
      ...(tabs && cost && {
        baseline: "tabs.server",
        ratio: cost.serverUs / tabs.serverUs,
      }),
    });
    printFigure({
      bench: BENCH,
      figure: `${who}.rate`,
      value: cost?.packetsPerSecond ?? null,
      unit: "packets/s",
    });
  }
  Deno.exit(0);
}

async function costOfTabs(): Promise<Cost> {
  await using sfu = await spawnSfu({ engine: "mediasoup", workers: 1 });
  await using film = await makeFilm({ ...PICTURE, fps: FPS, noise: NOISE });
  await using open = new AsyncDisposableStack();
  const join = {
    film: film.path,
    camera: {
      ...PICTURE,
      // One that adapts to a busy machine would send less.
      leastKbps: BITRATE_BPS / 1000,
      encodings: [{ maxBitrate: BITRATE_BPS }],
    },
  };
  const tabs: BrowserInRoom[] = [];
  for (let i = 0; i < TABS; i++) {
    tabs.push(open.use(await BrowserInRoom.join(sfu.url, BENCH, join)));
  }
  for (const tab of tabs) {
    await tab.until((tracks) =>
      tracks.filter(({ framesDecoded }) => framesDecoded > 0).length ===
        TABS - 1
    );
  }
  await pass(SETTLE_MS);
  return await costOf(sfu, MEASURE_MS);
}

async function costOfOurs(profile: Profile): Promise<Cost> {
  await using gathering = await openGathering({
    clients: TABS,
    rampUpMs: 0,
    video: true,
    fps: FPS,
    rooms: 1,
    publishRatio: 1,
    maxAudio: TABS,
    maxVideo: TABS,
    profile,
  });
  await gathering.gather();
  await pass(SETTLE_MS);
  return await costOf(gathering.sfu, MEASURE_MS);
}
