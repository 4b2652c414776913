/**
 * Many who are there and do next to nothing: 2,000 viewers in rooms of fifty
 * of mediasoup, audio only, and one speaker, whom one room hears. How fast they
 * join, what they take of memory and files, and what they cost and how late
 * things are once all are there.
 *
 * It wants `--v8-flags=--expose-gc` and `ulimit -n 20000`; `--quick` has a
 * twentieth of them.
 *
 * @module
 */

import {
  type Snapshot,
  snapshotBetween,
  trendOf,
  trendStats,
} from "../../tool.ts";
import { cpuUsOf, ownCpuUs } from "./cpu.ts";
import { connectedOf, openGathering } from "./crowd.ts";
import { printFigure } from "./figure.ts";

const BENCH = "scale";
const CLIENTS = Deno.args.includes("--quick") ? 100 : 2000;
const PER_ROOM = 50;
const JOINS_PER_SEC = 40;
/** What is measured of those who are there. */
const IDLE_MS = 15_000;

declare const gc: () => void;

if (import.meta.main) {
  await bench();
  Deno.exit(0);
}

async function bench(): Promise<void> {
  await using crowd = await openGathering({
    clients: CLIENTS,
    rampUpMs: CLIENTS / JOINS_PER_SEC * 1000,
    video: false,
    fps: 30,
    rooms: CLIENTS / PER_ROOM,
    publishRatio: 1 / CLIENTS,
    maxAudio: 1,
    maxVideo: 0,
  });
  const { pids } = crowd.sfu;
  const bytes = residentBytes();
  const files = openFiles();
  const joining = cpuClock(pids);
  const { afterMs, snapshot } = await crowd.gather();
  const joined = joining();
  const connected = connectedOf(snapshot);
  print("connected", connected, "clients");
  print("all_connected_within", afterMs, "ms");
  print("join_rate", connected / (afterMs / 1000), "joins a second");
  print("cpu_per_join", joined.ownMs / CLIENTS, "ms");
  print("server_cpu_per_join", joined.serverMs / CLIENTS, "ms");
  print(
    "connection_time_p99",
    trendStats(trendOf(snapshot, "connectionTime")).p99Ms,
    "ms",
  );
  printLateness("joining", snapshot);

  const idle = cpuClock(pids);
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  const { ownMs, serverMs } = idle();
  const later = crowd.snapshot();
  print("idle.cpu", ownMs / IDLE_MS, "cores");
  print("idle.server_cpu", serverMs / IDLE_MS, "cores");
  printLateness("idle", snapshotBetween(snapshot, later));
  const resident = residentBytes();
  print("resident", resident, "bytes");
  print("per_client", (resident - bytes) / CLIENTS, "bytes");
  print("files_per_client", (openFiles() - files) / CLIENTS, "files");
}

function printLateness(when: string, snapshot: Snapshot): void {
  const p99Ms = (name: "lateness" | "loopLag") =>
    trendStats(trendOf(snapshot, name)).p99Ms;
  print(`${when}.lateness_p99`, p99Ms("lateness"), "ms");
  print(`${when}.loop_lag_p99`, p99Ms("loopLag"), "ms");
}

/** CPU from now until what is returned is called, in milliseconds. */
function cpuClock(
  pids: readonly number[],
): () => { readonly ownMs: number; readonly serverMs: number } {
  const ownUs = ownCpuUs();
  const serverUs = cpuUsOf(pids);
  return () => ({
    ownMs: (ownCpuUs() - ownUs) / 1000,
    serverMs: (cpuUsOf(pids) - serverUs) / 1000,
  });
}

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

function residentBytes(): number {
  gc();
  return Deno.memoryUsage().rss;
}

function print(figure: string, value: number, unit: string): void {
  printFigure({ bench: BENCH, figure, value, unit });
}
