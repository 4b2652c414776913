import { assertAlmostEquals, assertEquals } from "@std/assert";
import { deriveSample, sameServer } from "../../../lib/monitor/sample.ts";
import type { TreeReading } from "../../../lib/monitor/proc.ts";
import { rawProcess, treeReading } from "./readings.ts";

const derive = (before: TreeReading, after: TreeReading) =>
  deriveSample("port:3000", 5_000, before, after);

Deno.test("CPU is what was used between two looks, in cores", () => {
  const sample = derive(
    treeReading({
      uptimeSeconds: 100,
      processes: [rawProcess({ cpuTicks: 40 })],
    }),
    treeReading({
      uptimeSeconds: 102,
      processes: [rawProcess({ cpuTicks: 140 })],
    }),
  );
  assertAlmostEquals(sample.cpuRatio, 0.5);
  assertEquals([sample.intervalMs, sample.atMs], [2_000, 5_000]);
});

Deno.test("one saturated worker shows, however idle the others are", () => {
  const look = (uptimeSeconds: number, busy: number) =>
    treeReading({
      uptimeSeconds,
      processes: [
        rawProcess({ pid: 400, cpuTicks: 10 }),
        rawProcess({ pid: 401, cpuTicks: 20 }),
        rawProcess({ pid: 402, cpuTicks: 30 + busy }),
      ],
    });
  const sample = derive(look(100, 0), look(101, 98));
  assertAlmostEquals(sample.maxProcessRatio, 0.98);
  assertAlmostEquals(sample.cpuRatio, 0.98);
});

Deno.test("a saturated thread shows inside a process that has cores to spare", () => {
  const look = (uptimeSeconds: number, busy: number) =>
    treeReading({
      uptimeSeconds,
      processes: [
        rawProcess({
          cpuTicks: busy + busy / 2,
          threadTicks: new Map([[400, busy / 2], [411, busy]]),
        }),
      ],
    });
  const sample = derive(look(100, 0), look(101, 96));
  assertAlmostEquals(sample.maxThreadRatio, 0.96);
  assertAlmostEquals(sample.maxProcessRatio, 1.44);
});

Deno.test("memory, open files and threads are summed over the tree", () => {
  const processes = [
    rawProcess({ pid: 400, rssBytes: 100, fds: 7, threads: 3 }),
    rawProcess({ pid: 401, rssBytes: 50, fds: null, threads: 1 }),
  ];
  const sample = derive(
    treeReading({ uptimeSeconds: 100 }),
    treeReading({ uptimeSeconds: 101, processes }),
  );
  assertEquals([sample.rssBytes, sample.fds, sample.threads], [150, 7, 4]);
});

Deno.test("open files are unknown, not zero, when nothing may be looked into", () => {
  const processes = [rawProcess({ fds: null })];
  const sample = derive(
    treeReading({ uptimeSeconds: 100, processes }),
    treeReading({ uptimeSeconds: 101, processes }),
  );
  assertEquals(sample.fds, null);
});

Deno.test("a process that was born between two looks counts whole", () => {
  const sample = derive(
    treeReading({ uptimeSeconds: 100 }),
    treeReading({
      uptimeSeconds: 102,
      processes: [
        rawProcess({}),
        rawProcess({ pid: 401, startTicks: 10_150, cpuTicks: 40 }),
      ],
    }),
  );
  assertAlmostEquals(sample.cpuRatio, 0.2);
});

Deno.test("a process that is old but new to us counts with its mean", () => {
  const sample = derive(
    treeReading({ uptimeSeconds: 100 }),
    treeReading({
      uptimeSeconds: 101,
      processes: [
        rawProcess({}),
        rawProcess({ pid: 401, startTicks: 9_600, cpuTicks: 250 }),
      ],
    }),
  );
  assertAlmostEquals(sample.cpuRatio, 0.5);
});

Deno.test("processes and threads that come and go never make CPU negative", () => {
  const before = treeReading({
    uptimeSeconds: 100,
    processes: [
      rawProcess({
        cpuTicks: 500,
        threadTicks: new Map([[400, 9], [77, 400]]),
      }),
      rawProcess({ pid: 401, startTicks: 1_000, cpuTicks: 9_000 }),
      rawProcess({ pid: 402, cpuTicks: 3_000 }),
    ],
  });
  const after = treeReading({
    uptimeSeconds: 101,
    processes: [
      rawProcess({ cpuTicks: 510, threadTicks: new Map([[400, 9], [77, 2]]) }),
      // The pid of 401 was taken by a new process; 402 ended.
      rawProcess({ pid: 401, startTicks: 10_050, cpuTicks: 5 }),
    ],
  });
  const sample = derive(before, after);
  assertAlmostEquals(sample.cpuRatio, 0.15);
  for (const { cpuRatio, maxThreadRatio } of sample.processes) {
    assertEquals([cpuRatio < 0, maxThreadRatio < 0], [false, false]);
  }
});

Deno.test("a count that falls back, against all rules, is no use at all", () => {
  const sample = derive(
    treeReading({ processes: [rawProcess({ cpuTicks: 50 })] }),
    treeReading({
      uptimeSeconds: 101,
      processes: [rawProcess({ cpuTicks: 20 })],
    }),
  );
  assertEquals([sample.cpuRatio, sample.maxThreadRatio], [0, 0]);
});

Deno.test("two looks at the same instant divide nothing by zero", () => {
  const process = rawProcess({ startTicks: 10_000, cpuTicks: 0 });
  const look = treeReading({ uptimeSeconds: 100, processes: [process] });
  assertEquals(derive(look, look).cpuRatio, 0);
});

Deno.test("lost datagrams are those of the interval, by socket", () => {
  const sample = derive(
    treeReading({
      hostUdpErrors: 50,
      socketDrops: new Map([["1", 10], ["3", 50]]),
    }),
    treeReading({
      uptimeSeconds: 101,
      hostUdpErrors: 75,
      socketDrops: new Map([["1", 13], ["2", 4], ["3", 0]]),
    }),
  );
  assertEquals([sample.udpDrops, sample.hostUdpErrors], [7, 25]);
});

Deno.test("a reused pid is another server", () => {
  const one = treeReading({ processes: [rawProcess({ startTicks: 1 })] });
  const two = treeReading({ processes: [rawProcess({ startTicks: 2 })] });
  assertEquals([sameServer(one, one), sameServer(one, two)], [true, false]);
});
