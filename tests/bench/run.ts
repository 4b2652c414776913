/**
 * A whole run against mediasoup: 60 clients in rooms of five, audio and 480p
 * video, 30 s. CPU is of the whole process by `getrusage`, from before the
 * first join to after the last leave; the server's is that of its processes
 * over the same time.
 *
 * @module
 */

import { rampAndHold, run, type Sfu } from "../../mod.ts";
import { spawnSfu } from "../../tool.ts";
import type { SfuStats, StreamStats } from "../../lib/sfu/mod.ts";
import { cpuUsOf, ownCpuUs } from "./cpu.ts";
import { printFigure } from "./figure.ts";
import { planOf } from "../plans.ts";

const BENCH = "run";
const QUICK = Deno.args.includes("--quick");
const CLIENTS = QUICK ? 10 : 60;
const PER_ROOM = 5;
const RAMP_MS = QUICK ? 1000 : 5000;
/** Looks at streams that should all have ended. */
const MAX_LOOKS = 100;
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
    plan: planOf(CLIENTS, {
      stages: rampAndHold(CLIENTS, RAMP_MS, HOLD_MS),
      room: BENCH,
      rooms: CLIENTS / PER_ROOM,
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
  const stats = await finalStats(sfu);
  const confirmed = confirmedLoss(stats, summary.totalPacketsReceived);
  print("server_received", total(stats.producers, "packets"), "packets");
  print("server_lost_on_the_way_in", total(stats.producers, "lost"), "packets");
  print("server_sent", total(stats.consumers, "packets"), "packets");
  print(
    "lost_unconfirmed",
    Math.max(0, media.loss.lost - confirmed),
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

/** The server's counts when all its streams have ended, and can change no more. */
async function finalStats(sfu: Sfu): Promise<SfuStats> {
  for (let i = 0; i < MAX_LOOKS; i++) {
    const { producers, consumers } = await sfu.stats();
    if ([...producers, ...consumers].every(({ closed }) => closed)) break;
  }
  // What ended while it was read is whole only the next time.
  return await sfu.stats();
}

/**
 * Packets missing at the receivers that the server's own counts explain: it
 * never got them from their sender, or it sent them and they did not come.
 */
function confirmedLoss(
  { producers, consumers }: SfuStats,
  received: number,
): number {
  const lostOnTheWayIn = new Map(producers.map((row) => [row.id, row.lost]));
  const explained = consumers.reduce(
    (sum, { packets, producerId }) =>
      sum + packets + (lostOnTheWayIn.get(producerId) ?? 0),
    -received,
  );
  return Math.max(0, explained);
}

function total(rows: readonly StreamStats[], of: "packets" | "lost"): number {
  return rows.reduce((sum, row) => sum + row[of], 0);
}

function print(figure: string, value: number | null, unit: string): void {
  printFigure({ bench: BENCH, figure, value, unit });
}
