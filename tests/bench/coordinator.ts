/**
 * What the centre of a run costs whose clients are on many machines: ten
 * nodes of 1,000 clients each report a minute of a call, as text through a
 * pipe from another process; it is put together, looked at second by second,
 * and summed up every five seconds. In cores, by the CPU time of all threads,
 * and in bytes of memory at its most; with the bytes of a
 * report that does not say everything, at its most.
 *
 * @module
 */

import {
  ClientFleet,
  type ClientPlan,
  type LoadNode,
  type NodeHandlers,
} from "../../lib/load/mod.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import {
  ClientRecorder,
  EMPTY_SNAPSHOT,
  NodeMeter,
  ReportReader,
  ReportWriter,
} from "../../lib/metrics/mod.ts";
import { openRun } from "../../lib/run/mod.ts";
import { FakeClock } from "../../lib/testing/mod.ts";
import { startChild } from "./child.ts";
import { ownCpuUs } from "./cpu.ts";
import { printFigure } from "./figure.ts";

const NODES = 10;
const CLIENTS = 1000;
const IS_QUICK = Deno.args.includes("--quick");
const SECONDS = IS_QUICK ? 6 : 60;
const SUMMARY_SEC = 5;

/** Clients of a call: what grows in each second of it. */
class Call {
  readonly writer: ReportWriter;
  readonly #meter: NodeMeter;
  readonly #clients: ClientRecorder[];
  #sequence = 0;

  constructor(node: number) {
    const name = `agent-${node}`;
    this.writer = new ReportWriter(name);
    this.#meter = new NodeMeter(name);
    this.#clients = Array.from({ length: CLIENTS }, (_, i) => {
      const { clientId, index, roomId } = planOf(node + i * NODES);
      const identity = { clientId, index, roomId, node: name };
      const client = new ClientRecorder({ ...identity, role: "publisher" });
      for (const operation of ["join_room", "produce_video", "consume"]) {
        for (let k = 0; k < 5; k++) client.addOperation(operation, 20 + i % 9);
      }
      return client;
    });
  }

  at(second: number): string {
    const { counters, gauges } = this.#meter;
    gauges.clientsConnected = CLIENTS;
    counters.packetsPlanned = CLIENTS * 170 * second;
    for (const { figures, identity: { index } } of this.#clients) {
      figures.state = "connected";
      figures.connectionSuccessful = true;
      for (const [name, perSec] of GROWING) {
        const value = perSec * second + (index + second) % 7;
        counters[name] += value - figures[name];
        figures[name] = value;
      }
      figures.sessionDurationMs = 1000 * second + index / 7;
      figures.maxJitterMs = 12 + second / 13 + index / 17;
    }
    for (const name of TRENDS) {
      const trend = this.#meter.trend(name);
      for (let i = 0; i < 3 * CLIENTS; i++) {
        trend.record(1000 + (i * 7919 + second * 104_729) % 90_000);
      }
    }
    const snapshot = this.#meter.snapshot({
      atMs: second * 1000 + 2,
      second,
      clients: this.#clients,
      generator: {
        ...EMPTY_SNAPSHOT.generator,
        workers: 4,
        cpuUs: second * 2_000_000,
        threadUs: second * 4_000_000,
      },
    });
    const report = this.writer.write(snapshot);
    this.writer.acknowledge(this.#sequence);
    this.#sequence = snapshot.sequence;
    return JSON.stringify(report);
  }
}

const GROWING = [
  ["packetsSent", 170],
  ["packetsReceived", 510],
  ["packetsDeliverable", 510],
  ["packetsExpected", 510],
  ["packetsLost", 1],
  ["bytesSent", 150_000],
  ["bytesReceived", 450_000],
  ["retransmissionRequestsSent", 2],
  ["nackCountSent", 1],
  ["framesRendered", 90],
  ["playedMs", 3000],
  ["totalSamplesReceived", 144_000],
  ["concealedSamples", 960],
  ["uplinkPacketsReported", 170],
  ["tracksDueMs", 6000],
  ["sendDueMs", 2000],
  ["signalingDueMs", 1000],
] as const;

const TRENDS = [
  "mediaLatency",
  "lateness",
  "frameGap",
  "jitter",
  "roundTripTime",
  "videoBitrate",
  "audioBitrate",
  "consumerFrameRate",
  "consumerLoss",
  "loopLag",
] as const;

function planOf(index: number): ClientPlan {
  return {
    clientId: `client-${index}`,
    index,
    participantName: "",
    slot: index,
    roomId: `room-${index % 1000}`,
    role: "publisher",
    joinAtMs: 0,
    leaveAtMs: null,
    media: mediaPlanOf({}),
  };
}

/** The other process: what all nodes say, second by second. */
async function report(): Promise<void> {
  const calls = Array.from({ length: NODES }, (_, node) => new Call(node));
  const writer = Deno.stdout.writable.getWriter();
  const encoder = new TextEncoder();
  for (let second = 1; second <= SECONDS; second++) {
    for (const call of calls) {
      await writer.write(encoder.encode(`${call.at(second)}\n`));
    }
  }
  await writer.close();
}

/** A node of which only reports come. */
class DistantNode implements LoadNode {
  readonly #reader = new ReportReader();
  readonly #handlers: NodeHandlers;

  constructor(readonly name: string, handlers: NodeHandlers) {
    this.#handlers = handlers;
  }
  prepare() {
    return Promise.resolve({
      ...{ node: this.name, version: "", threads: 4, machine: null },
      ...{ lanes: [], ciphers: [], dtls: [], clock: null },
    });
  }
  begin() {
    return Promise.resolve();
  }
  command() {
    return Promise.resolve();
  }
  take(line: string): void {
    const snapshot = this.#reader.read(JSON.parse(line));
    if (typeof snapshot === "string") throw new Error(snapshot);
    this.#handlers.onSnapshot(snapshot);
  }
  stop() {
    return Promise.resolve(undefined);
  }
}

async function coordinate(): Promise<void> {
  const clock = new FakeClock();
  const nodes: DistantNode[] = [];
  const sizes: number[] = [];
  await using run = await openRun({
    server: { url: "ws://fake.invalid/ws" },
    seed: 1,
    engine: null,
    clock: {
      nowMs: () => clock.nowMs(),
      wallNowMs: () => clock.nowMs(),
      setTimer: (ms, fn) => clock.setTimer(ms, fn),
    },
    async open(options) {
      const fleet = new ClientFleet({
        ...options,
        elsewhere: {
          nodes: Array.from({ length: NODES }, (_, i) => `agent-${i}`),
          leadMs: () => 0,
          openNode(name, handlers) {
            const node = new DistantNode(name, handlers);
            nodes.push(node);
            return node;
          },
        },
      });
      await fleet.start();
      return fleet;
    },
  });
  const child = startChild(import.meta.url, {
    args: ["--reports", ...IS_QUICK ? ["--quick"] : []],
  });
  const startUs = ownCpuUs();
  let second = 0;
  for await (const line of linesOf(child.stdout)) {
    sizes.push(line.length);
    if (sizes.length % NODES === 1) {
      second++;
      await clock.run(1000);
    }
    nodes[(sizes.length - 1) % NODES].take(line);
    if (sizes.length % NODES === 0 && second % SUMMARY_SEC === 0) {
      run.summarize({
        config: {},
        ending: { kind: "interrupted" },
        thresholds: [],
      });
    }
  }
  await child.status;
  const cpuUs = ownCpuUs() - startUs;
  const { clients } = run.fleet.snapshot();
  if (second !== SECONDS || clients.length !== NODES * CLIENTS) {
    throw new Error(`${second} seconds, ${clients.length} clients`);
  }
  const bench = "coordinator";
  const cores = cpuUs / 1e6 / SECONDS;
  printFigure({ bench, figure: "cpu", value: cores, unit: "cores" });
  const value = peakBytes();
  printFigure({ bench, figure: "memory", value, unit: "bytes" });
  const most = Math.max(...sizes.slice(2 * NODES));
  printFigure({ bench, figure: "report", value: most, unit: "bytes" });
}

async function* linesOf(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest: string[] = [];
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const [first, ...others] = text.split("\n");
    rest.push(first);
    for (const next of others) {
      yield rest.join("");
      rest = [next];
    }
  }
}

/** The memory of this process at its most. */
function peakBytes(): number | null {
  const status = Deno.readTextFileSync("/proc/self/status");
  const [, kilobytes] = status.match(/^VmHWM:\s+(\d+) kB$/m) ?? [];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

if (import.meta.main) {
  if (Deno.args.includes("--reports")) await report();
  else await coordinate();
  Deno.exit(0);
}
