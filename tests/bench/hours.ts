/**
 * What five hours of a session with charts keep of their seconds, in bytes of
 * heap, code left out, and of buffers beside it: the most in the first half,
 * and in the other. The seconds are made up, of a few clients who stay,
 * whose server is watched, to whom things happen and whose media stands still
 * now and then. It wants `--v8-flags=--expose-gc`.
 *
 * @module
 */

import { update } from "../../cli/session/update.ts";
import { incidentNote } from "../../cli/session/messages.ts";
import {
  ClientRecorder,
  incidentLine,
  NodeMeter,
  RunSeconds,
  ServerLog,
  Timeline,
} from "../../lib/metrics/mod.ts";
import { createRandom } from "../../lib/load/mod.ts";
import { runningModel } from "../cli/session/fixtures.ts";
import { memoryUse } from "../soak/process.ts";
import { printFigure } from "./figure.ts";

const HOURS = 5;
const CLIENTS = 2;
/** Code is compiled and lists find their size. */
const WARM_UP_SEC = 300;
/** Between two looks. */
const LOOK_SEC = 900;
/** Every so often something happens to somebody, and media stands still for a while. */
const EVENT_SEC = 5;
const INCIDENT_SEC = 120;
const STILL_SEC = 5;
/** So many are shown: making charts of them is what takes time here. */
const SHOWN_SEC = 4;
/** Processes come and go, each with a name of its own. */
const PROCESS_SEC = 60;

if (import.meta.main) {
  const most = bytesOfHalves();
  for (const [i, figure] of ["first_half", "second_half"].entries()) {
    printFigure({ bench: "hours", figure, value: most[i], unit: "bytes" });
  }
}

/** The most bytes in the first half of the hours, and in the second. */
function bytesOfHalves(): readonly [number, number] {
  let sec = 0;
  const random = createRandom(1, "hours");
  const meter = new NodeMeter("local");
  const clients = Array.from(
    { length: CLIENTS },
    (_, index) =>
      new ClientRecorder({
        clientId: `client-${index}`,
        index,
        roomId: "room",
        role: "publisher",
        node: "local",
      }),
  );
  const timeline = new Timeline();
  const log = new ServerLog();
  const seconds = new RunSeconds();
  let model = runningModel({ audience: "run" });
  const say = (text: string, atMs: number) => {
    const note = { atMs, clientId: "client-1", level: "info", text } as const;
    model = update(model, { type: "note", note }, atMs).model;
  };
  const bytes = () => {
    const { heapBytes } = memoryUse();
    return heapBytes + Deno.memoryUsage().external;
  };

  const pass = (sec: number) => {
    const atMs = sec * 1000 + random();
    const isStill = sec % INCIDENT_SEC < STILL_SEC;
    for (const [i, { figures }] of clients.entries()) {
      Object.assign(figures, {
        state: "connected",
        connectionSuccessful: true,
        packetsSent: 170 * sec + i,
        bytesSent: 140_000 * sec + i,
        packetsDeliverable: 340 * sec,
        packetsReceived: figures.packetsReceived + (isStill ? 0 : 338 + i),
        bytesReceived: 280_000 * sec,
        playedMs: 2000 * sec,
        framesRendered: 60 * sec,
        tracksDueMs: 6000 * sec,
      });
    }
    for (const name of ["mediaLatency", "roundTripTime", "jitter"] as const) {
      meter.trend(name).record(1000 * Math.ceil(9 * random()));
    }
    Object.assign(meter.counters, {
      packetsSent: 170 * sec * CLIENTS,
      packetsReceived: 338 * sec * CLIENTS,
      bytesSent: 140_000 * sec * CLIENTS,
    });
    Object.assign(meter.gauges, { clientsConnected: CLIENTS });
    const process = `sfu (${1000 + Math.floor(sec / PROCESS_SEC)})`;
    log.add("the server", {
      fromMs: atMs - 1000,
      toMs: atMs,
      cpuRatio: random(),
      busiest: { name: process, cpuRatio: random() },
      maxThreadRatio: random(),
      busyThreads: [{ id: 7, name: "worker", cpuRatio: random() }],
      rssBytes: Math.floor(random() * 2e8),
      fds: 40,
      threads: 12,
      udpDrops: 0,
      hostUdpErrors: 0,
    });
    const snapshot = meter.snapshot({
      atMs,
      clients: clients.map((client) => client.toRecord()),
      generator: {
        lanes: ["native"],
        ciphers: ["openssl"],
        dtls: ["openssl"],
        workers: 1,
        cpuUs: sec * 100_000,
        threadUs: sec * 1_000_000,
        kernelDrops: 0,
        heldBackJoins: 0,
        notes: [],
      },
    });
    const use = log.between(atMs - 1500, atMs);
    const point = { ...timeline.mark(snapshot, atMs), server: use };
    for (const change of seconds.take(point, snapshot)) {
      const note = incidentNote(incidentLine(change), change.change);
      model = update(model, { type: "note", note }, atMs).model;
    }
    if (sec % EVENT_SEC === 0) {
      const text = `came back (reconnected) after ${random()} s`;
      seconds.stories.note("client-1", { atSec: sec, text });
      say(text, atMs);
    }
    if (isStill) {
      seconds.tracks.note({
        clientId: "client-0",
        from: "client-1",
        atSec: sec,
        frozenMs: 900,
      });
    }
    // What a session itself keeps of them goes back ten minutes.
    if (sec % SHOWN_SEC !== 0) return;
    model = update(
      model,
      {
        type: "measured",
        snapshot,
        use,
        incidents: seconds.incidents.current(),
      },
      atMs,
    ).model;
  };

  while (sec < WARM_UP_SEC) pass(++sec);
  const zero = bytes();
  const most: [number, number] = [0, 0];
  const end = HOURS * 3600;
  while (sec < end) {
    const half = sec < end / 2 ? 0 : 1;
    pass(++sec);
    if (sec % LOOK_SEC === 0) {
      most[half] = Math.max(most[half], bytes() - zero);
    }
  }
  return most;
}
