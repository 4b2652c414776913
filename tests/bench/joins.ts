/**
 * What a client that has come and gone leaves behind, in bytes of heap, code
 * left out, and of buffers beside it: in the generator, and in a session with
 * charts that watches it. Clients join, are cut off and come back together with
 * others who stay longer, and leave, in virtual time, on a server without a
 * network. It wants `--v8-flags=--expose-gc`; `--quick` has fewer
 * clients.
 *
 * @module
 */

import { update } from "../../cli/session/update.ts";
import { view } from "../../cli/session/view/view.ts";
import { Client } from "../../lib/client/mod.ts";
import { createRandom, LocalNode } from "../../lib/load/mod.ts";
import { RunSeconds, type Snapshot } from "../../lib/metrics/mod.ts";
import { ClientFleet } from "../../lib/load/mod.ts";
import {
  FakeClock,
  fakeEnvironment,
  FakeScheduler,
  FakeServer,
} from "../../lib/testing/mod.ts";
import { runningModel } from "../cli/session/fixtures.ts";
import { clientPlan, MEDIA } from "../lib/load/node/node_bench.ts";
import { memoryUse } from "../soak/process.ts";
import { printFigure } from "./figure.ts";

const JOINS = Deno.args.includes("--quick") ? 800 : 2000;
/** Join first, and do not count: code is compiled and lists find their size. */
const WARM_UP_JOINS = 400;
/** Between two joins. */
const PACE_MS = 100;
const STAY_MS = 3000;
/** Between two cuts of the channels of all who are there. */
const CUT_MS = 1000;
/** Joins that are planned together, as those of a session are. */
const BATCH = 40;
/** Who has left is kept by the server for half a minute. */
const GHOSTS_MS = 31_000;

if (import.meta.main) {
  for (const who of ["generator", "session"] as const) {
    const value = await bytesPerJoin(who === "session");
    printFigure({ bench: "joins", figure: who, value, unit: "bytes" });
  }
  Deno.exit(0);
}

async function bytesPerJoin(isWatched: boolean): Promise<number> {
  const clock = new FakeClock();
  const server = new FakeServer(clock);
  const time = {
    nowMs: () => clock.nowMs(),
    wallNowMs: () => server.wallNowMs(),
    setTimer: (ms: number, fn: () => void) => clock.setTimer(ms, fn),
  };
  const seconds = new RunSeconds();
  let model = runningModel({ audience: "run" });
  const see = (snapshot: Snapshot) => {
    const nowMs = clock.nowMs();
    const measured = { type: "measured", snapshot, use: undefined } as const;
    model = update(model, measured, nowMs).model;
    view(model);
  };
  const crowd = new ClientFleet({
    server: { url: "ws://fake.invalid/ws" },
    seed: 1,
    clock: time,
    onNote: (note) => {
      if (!isWatched) return;
      model = update(model, { type: "note", note }, clock.nowMs()).model;
    },
    onSecond: (point, all) => {
      seconds.take(point, all);
      if (isWatched) see(all);
    },
    openNode: (name, handlers) =>
      new LocalNode({
        name,
        clock: time,
        handlers,
        openHost: (_plan, meter) => {
          const environment = fakeEnvironment({
            clock,
            scheduler: new FakeScheduler(clock, 100),
            server,
            random: createRandom(1, name),
            meter: {
              counters: meter.counters,
              lateness: { record() {} },
              mediaLatency: meter.trend("mediaLatency"),
              firstPacket: meter.trend("firstPacket"),
              timeToFirstFrame: meter.trend("timeToFirstFrame"),
              frameGap: meter.trend("frameGap"),
            },
          });
          return Promise.resolve({
            create: (plan, onEvent, network) =>
              new Client({
                ...environment,
                createTransport: (remote, handlers) =>
                  server.createTransport(remote, handlers, network),
              }, {
                roomId: plan.roomId,
                participantName: plan.participantName,
                publish: { ...MEDIA, video: false, clip: undefined },
                maxAudio: 4,
                maxVideo: 0,
                cname: plan.clientId,
              }, onEvent),
            health: {
              lanes: [],
              ciphers: [],
              dtls: [],
              notes: [],
              cpuUs: () => 0,
              kernelDrops: () => 0,
            },
            latenessMs: () => 0,
            [Symbol.dispose]() {},
          });
        },
      }),
  });
  await crowd.start();
  let joined = 0;
  const join = async (count: number): Promise<number> => {
    for (const end = joined + count; joined < end; joined += BATCH) {
      const clients = Array.from({ length: BATCH }, (_, i) => {
        const joinAtMs = i * PACE_MS;
        const leaveAtMs = joinAtMs + STAY_MS;
        return clientPlan(joined + i, { joinAtMs, leaveAtMs });
      });
      await crowd.add({ clients });
      for (let ms = CUT_MS; ms <= BATCH * PACE_MS; ms += CUT_MS) {
        await clock.run(CUT_MS);
        const newest = joined + ms / PACE_MS - 1;
        const there = (STAY_MS - CUT_MS) / PACE_MS;
        const clients = Array.from({ length: there }, (_, i) => newest - i)
          .filter((index) => index >= 0);
        await crowd.command({ type: "reconnect", clients });
      }
    }
    await clock.run(GHOSTS_MS);
    memoryUse();
    return memoryUse().heapBytes + Deno.memoryUsage().external;
  };
  const before = await join(WARM_UP_JOINS);
  const after = await join(JOINS);
  const { clients } = crowd.snapshot();
  const came = clients.filter(({ connectionSuccessful, state }) =>
    connectionSuccessful && state === "left"
  );
  if (came.length !== joined) {
    throw new Error(`only ${came.length} of ${joined} came and left`);
  }
  if (isWatched && model.live.snapshot.clients.length !== joined) {
    throw new Error("the session has not seen them");
  }
  const closed = crowd.close();
  await clock.run(GHOSTS_MS);
  await closed;
  return Math.round((after - before) / JOINS);
}
