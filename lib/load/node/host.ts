/**
 * Where the parts of a client meet: one thread's datapath, its channels and
 * its meters, wired once for all clients of the thread.
 *
 * @module
 */

import {
  Allowance,
  AnswerPace,
  Client,
  type ClientEnvironment,
  OwnPublishers,
} from "../../client/mod.ts";
import { ClipCache } from "../../clip/mod.ts";
import type { ClientHost } from "./local_node.ts";
import { createRandom } from "../plan/random.ts";
import {
  type Network,
  Stream,
  type StreamClock,
} from "../../impairment/mod.ts";
import { clientOptions } from "./client_options.ts";
import type { NodePlan, ServerTarget } from "./node.ts";
import { loadSessions } from "./signaling.ts";
import { packetize } from "../../media/mod.ts";
import type { ClockDifference, NodeMeter } from "../../metrics/mod.ts";
import { openDatapath, type Reactor, RtcTransport } from "../../rtc/mod.ts";
import { strays } from "../../signaling/adapted/mod.ts";
import type { OpenSession } from "../../signaling/port.ts";
import {
  loadChannels,
  openWebSocketChannel,
} from "../../signaling/websocket/mod.ts";
import { systemClock, threadClock } from "../../time/mod.ts";
import { process } from "../deps.ts";

/** Whose CPU time a node reports: all of the process, or its own thread. */
export type CpuScope = "process" | "thread";

/** What the clients of this thread share: its datapath, its channels, its meters. */
export async function openHost(
  { seed, server, datapath: choice, node }: NodePlan,
  meter: NodeMeter,
  cpu: CpuScope,
): Promise<ClientHost> {
  await loadChannels();
  const datapath = await openDatapath(choice);
  const { reactor, lane, ciphers, dtls } = datapath;
  const lateness = meter.trend("lateness");
  const loopLag = meter.trend("loopLag");
  const mediaLatency = meter.trend("mediaLatency");
  const recent = { latenessMs: 0 };
  let seenDrops = lane.kernelDrops();
  let unreadDrops = 0;
  reactor.observer = {
    onTurn: (lateMs) => loopLag.record(lateMs * 1000),
    onCaughtUp() {
      // Nobody was there to read them.
      unreadDrops += (lane.kernelDrops() ?? 0) - (seenDrops ?? 0);
      seenDrops = lane.kernelDrops();
    },
  };
  const endWatch = threadClock.watch();
  const { standstills, wallJumps } = threadClock;
  const earlier = [standstills.length, wallJumps.length];
  const clocks = new ClockComparison();
  const random = createRandom(seed, `clients of ${node}`);
  const publishers = new OwnPublishers();
  const openSession = await watchedSessions(
    server,
    random,
    reactor,
    choice.transport === "tcp",
  );
  const environment: Omit<
    ClientEnvironment,
    "createTransport" | "openSession"
  > = {
    publishers,
    allowance: new Allowance(),
    answers: new AnswerPace(),
    lookedInto: new Set(),
    scheduler: reactor,
    wallNowMs: () => lane.wallNowMs(),
    clock: systemClock,
    meter: {
      counters: meter.counters,
      lateness: {
        record(us, packets) {
          lateness.record(us, packets);
          recent.latenessMs = us / 1000;
        },
      },
      mediaLatency,
      mediaLatencyHere: choice.wallAheadMs === undefined
        ? mediaLatency
        : inBoth(mediaLatency, meter.trend("mediaLatencySameMachine")),
      onClockDifference: (us) => clocks.note(us / 1000),
      firstPacket: meter.trend("firstPacket"),
      timeToFirstFrame: meter.trend("timeToFirstFrame"),
      frameGap: meter.trend("frameGap"),
    },
    random,
  };
  const clips = new ClipCache(packetize);
  const startCpuUs = cpuUs(cpu);
  return {
    prepare: (media) => clips.load(media),
    create: (plan, onEvent, network) =>
      new Client(
        {
          ...environment,
          repeats: network.repeats,
          openSession: openSession(network),
          createTransport: (remote, handlers) =>
            new RtcTransport(datapath, remote, handlers, {
              network,
              transport: choice.transport,
            }),
        },
        clientOptions(plan, clips.get(plan.media)),
        onEvent,
      ),
    latenessMs: () => recent.latenessMs,
    slicer: reactor,
    publishers,
    aimWall: (aheadMs) => lane.aimWall(aheadMs),
    health: {
      lanes: [lane.kind],
      ciphers: [ciphers.kind],
      dtls: [dtls.kind],
      get notes() {
        return [...datapath.notes, ...strays()];
      },
      cpuUs: () => cpuUs(cpu) - startCpuUs,
      kernelDrops() {
        seenDrops = lane.kernelDrops();
        return seenDrops === null ? null : seenDrops - unreadDrops;
      },
      clock: () => ({
        standstills: standstills.slice(earlier[0]),
        wallJumps: wallJumps.slice(earlier[1]),
        difference: clocks.difference,
      }),
    },
    [Symbol.dispose]() {
      endWatch();
      datapath[Symbol.dispose]();
    },
  };
}

/** Sessions at a server through a client's network, whose replies the packets do not keep waiting. */
async function watchedSessions(
  server: ServerTarget,
  random: () => number,
  reactor: Reactor,
  forceTcp: boolean,
): Promise<(network: Network) => OpenSession> {
  const sessions = await loadSessions(server);
  const onAsked = () => reactor.expectEvents();
  const clock: StreamClock = {
    nowMs: () => reactor.nowMs(),
    setTimer: (delayMs, fn) =>
      systemClock.setTimer(delayMs, () => {
        reactor.expectEvents();
        fn();
      }),
  };
  const openChannel =
    (network: Network): typeof openWebSocketChannel => async (url, options) => {
      reactor.enterLowLatency();
      try {
        const path = new Stream(network, clock);
        const channel = await openWebSocketChannel(url, { ...options, path });
        return {
          closed: channel.closed,
          onText: (handler) => channel.onText(handler),
          send(text) {
            reactor.expectEvents();
            channel.send(text);
          },
          waitingMs: () => channel.waitingMs(),
          close: () => channel.close(),
        };
      } finally {
        reactor.leaveLowLatency();
      }
    };
  return (network) =>
    sessions({ random, openChannel: openChannel(network), forceTcp, onAsked });
}

/** What latencies that cannot be say of clocks elsewhere. */
class ClockComparison {
  #packets = 0;
  #leastMs = Infinity;
  #mostMs = -Infinity;

  get difference(): ClockDifference | null {
    if (this.#packets === 0) return null;
    return {
      packets: this.#packets,
      leastMs: this.#leastMs,
      mostMs: this.#mostMs,
    };
  }

  note(ms: number): void {
    this.#packets++;
    if (ms < this.#leastMs) this.#leastMs = ms;
    if (ms > this.#mostMs) this.#mostMs = ms;
  }
}

type Recorder = ClientEnvironment["meter"]["mediaLatency"];

/** Records everything in two distributions. */
function inBoth(a: Recorder, b: Recorder): Recorder {
  return {
    record(us) {
      a.record(us);
      b.record(us);
    },
  };
}

/** CPU time so far, user and system, in microseconds. */
function cpuUs(scope: CpuScope): number {
  if (scope === "thread" && Deno.build.os === "linux") {
    return threadCpuUs();
  }
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** From `/proc`, which counts in hundredths of a second (proc(5)). */
function threadCpuUs(): number {
  const stat = Deno.readTextFileSync("/proc/thread-self/stat");
  // The second field is a name in brackets, which may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return (user + system) * 10_000;
}
