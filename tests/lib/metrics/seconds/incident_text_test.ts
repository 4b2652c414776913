import { assertEquals } from "@std/assert";
import {
  incidentFigures,
  incidentLine,
  incidentName,
  incidentTime,
  type TimedIncident,
} from "../../../../lib/metrics/mod.ts";
import { noMedia } from "./incident.ts";

/** Eight clients of one room had no media from 11:02:30 until 11:02:34, but for `own`. */
function incident(own: Partial<TimedIncident> = {}): TimedIncident {
  return {
    ...noMedia({ fromSec: 30, untilSec: 34 }),
    from: "2026-01-02T11:02:30.000Z",
    until: "2026-01-02T11:02:34.000Z",
    ...own,
  };
}

const IDLE = "generator CPU 0 %, 0 % of packets late";

Deno.test.each<{ own: Partial<TimedIncident>; is: string }>([
  { own: {}, is: "8 of 8 clients without media" },
  { own: { clients: 1, of: 1 }, is: "1 of 1 client without media" },
  {
    own: { kind: "away", clients: 3 },
    is: "3 of 8 clients away from the server",
  },
  {
    own: { kind: "signaling" },
    is: "8 of 8 clients without answers of the signaling",
  },
  {
    own: { kind: "loss", worstRatio: 0.0625 },
    is: "8 of 8 clients losing up to 6.3 % of their packets",
  },
  { own: { kind: "freezes" }, is: "8 of 8 clients with frozen pictures" },
  { own: { kind: "joins", worstRatio: 1 }, is: "100 % of joins failing" },
  {
    own: { kind: "generator", worstRatio: 0.0001 },
    is: "generator late with 0.1 % of its packets",
  },
  { own: { kind: "lost" }, is: "8 of 8 clients unknown" },
  {
    own: {
      kind: "lost",
      lost: { node: "agent-2", atSec: 3661, reason: "no word in 15 s" },
    },
    is: "8 of 8 clients unknown: agent-2 was lost at 1:01:01, no word in 15 s",
  },
])("an incident is named in a few words: $is", ({ own, is }) => {
  assertEquals(incidentName(incident(own)), is);
});

Deno.test.each<{ why: string; own: Partial<TimedIncident>; is: string[] }>([
  {
    why: "nobody is named and nothing was watched",
    own: {},
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      IDLE,
    ],
  },
  {
    why: "it went on to the end",
    own: { untilSec: null, until: null },
    is: [
      "11:02:30 UTC",
      "to the end",
      "8 of 8 clients without media",
      IDLE,
    ],
  },
  {
    why: "all are named, in one room",
    own: { clients: 2, clientIds: ["a", "b"] },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "2 of 8 clients without media",
      "a b in 1 room",
      IDLE,
    ],
  },
  {
    why: "five are named and no more were hit",
    own: { clients: 5, clientIds: ["a", "b", "c", "d", "e"] },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "5 of 8 clients without media",
      "a b c d e in 1 room",
      IDLE,
    ],
  },
  {
    why: "of six one has no room",
    own: { clients: 6, rooms: 2, clientIds: ["a", "b", "c", "d", "e", "f"] },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "6 of 8 clients without media",
      "a b c d e … in 2 rooms",
      IDLE,
    ],
  },
  {
    why: "more were hit than it knows the names of",
    own: { clients: 8, clientIds: ["a", "b"] },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      "a b … in 1 room",
      IDLE,
    ],
  },
  {
    why: "some came as others went",
    own: { clients: 1, clientIds: ["a", "b"] },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "1 of 8 clients without media",
      "at most 1 at once: a b in 1 room",
      IDLE,
    ],
  },
  {
    why: "other things came of it, and pictures moved later",
    own: {
      also: [
        { kind: "freezes", clients: 7, worstRatio: 1 },
        { kind: "signaling", clients: 2, worstRatio: 0.25 },
      ],
      picturesAgainSec: 36.9,
    },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      "frozen at 7, up to 100 %",
      "no answers at 2, up to 25.0 %",
      "pictures moved again at 0:36",
      IDLE,
    ],
  },
  {
    why: "the server went on working",
    own: {
      server: {
        cpuRatioBefore: 0.4,
        minCpuRatio: 0.1,
        maxCpuRatio: 0.123,
        udpDrops: 0,
      },
    },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      "server CPU 0.10 to 0.12, 0.40 before",
      IDLE,
    ],
  },
  {
    why: "the server stopped to work and its sockets overflowed",
    own: {
      server: {
        cpuRatioBefore: 0.4,
        minCpuRatio: 0,
        maxCpuRatio: 0.09,
        udpDrops: 12,
      },
    },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      "the server next to idle: CPU 0.00 to 0.09, 0.40 before",
      "12 datagrams dropped at the server's sockets",
      IDLE,
    ],
  },
  {
    why: "the server worked and its sockets overflowed once",
    own: {
      server: {
        cpuRatioBefore: 0.4,
        minCpuRatio: 0.4,
        maxCpuRatio: 0.9,
        udpDrops: 1,
      },
    },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      "server CPU 0.40 to 0.90, 0.40 before",
      "1 datagram dropped at the server's sockets",
      IDLE,
    ],
  },
  {
    why: "who did nothing before has not stopped",
    own: {
      server: {
        cpuRatioBefore: 0.01,
        minCpuRatio: 0,
        maxCpuRatio: 0,
        udpDrops: 0,
      },
    },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      "server CPU 0.00 to 0.00, 0.01 before",
      IDLE,
    ],
  },
  {
    why: "nobody looked at the server before, and the generator was busy",
    own: {
      server: {
        cpuRatioBefore: null,
        minCpuRatio: 0,
        maxCpuRatio: 1,
        udpDrops: 0,
      },
      generator: { maxCpuRatio: 0.875, maxLateRatio: 0.001 },
    },
    is: [
      "11:02:30 to 11:02:34 UTC",
      "4.0 s",
      "8 of 8 clients without media",
      "server CPU 0.00 to 1.00",
      "generator CPU 87.5 %, 0.1 % of packets late",
    ],
  },
])("all that is known of an incident: $why", ({ own, is }) => {
  assertEquals(incidentFigures(incident(own)), is);
});

Deno.test("when an incident was is told by the run's own time", () => {
  assertEquals(
    [
      incidentTime(incident()),
      incidentTime(incident({ untilSec: null })),
      incidentTime(incident({ fromSec: 59.99, untilSec: 3600 })),
    ],
    ["0:30 to 0:34", "0:30 on", "0:59 to 1:00:00"],
  );
});

Deno.test("what is over says for how long it was, and when pictures moved again", () => {
  const over = (own: Partial<TimedIncident>) =>
    incidentLine({ change: "ended", incident: incident(own) });
  assertEquals(
    [
      over({}),
      over({ picturesAgainSec: 40 }),
      over({ untilSec: 32.26 }),
    ],
    [
      "over at 0:34, after 4.0 s: 8 of 8 clients without media",
      "over at 0:34, after 4.0 s: 8 of 8 clients without media; pictures moved again at 0:40",
      "over at 0:32, after 2.3 s: 8 of 8 clients without media",
    ],
  );
});
