/**
 * A whole run against mediasoup: 60 clients in rooms of five, audio and 480p
 * video, 30 s. CPU is of the whole process by `getrusage`, from before the
 * first join to after the last leave; the server's is that of its processes
 * over the same time.
 *
 * @module
 */

import { makePlan, rampAndHold, run, type Sfu, spawnSfu } from "../../mod.ts";
import { cpuUsOf, ownCpuUs } from "./cpu.ts";
import { printFigure } from "./figure.ts";

const BENCH = "run";
const QUICK = Deno.args.includes("--quick");
const CLIENTS = QUICK ? 10 : 60;
const PER_ROOM = 5;
const RAMP_MS = QUICK ? 1000 : 5000;
const HOLD_MS = QUICK ? 5000 : 30_000;

if (import.meta.main) {
  await bench();
  Deno.exit(0);
}

async function bench(): Promise<void> {
  await using sfu = await spawnSfu({ engine: "mediasoup", workers: 1 });
  const cpuUs = ownCpuUs();
  const serverCpuUs = cpuUsOf(sfu.pids);
  const { summary } = await run({
    server: { url: sfu.url },
    engine: sfu.engine,
    plan: makePlan({
      stages: rampAndHold(CLIENTS, RAMP_MS, HOLD_MS),
      room: BENCH,
      rooms: CLIENTS / PER_ROOM,
      publishRatio: 1,
      churnRate: 0,
      seed: 1,
      audio: true,
      video: true,
      quality: "480p",
      fps: 30,
      maxAudio: 4,
      maxVideo: 4,
    }),
    rampUpMs: RAMP_MS,
    config: {},
    thresholds: [],
    broken: sfu.failed,
  });
  const serverSec = (cpuUsOf(sfu.pids) - serverCpuUs) / 1e6;
  const cpuSec = (ownCpuUs() - cpuUs) / 1e6;
  const { generator, media } = summary;
  print("connected", summary.successfulConnections, "clients");
  print("errors", summary.totalErrors, "errors");
  print("planned", generator.packetsPlanned, "packets");
  print("sent", generator.packetsSent, "packets");
  print("late", generator.packetsLate, "packets");
  print("lateness_p99", generator.latenessMs.p99Ms, "ms");
  print("lateness_max", generator.latenessMs.maxMs, "ms");
  print("kernel_drops", generator.kernelDrops, "packets");
  print("received", summary.totalPacketsReceived, "packets");
  print("delivery", media.deliveryRatio, "ratio");
  print("lost", media.loss.lost, "packets");
  print(
    "lost_unconfirmed",
    await unconfirmed(sfu, media.loss.lost, summary.totalPacketsReceived),
    "packets",
  );
  print("server_cpu", serverSec, "s");
  printFigure({
    bench: BENCH,
    figure: "generator_cpu",
    value: cpuSec,
    unit: "s",
    baseline: "server_cpu",
    ratio: cpuSec / serverSec,
  });
}

/**
 * Lost packets that the server's own counts do not explain: it never got
 * them from their sender, or it sent them and they did not come.
 */
async function unconfirmed(
  sfu: Sfu,
  lost: number,
  received: number,
): Promise<number> {
  const { producers, consumers } = await sfu.stats();
  const lostOnTheWayIn = new Map(producers.map((row) => [row.id, row.lost]));
  let explained = -received;
  for (const { packets, producerId } of consumers) {
    explained += packets + (lostOnTheWayIn.get(producerId) ?? 0);
  }
  return Math.max(0, lost - Math.max(0, explained));
}

function print(figure: string, value: number | null, unit: string): void {
  printFigure({ bench: BENCH, figure, value, unit });
}
