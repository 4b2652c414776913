import { steadyWallClock } from "../../../lib/load/node/this_thread.ts";
import { assertEquals } from "@std/assert";
import type { ProcessSample } from "../../../lib/monitor/mod.ts";
import { ServerWatch } from "../../../lib/run/server_watch.ts";

const START_MS = 1_000_000;

function watch(): ServerWatch {
  const watched = new ServerWatch({ targets: [] });
  watched.begin(START_MS);
  return watched;
}

/** A sample of the `second`th second, of a root and a busier child. */
function sample(
  second: number,
  change: Partial<ProcessSample> = {},
): { readonly kind: "sample"; readonly sample: ProcessSample } {
  const process = {
    maxThreadRatio: 0.2,
    rssBytes: 50e6,
    threads: 4,
    fds: 10,
  };
  return {
    kind: "sample",
    sample: {
      kind: "process",
      atMs: START_MS + second * 1000,
      target: "port:3000",
      intervalMs: 1000,
      cpuRatio: 0.5,
      maxProcessRatio: 0.4,
      maxThreadRatio: 0.35,
      busyThreads: [],
      processes: [
        { ...process, pid: 7, name: "sfu", cpuRatio: 0.1 },
        { ...process, pid: 8, name: "worker", cpuRatio: 0.4 },
      ],
      rssBytes: 100e6,
      fds: 20,
      threads: 8,
      udpSockets: null,
      udpDrops: 0,
      hostUdpErrors: null,
      ...change,
    },
  };
}

function point(tSec: number) {
  return {
    tSec,
    clients: 1,
    packetsSentPerSec: 1,
    packetsReceivedPerSec: 1,
    sendBps: 1,
    receiveBps: 1,
    lossRatio: 0,
    tracksDue: 0,
    silentRatio: 0,
    cpuRatio: 0,
  };
}

Deno.test("a server that nobody watches is null in the summary and absent from the timeline", async () => {
  await using idle = watch();
  assertEquals(idle.summary(), { load: null, reported: null, notes: [] });
  assertEquals(idle.annotate([point(1)]), [point(1)]);
});

Deno.test("samples stand on the run's time axis", async () => {
  await using watched = watch();
  watched.take(sample(2, { cpuRatio: 0.3 }));
  watched.take(sample(3, { cpuRatio: 0.7 }));
  const cpu = watched.annotate([point(1), point(2), point(3), point(4)])
    .map(({ server }) => server?.cpuRatio);
  assertEquals(cpu, [undefined, 0.3, 0.7, undefined]);
});

Deno.test("of what was seen before the run only its part of the first sample counts", async () => {
  await using watched = new ServerWatch({ targets: [] });
  watched.take(sample(-1));
  watched.begin(START_MS);
  watched.take(sample(0));
  watched.take(sample(0.25, { cpuRatio: 0.8 }));
  watched.take(sample(1.25, { cpuRatio: 0.4 }));
  const { load } = watched.summary();
  assertEquals([load?.cpuSeconds, load?.meanCpuRatio], [0.6, 0.48]);
});

Deno.test("the live point shows the last sample though it ended before the second did", async () => {
  await using watched = watch();
  watched.take(sample(2));
  assertEquals(watched.annotateLast(point(2.9)).server?.cpuRatio, 0.5);
  assertEquals(watched.annotateLast(point(9)).server, undefined);
});

Deno.test.each([
  { why: "each a second late", delaySec: 1 },
  { why: "as they end", delaySec: 0.1 },
  { why: "shortly before the next second", delaySec: 0.9 },
])(
  "datagrams dropped in live points add up to those of the run: samples come $why",
  async ({ delaySec }) => {
    await using watched = watch();
    let told = 0;
    const dropped = [0, 300, 1200, 40, 0, 7, 0];
    for (const [i, udpDrops] of [...dropped, 0, 0].entries()) {
      if (i < dropped.length) {
        watched.take(sample(i + 1 - delaySec, { udpDrops }));
      }
      told += watched.annotateLast(point(i + 1)).server?.udpDrops ?? 0;
      assertEquals(told, watched.load()?.udpDrops ?? 0);
    }
    assertEquals(told, 1547);
  },
);

Deno.test("the busiest process is named with its pid", async () => {
  await using watched = watch();
  watched.take(sample(1));
  assertEquals(watched.summary().load?.busiestProcess, {
    name: "worker (8)",
    cpuRatio: 0.4,
  });
});

Deno.test("two targets that are one server count once", async () => {
  await using watched = watch();
  watched.take(sample(1));
  watched.take(sample(1, { target: "cmd:sfu" }));
  assertEquals(watched.summary().load?.meanCpuRatio, 0.5);
});

Deno.test("a process that another watched one has started counts once", async () => {
  await using watched = watch();
  const { sample: { processes } } = sample(1);
  const child = { target: "cmd:worker", processes: processes.slice(1) };
  watched.take(sample(-1));
  for (const second of [1, 2, 3]) {
    watched.take(sample(second, { ...child, cpuRatio: 0.4 }));
    watched.take(sample(second));
  }
  const load = watched.load()!;
  assertEquals([load.samples, load.meanCpuRatio], [3, 0.5]);
});

Deno.test("two servers add up", async () => {
  await using watched = watch();
  watched.take(sample(1));
  const other = sample(1, { target: "pid:9" });
  const processes = other.sample.processes.map((process) => ({
    ...process,
    pid: process.pid + 100,
  }));
  watched.take({ ...other, sample: { ...other.sample, processes } });
  assertEquals(watched.summary().load?.meanCpuRatio, 1);
});

Deno.test("of several targets that report, the first to answer is believed", async () => {
  await using watched = watch();
  const answer = (target: string, participants: number) =>
    watched.take({
      kind: "sample",
      sample: {
        kind: "http",
        target,
        atMs: START_MS,
        intervalMs: 1000,
        health: { status: "ok", participants, rooms: null },
      },
    });
  answer("http://a", 3);
  answer("http://b", 99);
  answer("http://a", 2);
  assertEquals(watched.summary().reported, {
    maxParticipants: 3,
    maxRooms: null,
    maxConnections: null,
    errors: null,
  });
});

Deno.test("a monitor that fails is a note, told at once and kept, at most twenty", async () => {
  const told: string[] = [];
  await using watched = new ServerWatch({
    targets: [],
    onNote: (text) => told.push(text),
  });
  const event = { target: "ssh:far:3000", atMs: START_MS };
  watched.take({ ...event, kind: "found", message: "found" });
  watched.take({ ...event, kind: "gone", message: "Server gone" });
  for (let i = 0; i < 30; i++) {
    watched.take({ ...event, kind: "warning", message: `lost ${i}` });
  }
  assertEquals(told.length, 31);
  assertEquals(watched.summary().notes.length, 20);
  assertEquals(watched.summary().notes[0], "Server gone");
});

Deno.test("a target that was named and not seen is known, until it is seen", async () => {
  await using watched = new ServerWatch({ targets: [] });
  const gone = (target: string, message: string) =>
    watched.take({ kind: "gone", target, atMs: START_MS, message });
  assertEquals(watched.unseen, undefined);
  gone("pid:7", "No process has the pid 7");
  gone("http://far:1", "connection refused");
  assertEquals(watched.unseen, "No process has the pid 7");
  watched.take(sample(1, { target: "pid:7" }));
  assertEquals(watched.unseen, "connection refused");
});

Deno.test("of a port that nobody named a word is said only once something was there", async () => {
  const text = "port:9";
  await using watched = new ServerWatch({
    targets: [{ kind: "port", text, port: 9, isAssumed: true }],
  });
  await watched.ready();
  const event = { target: text, atMs: START_MS };
  watched.take({ ...event, kind: "gone", message: "nothing listens" });
  assertEquals(watched.summary().notes, []);
  watched.take({ ...event, kind: "found", message: "there" });
  watched.take({ ...event, kind: "gone", message: "Server gone: it ended" });
  assertEquals(watched.summary().notes, ["Server gone: it ended"]);
});

Deno.test("a server that was there is gone until it comes back", async () => {
  const event = { target: "port:3000", atMs: START_MS };
  await using watched = watch();
  watched.take({ ...event, kind: "gone", message: "nothing listens yet" });
  assertEquals(watched.gone, undefined);
  watched.take({ ...event, kind: "found", message: "there" });
  assertEquals(watched.gone, undefined);
  watched.take({ ...event, kind: "gone", message: "Server gone: it ended" });
  assertEquals(watched.gone, "it ended");
  watched.take({ ...event, kind: "found", message: "there again" });
  assertEquals(watched.gone, undefined);
});

Deno.test("what a server does is told by a clock that is not set, whatever happens to the wall clock", () => {
  let nowMs = 100;
  let setByMs = 0;
  const now = steadyWallClock({
    nowMs: () => nowMs,
    wallNowMs: () => 1_700_000_000_000 + nowMs + setByMs,
  });
  setByMs = -7_200_000;
  nowMs = 1100;
  assertEquals(now(), 1_700_000_001_100);
});
