import { assertEquals } from "@std/assert";
import {
  addReport,
  type HttpSample,
  type ReportedFigures,
  type ServerMetrics,
} from "../../../lib/monitor/mod.ts";

const RATES = {
  connectionsHz: null,
  messagesReceivedHz: null,
  messagesSentHz: null,
  errorsHz: null,
  handlingMeanMs: null,
};

function sample(
  health: HttpSample["health"],
  metrics?: Partial<ServerMetrics>,
): HttpSample {
  return {
    kind: "http",
    atMs: 0,
    target: "http://h",
    intervalMs: 2_000,
    ...(health !== undefined && { health }),
    ...(metrics !== undefined && {
      metrics: {
        connections: null,
        rooms: null,
        participants: null,
        connectionsTotal: null,
        messagesReceivedTotal: null,
        messagesSentTotal: null,
        errorsTotal: null,
        ...metrics,
      },
    }),
  };
}

function reported(samples: readonly HttpSample[]): ReportedFigures | null {
  return samples.reduce<ReportedFigures | null>(addReport, null);
}

const UNKNOWN = {
  maxParticipants: null,
  maxRooms: null,
  maxConnections: null,
  errors: null,
};

const small = sample({ status: "ok", participants: 4, rooms: 1 });
const large = sample({ status: "ok", participants: 9, rooms: 2 }, {
  connections: 11,
  participants: 99,
  rates: { ...RATES, errorsHz: 1.5 },
});

Deno.test.each([
  {
    why: "an answer without figures",
    samples: [sample(undefined)],
    is: UNKNOWN,
  },
  {
    why: "people and rooms by /health alone",
    samples: [small],
    is: { ...UNKNOWN, maxParticipants: 4, maxRooms: 1 },
  },
  {
    why: "people and rooms by /metrics where /health does not know them",
    samples: [
      sample({ status: "ok", participants: null, rooms: null }, {
        participants: 7,
        rooms: 3,
      }),
    ],
    is: { ...UNKNOWN, maxParticipants: 7, maxRooms: 3 },
  },
  {
    why: "the most of each, /health before /metrics, and errors in all",
    samples: [small, large, large, small],
    is: { maxParticipants: 9, maxRooms: 2, maxConnections: 11, errors: 6 },
  },
  {
    why: "none, which is not unknown",
    samples: [sample(undefined, {
      connections: 0,
      rates: { ...RATES, errorsHz: 0 },
    })],
    is: { ...UNKNOWN, maxConnections: 0, errors: 0 },
  },
])("what a server reports is summed up: $why", ({ samples, is }) => {
  assertEquals(reported(samples), is);
});
