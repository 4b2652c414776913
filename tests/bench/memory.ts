/**
 * Memory of a client: 500 viewers of one publisher in one room of mediasoup,
 * audio and 480p video at 15 frames a second: 62,500 packets a second, which
 * one worker can still forward.
 *
 * Counted is what the process's resident set grew by, from after opening an
 * empty crowd to after everybody has received for a while, each time after a
 * full collection. It wants `--v8-flags=--expose-gc` and, for 500 clients,
 * `ulimit -n 20000`.
 *
 * @module
 */

import { connectedOf, openGathering } from "./crowd.ts";
import { printFigure } from "./figure.ts";

const BENCH = "memory";
const VIEWERS = Deno.args.includes("--quick") ? 50 : 500;
const JOINS_PER_SEC = 25;
const SETTLING_MS = 10_000;

declare const gc: () => void;

if (import.meta.main) {
  await bench();
  Deno.exit(0);
}

async function bench(): Promise<void> {
  const clients = VIEWERS + 1;
  await using crowd = await openGathering({
    clients,
    rampUpMs: clients / JOINS_PER_SEC * 1000,
    video: true,
    fps: 15,
    rooms: 1,
    publishRatio: 1 / clients,
    maxAudio: 1,
    maxVideo: 1,
  });
  const base = residentBytes();
  await crowd.gather();
  await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
  const settled = residentBytes();
  const { heapUsed } = Deno.memoryUsage();
  const snapshot = crowd.snapshot();
  const receiving =
    snapshot.clients.filter((client) =>
      client.role === "viewer" && client.consumersFlowing === 2
    ).length;
  const print = (figure: string, value: number, unit: string) =>
    printFigure({ bench: BENCH, figure, value, unit });
  print("connected", connectedOf(snapshot), "clients");
  print("receiving_audio_and_video", receiving, "clients");
  print("base", base, "bytes");
  print("settled", settled, "bytes");
  print("settled_heap", heapUsed, "bytes");
  printFigure({
    bench: BENCH,
    figure: "per_client",
    value: (settled - base) / clients,
    unit: "bytes",
    baseline: "base",
    ratio: (settled - base) / clients / base,
  });
}

function residentBytes(): number {
  gc();
  return Deno.memoryUsage().rss;
}
