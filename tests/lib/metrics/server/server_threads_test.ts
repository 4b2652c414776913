import { assertEquals } from "@std/assert";
import {
  busyThreadsText,
  ServerLog,
  unevenThreadsText,
} from "../../../../lib/metrics/mod.ts";

function threads(...maxes: readonly (readonly [string, number])[]) {
  return maxes.map(([kind, maxCpuRatio], i) => ({
    name: `${kind} (${40 + i})`,
    meanCpuRatio: maxCpuRatio * 0.9,
    maxCpuRatio,
  }));
}

Deno.test.each([
  {
    all: threads(["worker", 1.01], ["worker", 0.02]),
    says: "one of two worker (40) at 100 %, the other idle",
  },
  {
    all: threads(["worker", 0.99], ["worker", 0.03], ["worker", 0.1]),
    says: "one of three worker (40) at 99 %, the others idle",
  },
  {
    all: threads(["worker", 0.99], ["worker", 0.97], ["worker", 0.5]),
    says: "two of three worker at 99 %, the other at 50 %",
  },
  {
    all: threads(["worker", 1], ["worker", 0.95]),
    says: "two of two worker at 100 %",
  },
  { all: threads(["sfu", 0.93], ["worker", 0.1]), says: "sfu (40) at 93 %" },
  { all: threads(["worker", 0.8], ["worker", 0]), says: undefined },
  {
    all: [{ name: "worker (1)", meanCpuRatio: 0.2, maxCpuRatio: 1 }],
    says: undefined,
  },
  { all: [], says: undefined },
])("busy threads: $says", ({ all, says }) => {
  assertEquals(busyThreadsText(all), says);
});

Deno.test.each([
  {
    all: threads(["worker", 0.5], ["worker", 0.02]),
    says: "one of two worker (40) does 96 % of the work",
  },
  {
    all: threads(["worker", 0.4], ["worker", 0.4], ["worker", 0.05]),
    says: "two of three worker do 94 % of the work",
  },
  {
    all: threads(["sfu", 0.8], ["worker", 0.3], ["worker", 0.3]),
    says: undefined,
  },
  { all: threads(["worker", 0.5], ["worker", 0.15]), says: undefined },
  { all: threads(["worker", 0.02], ["worker", 0]), says: undefined },
  { all: threads(["worker", 1], ["worker", 0]), says: undefined },
  { all: threads(["worker", 0.5]), says: undefined },
])("uneven threads: $says", ({ all, says }) => {
  assertEquals(unevenThreadsText(all), says);
});

Deno.test("a thread that was not there all the time is averaged over all of it, and a part of the run has its own figures", () => {
  const log = new ServerLog();
  const second = (at: number, ratios: readonly number[]) =>
    log.add("pid:7", {
      fromMs: at * 1000,
      toMs: at * 1000 + 1000,
      cpuRatio: 1,
      busiest: { name: "sfu (7)", cpuRatio: 1 },
      maxThreadRatio: 1,
      busyThreads: ratios.map((cpuRatio, i) => ({
        id: 8 + i,
        name: "worker",
        cpuRatio,
      })),
      rssBytes: 1,
      fds: null,
      threads: 3,
      udpDrops: 0,
      hostUdpErrors: null,
    });
  second(0, [0.2]);
  second(1, [1, 0.1]);
  assertEquals(log.load()!.busyThreads, [
    { name: "worker (8)", meanCpuRatio: 0.6, maxCpuRatio: 1 },
    { name: "worker (9)", meanCpuRatio: 0.05, maxCpuRatio: 0.1 },
  ]);
  assertEquals(log.loadBetween(1000, 2000)!.busyThreads, [
    { name: "worker (8)", meanCpuRatio: 1, maxCpuRatio: 1 },
    { name: "worker (9)", meanCpuRatio: 0.1, maxCpuRatio: 0.1 },
  ]);
  assertEquals(log.loadBetween(5000, 6000), null);
});
