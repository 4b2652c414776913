/** A target without a server: scenarios run in virtual time, against a fake one. */

import { Client } from "../client/mod.ts";
import { ClipCache } from "../clip/mod.ts";
import {
  clientOptions,
  createRandom,
  type FleetOptions,
  LocalNode,
  type NodeHandlers,
} from "../load/mod.ts";
import { packetize } from "../media/mod.ts";
import { createTarget, type OpenRunOptions, type Target } from "../run/mod.ts";
import { ABORTED } from "../time/mod.ts";
import { ClientFleet } from "../load/mod.ts";
import { FakeClock } from "./fake_clock.ts";
import { fakeEnvironment } from "./fake_environment.ts";
import { FakeScheduler } from "./fake_scheduler.ts";
import { FakeServer, type FakeServerOptions } from "./fake_server.ts";

/** What a fake crowd is made of. */
export interface FakeCrowdOptions extends FakeServerOptions {
  /** Of everything drawn. @default {1} */
  readonly seed?: number;
  /** How often packets go out, in virtual milliseconds: long turns make long stories cheap. @default {20} */
  readonly turnMs?: number;
  /** What a scenario must be done in, in virtual milliseconds. @default {a day} */
  readonly mostMs?: number;
}

/** A target without a server. */
export interface FakeCrowd extends Target {
  /** Virtual time; it goes on by itself while a scenario does. */
  readonly clock: FakeClock;
  /** Opens a fleet of such clients in virtual time: for a run of another kind. */
  readonly ports: Required<Pick<OpenRunOptions, "clock" | "open">>;
  /** The server; take it down, cut its channels, look who is there. */
  readonly server: FakeServer;
}

const DAY_MS = 24 * 3_600_000;
/** So much virtual time passes between two looks whether the scenario is done. */
const STEP_MS = 1000;
/** So many such steps, and the event loop has its turn. */
const STEPS_A_BREATH = 30;

/**
 * A target for tests of scenarios: real clients, a server without a network,
 * and hours that pass in a moment.
 *
 * @example
 * ```ts
 * import { fakeCrowd } from "./mod.ts";
 * import { defineScenario } from "../scenario/mod.ts";
 *
 * const quiet = defineScenario({
 *   name: "quiet",
 *   description: "Two people, one of them silent.",
 *   options: {},
 *   async run(crowd) {
 *     await crowd.join({ publish: false });
 *     await crowd.join();
 *     await crowd.wait(60_000);
 *   },
 * });
 * const summary = await quiet(fakeCrowd());
 * console.assert(summary.totalClients === 2);
 * ```
 */
export function fakeCrowd(options: FakeCrowdOptions = {}): FakeCrowd {
  const { seed = 1, turnMs = 20, mostMs = DAY_MS, ...differences } = options;
  const clock = new FakeClock();
  const loading = new Loading();
  const server = new FakeServer(clock, differences);
  const time = {
    nowMs: () => clock.nowMs(),
    wallNowMs: () => server.wallNowMs(),
    setTimer: (ms: number, fn: () => void) => clock.setTimer(ms, fn),
  };
  const tooLong = new AbortController();
  const ports = {
    clock: time,
    open: async (fleetOptions: FleetOptions) => {
      const crowd = new ClientFleet({
        ...fleetOptions,
        openNode: (name, handlers) =>
          fakeNode(name, handlers, {
            clock,
            server,
            seed,
            turnMs,
            time,
            loading,
          }),
      });
      await crowd.start();
      return crowd;
    },
  };
  const target = createTarget({
    server: { url: "ws://fake.invalid/ws" },
    engine: null,
    seed,
    workers: 1,
    ...ports,
    signal: tooLong.signal,
  });
  return {
    ...target,
    ports,
    clock,
    server,
    async perform(job) {
      const untilMs = clock.nowMs() + mostMs;
      let isOver = false;
      const outcome = target.perform(job).finally(() => isOver = true);
      for (let step = 1; !isOver; step++) {
        if (clock.nowMs() > untilMs) tooLong.abort(ABORTED);
        await loading.done;
        await clock.run(STEP_MS);
        // A script that waits for something real would never get it, and
        // never be told that it is too late.
        if (step % STEPS_A_BREATH === 0) await breath();
      }
      return await outcome;
    },
  };
}

function fakeNode(
  name: string,
  handlers: NodeHandlers,
  { clock, server, seed, turnMs, time, loading }: {
    readonly clock: FakeClock;
    readonly server: FakeServer;
    readonly seed: number;
    readonly turnMs: number;
    readonly loading: Loading;
    readonly time: ConstructorParameters<typeof LocalNode>[0]["clock"];
  },
): LocalNode {
  return new LocalNode({
    name,
    clock: time,
    handlers,
    openHost: (_, meter) => {
      const environment = fakeEnvironment({
        clock,
        scheduler: new FakeScheduler(clock, turnMs),
        server,
        random: createRandom(seed, `clients of ${name}`),
        meter: {
          counters: meter.counters,
          // Turns are as long as they were made: that is no lateness.
          lateness: { record() {} },
          mediaLatency: meter.trend("mediaLatency"),
          firstPacket: meter.trend("firstPacket"),
          timeToFirstFrame: meter.trend("timeToFirstFrame"),
          frameGap: meter.trend("frameGap"),
        },
      });
      const clips = new ClipCache(packetize);
      return Promise.resolve({
        prepare: (media) => loading.wait(clips.load(media)),
        create: (plan, onEvent, network) =>
          new Client(
            {
              ...environment,
              createTransport: (remote, handlers) =>
                server.createTransport(remote, handlers, network),
            },
            clientOptions(plan, clips.get(plan.media)),
            onEvent,
          ),
        health: {
          lanes: ["fake"],
          ciphers: ["fake"],
          dtls: ["fake"],
          notes: [],
          cpuUs: () => 0,
          kernelDrops: () => 0,
        },
        latenessMs: () => 0,
        publishers: environment.publishers,
        [Symbol.dispose]() {},
      });
    },
  });
}

/** Files are read in real time, and virtual time stands still meanwhile. */
class Loading {
  /** Never rejects. */
  done: Promise<void> = Promise.resolve();

  wait(work: Promise<void>): Promise<void> {
    this.done = work.catch(() => {});
    return work;
  }
}

function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
