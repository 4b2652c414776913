import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { fc } from "../../fuzz/deps.ts";
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

Deno.test("a machine whose time went back was watched for no time, and used nothing in it", () => {
  const sample = derive(
    treeReading({ uptimeSeconds: 100 }),
    treeReading({ uptimeSeconds: 3, processes: [rawProcess({ cpuTicks: 9 })] }),
  );
  assertEquals(
    [sample.intervalMs, sample.cpuRatio, sample.maxThreadRatio],
    [0, 0, 0],
  );
});

/** Threads of one process, by their names and the cores that each used in a second. */
function threads(...used: readonly (readonly [string, number])[]) {
  const ids = used.map((_, i) => 400 + i);
  const look = (uptimeSeconds: number, share: number) =>
    treeReading({
      uptimeSeconds,
      processes: [rawProcess({
        threadTicks: new Map(
          used.map(([, cores], i) => [ids[i], cores * 100 * share]),
        ),
        threadNames: new Map(used.map(([name], i) => [ids[i], name])),
      })],
    });
  return derive(look(100, 0), look(101, 1)).busyThreads
    .map(({ id, name, cpuRatio }) => [id, name, cpuRatio]);
}

Deno.test.each<{
  why: string;
  used: readonly (readonly [string, number])[];
  told: readonly (readonly [number, string, number])[];
}>([
  {
    why: "a busy one, and the others of its kind",
    used: [["main", 0.49], ["worker", 0], ["worker", 0.5]],
    told: [[401, "worker", 0], [402, "worker", 0.5]],
  },
  {
    why: "workers of mediasoup by their name, however idle",
    used: [["main", 0], ["mediasoup-work", 0], ["mediasoup-worke", 0.01]],
    told: [[401, "mediasoup-work", 0], [402, "mediasoup-worke", 0.01]],
  },
  { why: "none where all are idle", used: [["a", 0.1], ["b", 0.2]], told: [] },
])("of threads are told: $why", ({ used, told }) => {
  assertEquals<readonly unknown[]>(threads(...used), told);
});

Deno.test("of very many threads the 64 busiest are told, by their ids", () => {
  const told = threads(
    ...Array.from({ length: 100 }, (_, i) => ["w", i % 2] as const),
  );
  assertEquals(told.length, 64);
  assertEquals(told.filter(([, , cores]) => cores === 1).length, 50);
  const ids = told.map(([id]) => Number(id));
  assertEquals(ids, ids.toSorted((a, b) => a - b));
});

Deno.test("a thread that was not there before is not told, for nobody knows since when it worked", () => {
  const look = (uptimeSeconds: number, ids: readonly number[]) =>
    treeReading({
      uptimeSeconds,
      processes: [rawProcess({
        threadTicks: new Map(ids.map((id) => [id, 90 * (uptimeSeconds - 99)])),
        threadNames: new Map(ids.map((id) => [id, "w"])),
      })],
    });
  assertEquals(
    derive(look(100, [400]), look(101, [400, 401])).busyThreads
      .map(({ id }) => id),
    [400],
  );
});

Deno.test.each([
  { before: null, after: 5, is: null, why: "not known before" },
  { before: 5, after: null, is: null, why: "not known any more" },
  { before: 5, after: 3, is: 0, why: "counted anew" },
])(
  "errors of the host are $is where they are $why",
  ({ before, after, is }) => {
    const sample = derive(
      treeReading({ hostUdpErrors: before }),
      treeReading({ uptimeSeconds: 101, hostUdpErrors: after }),
    );
    assertEquals(sample.hostUdpErrors, is);
  },
);

const ticks = fc.integer({ min: 0, max: 1_000_000 });
const reading = fc.record({
  // As /proc/uptime has it.
  uptimeSeconds: fc.nat(100_000_000).map((hundredths) => hundredths / 100),
  processes: fc.uniqueArray(
    fc.record({
      pid: fc.integer({ min: 400, max: 405 }),
      startTicks: fc.constantFrom(0, 500, 99_000_000),
      cpuTicks: ticks,
      fds: fc.option(fc.nat(100)),
      threadTicks: fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), ticks))
        .map((all) => new Map(all)),
    }),
    { selector: ({ pid }) => pid },
  ),
  hostUdpErrors: fc.option(fc.nat()),
  socketDrops: fc.array(fc.tuple(fc.constantFrom("1", "2", "3"), fc.nat()))
    .map((all) => new Map(all)),
});

Deno.test("whatever two looks show, no figure is negative or no number, and the whole is the sum of its processes", () => {
  fc.assert(fc.property(reading, reading, (a, b) => {
    const [before, after] = [a, b].map((own) =>
      treeReading({
        ...own,
        processes: own.processes.map((process) => rawProcess(process)),
      })
    );
    const sample = derive(before, after);
    const { processes, busyThreads } = sample;
    const all = [
      ...Object.values(sample),
      ...processes.flatMap((one) => Object.values(one)),
      ...busyThreads.flatMap((one) => Object.values(one)),
    ].filter((value) => typeof value === "number");
    assert(all.every((value) => value >= 0 && value < Infinity), `${all}`);
    assertAlmostEquals(
      sample.cpuRatio,
      processes.reduce((sum, { cpuRatio }) => sum + cpuRatio, 0),
    );
    for (const { cpuRatio } of processes) {
      assert(cpuRatio <= sample.maxProcessRatio);
    }
  }));
});
