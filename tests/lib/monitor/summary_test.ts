import { assertEquals } from "@std/assert";
import { type HttpSample, summarizeServer } from "../../../lib/monitor/mod.ts";
import { processSample } from "./readings.ts";

Deno.test("a run of samples becomes one summary", () => {
  const worker = { name: "worker", maxThreadRatio: 0, threads: 1, fds: 1 };
  const [summary] = summarizeServer([
    processSample({
      cpuRatio: 0.5,
      maxProcessRatio: 0.4,
      maxThreadRatio: 0.3,
      rssBytes: 200,
      fds: null,
      threads: 4,
      udpDrops: 1,
      hostUdpErrors: null,
      processes: [{ ...worker, pid: 1, cpuRatio: 0.1, rssBytes: 9 }],
    }),
    processSample({
      intervalMs: 3_000,
      cpuRatio: 0.9,
      maxProcessRatio: 0.8,
      maxThreadRatio: 0.7,
      rssBytes: 100,
      fds: 12,
      threads: 3,
      udpDrops: 2,
      hostUdpErrors: 5,
      processes: [
        { ...worker, pid: 1, cpuRatio: 0.05, rssBytes: 10 },
        { ...worker, pid: 2, cpuRatio: 0.8, rssBytes: 5 },
      ],
    }),
  ]);
  assertEquals(summary, {
    kind: "process",
    target: "port:3000",
    samples: 2,
    cpuMeanRatio: (0.5 * 1 + 0.9 * 3) / 4,
    cpuMaxRatio: 0.9,
    maxProcessRatio: 0.8,
    maxThreadRatio: 0.7,
    processes: [
      { pid: 2, name: "worker", cpuMaxRatio: 0.8, rssMaxBytes: 5 },
      { pid: 1, name: "worker", cpuMaxRatio: 0.1, rssMaxBytes: 10 },
    ],
    rssMaxBytes: 200,
    fdsMax: 12,
    threadsMax: 4,
    udpDrops: 3,
    hostUdpErrors: 5,
  });
});

Deno.test("each target has a summary of its own", () => {
  const summaries = summarizeServer([
    processSample({ target: "port:1" }),
    processSample({ target: "port:2" }),
    processSample({ target: "port:1" }),
  ]);
  assertEquals(
    summaries.map(({ target, samples }) => [target, samples]),
    [["port:1", 2], ["port:2", 1]],
  );
});

Deno.test("what a server tells over HTTP is summed up, unknowns apart", () => {
  const none = {
    connections: null,
    rooms: null,
    participants: null,
    connectionsTotal: null,
    messagesReceivedTotal: null,
    messagesSentTotal: null,
    errorsTotal: null,
  };
  const http: HttpSample = {
    kind: "http",
    atMs: 0,
    target: "http://h",
    intervalMs: 2_000,
    health: { status: "ok", participants: 4, rooms: 1 },
  };
  const [summary] = summarizeServer([
    http,
    {
      ...http,
      health: { status: "ok", participants: 9, rooms: 2 },
      metrics: {
        ...none,
        connections: 11,
        rates: {
          connectionsHz: 1,
          messagesReceivedHz: 30,
          messagesSentHz: null,
          errorsHz: 1.5,
          handlingMeanMs: null,
        },
      },
    },
  ]);
  assertEquals(summary, {
    kind: "http",
    target: "http://h",
    samples: 2,
    participantsMax: 9,
    roomsMax: 2,
    connectionsMax: 11,
    messagesReceivedMaxHz: 30,
    messagesSentMaxHz: null,
    errors: 3,
  });
});

Deno.test("no samples make no summary", () => {
  assertEquals(summarizeServer([]), []);
});
