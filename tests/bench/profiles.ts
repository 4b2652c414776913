/**
 * What publishers that do as browsers do cost a server, and the generator,
 * beside plain ones: ten in a room, each of whom receives four of the others'
 * tracks of each kind; audio and 480p video. CPU of the mediasoup worker and
 * of this process for each RTP packet that the server got and sent.
 *
 * @module
 */

import type { Profile } from "../../lib/media/mod.ts";
import { type Cost, costOf, pass } from "./cost.ts";
import { openGathering } from "./crowd.ts";
import { printFigure } from "./figure.ts";

const BENCH = "profiles";
const QUICK = Deno.args.includes("--quick");
const CLIENTS = 10;
const RECEIVED = 4;
/** The better of so many: what else the machine does only adds to it. */
const RUNS = QUICK ? 1 : 2;
const SETTLE_MS = QUICK ? 500 : 3000;
const MEASURE_MS = QUICK ? 2000 : 10_000;

if (import.meta.main) {
  const best = new Map<Profile, Cost>();
  for (let run = 0; run < RUNS; run++) {
    for (const profile of ["plain", "browser"] as const) {
      const cost = await costOfProfile(profile);
      const before = best.get(profile);
      if (before === undefined || cost.serverUs < before.serverUs) {
        best.set(profile, cost);
      }
    }
  }
  const plain = best.get("plain")!;
  for (const [profile, cost] of best) {
    print(profile, "server", cost.serverUs, plain.serverUs);
    print(profile, "generator", cost.generatorUs, plain.generatorUs);
    printFigure({
      bench: BENCH,
      figure: `${profile}.rate`,
      value: cost.packetsPerSecond,
      unit: "packets/s",
    });
  }
  Deno.exit(0);
}

function print(
  profile: Profile,
  figure: "server" | "generator",
  us: number,
  plainUs: number,
): void {
  printFigure({
    bench: BENCH,
    figure: `${profile}.${figure}`,
    value: us,
    unit: "us",
    baseline: `plain.${figure}`,
    ratio: us / plainUs,
  });
}

async function costOfProfile(profile: Profile): Promise<Cost> {
  await using gathering = await openGathering({
    clients: CLIENTS,
    rampUpMs: 0,
    video: true,
    fps: 30,
    rooms: 1,
    publishRatio: 1,
    maxAudio: RECEIVED,
    maxVideo: RECEIVED,
    profile,
  });
  await gathering.gather();
  await pass(SETTLE_MS);
  return await costOf(gathering.sfu, MEASURE_MS);
}
