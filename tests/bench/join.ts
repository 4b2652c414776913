/**
 * What a join costs: 200 clients against mediasoup, in rooms of five; all due
 * at once, or twenty a second. CPU counts from the first one's being due to the
 * second in which all were connected; the media that flowed meanwhile is in it.
 *
 * `join.ts [--quick] [viewers | publishers | ramp]`
 *
 * @module
 */

import { trendOf, trendStats } from "../../tool.ts";
import { startChild } from "./child.ts";
import { cpuUsOf, ownCpuUs } from "./cpu.ts";
import { connectedOf, type Gathering, openGathering } from "./crowd.ts";
import { printFigure } from "./figure.ts";

const BENCH = "join";
const PER_ROOM = 5;
const RAMP_PER_SEC = 20;

const CLIENTS = Deno.args.includes("--quick") ? 20 : 200;

const PUBLISHERS: Gathering = {
  clients: CLIENTS,
  rampUpMs: 0,
  video: false,
  fps: 30,
  rooms: CLIENTS / PER_ROOM,
  publishRatio: 1,
  maxAudio: 4,
  maxVideo: 0,
};

/** A viewer has one transport; one who publishes as well has two. */
const GATHERINGS: Readonly<Record<string, Gathering>> = {
  viewers: {
    clients: CLIENTS,
    rampUpMs: 0,
    video: true,
    fps: 30,
    rooms: CLIENTS / PER_ROOM,
    publishRatio: 1 / PER_ROOM,
    maxAudio: 4,
    maxVideo: 4,
  },
  publishers: PUBLISHERS,
  ramp: { ...PUBLISHERS, rampUpMs: CLIENTS / RAMP_PER_SEC * 1000 },
};

if (import.meta.main) {
  const named = Object.entries(GATHERINGS).find(([name]) =>
    Deno.args.includes(name)
  );
  if (named === undefined) {
    for (const name of Object.keys(GATHERINGS)) await benchInChild(name);
  } else {
    await bench(...named);
  }
  Deno.exit(0);
}

/** The first joins of a process are the dearest: each kind has its own. */
async function benchInChild(name: string): Promise<void> {
  const child = startChild(import.meta.url, {
    args: [...Deno.args, name],
    stdout: "inherit",
  });
  const { code } = await child.status;
  if (code !== 0) throw new Error(`Cannot measure ${name}: it broke.`);
}

async function bench(name: string, gathering: Gathering): Promise<void> {
  await using crowd = await openGathering(gathering);
  const { pids } = crowd.sfu;
  const cpuUs = ownCpuUs();
  const serverCpuUs = cpuUsOf(pids);
  const { afterMs, snapshot } = await crowd.gather();
  const perJoinMs = (ownCpuUs() - cpuUs) / 1000 / gathering.clients;
  const serverPerJoinMs = (cpuUsOf(pids) - serverCpuUs) / 1000 /
    gathering.clients;
  const lateness = trendStats(trendOf(snapshot, "lateness"));
  const connection = trendStats(trendOf(snapshot, "connectionTime"));
  const print = (figure: string, value: number, unit: string) =>
    printFigure({ bench: BENCH, figure: `${name}.${figure}`, value, unit });
  print("connected", connectedOf(snapshot), "clients");
  print("server_cpu_per_join", serverPerJoinMs, "ms");
  printFigure({
    bench: BENCH,
    figure: `${name}.cpu_per_join`,
    value: perJoinMs,
    unit: "ms",
    baseline: `${name}.server_cpu_per_join`,
    ratio: perJoinMs / serverPerJoinMs,
  });
  print("all_connected_within", afterMs, "ms");
  print("connection_time_p99", connection.p99Ms, "ms");
  print("lateness_p99", lateness.p99Ms, "ms");
  print("lateness_max", lateness.maxMs, "ms");
}
