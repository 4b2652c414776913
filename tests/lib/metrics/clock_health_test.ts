import { assertEquals } from "@std/assert";
import {
  type ClockHealth,
  clockHealthSince,
  clockNotes,
  EMPTY_SNAPSHOT,
  mergeClockHealth,
  saturationOf,
  standstillsOf,
  STEADY,
} from "../../../lib/metrics/mod.ts";

function stood(
  node: string,
  ...times: [atMs: number, ms: number][]
): ClockHealth {
  return {
    ...STEADY,
    standstills: times.map(([atMs, ms]) => ({ node, atMs, ms })),
  };
}

function jumped(
  node: string,
  ...times: [atMs: number, byMs: number][]
): ClockHealth {
  return {
    ...STEADY,
    wallJumps: times.map(([atMs, byMs]) => ({ node, atMs, byMs })),
  };
}

const TWO = mergeClockHealth(
  stood("worker-0", [12_000, 2004], [50_000, 900]),
  stood("worker-1", [12_020, 1996]),
);

Deno.test("threads that are stopped together stood still once", () => {
  assertEquals(standstillsOf(TWO), [
    { atMs: 12_000, ms: 2004, nodes: ["worker-0", "worker-1"] },
    { atMs: 50_000, ms: 900, nodes: ["worker-0"] },
  ]);
});

Deno.test("in which order nodes are put together changes nothing", () => {
  const [a, b, c] = [
    stood("a", [3000, 500], [9000, 700]),
    { ...jumped("b", [1000, 400]), clientsLost: 2 },
    {
      ...jumped("c", [1010, 401]),
      difference: { packets: 3, leastMs: -7, mostMs: -2 },
    },
  ];
  const all = mergeClockHealth(a, mergeClockHealth(b, c));
  assertEquals(mergeClockHealth(mergeClockHealth(c, a), b), all);
  assertEquals(mergeClockHealth(STEADY, all), all);
});

Deno.test("what was before a part of a run is not noticed in it", () => {
  const before = { ...stood("a", [3000, 500]), clientsLost: 1 };
  const after = mergeClockHealth(before, {
    ...stood("a", [9000, 700]),
    clientsLost: 2,
  });
  const since = clockHealthSince(before, 5000, after);
  assertEquals(since.standstills.map(({ atMs }) => atMs), [9000]);
  assertEquals(since.clientsLost, 2);
});

Deno.test.each<
  { why: string; health: ClockHealth; workers: number; notes: string[] }
>([
  { why: "nothing was noticed", health: STEADY, workers: 1, notes: [] },
  {
    why: "one thread stood still",
    health: stood("local", [12_100, 2004]),
    workers: 1,
    notes: [
      "the generator stood still for 2.0 s at 0:12; those seconds are left out",
    ],
  },
  {
    why: "one of two threads did, once",
    health: TWO,
    workers: 2,
    notes: [
      "the generator stood still for 2.0 s at 0:12; those seconds are left out",
      "worker-0 stood still for 0.9 s at 0:50; what others missed of its clients then is not the server's doing",
    ],
  },
  {
    why: "it did again and again",
    health: stood(
      "local",
      ...[1, 2, 3, 4, 5].map((i) => [i * 3_600_000, 1000] as [number, number]),
    ),
    workers: 1,
    notes: [
      "the generator stood still for 1.0 s at 1:00:00; those seconds are left out",
      "the generator stood still for 1.0 s at 2:00:00; those seconds are left out",
      "the generator stood still for 1.0 s at 3:00:00; those seconds are left out",
      "it stood still 2 times more, for 2.0 s in all",
    ],
  },
  {
    why: "the wall clock was set, which all threads see",
    health: mergeClockHealth(
      jumped("worker-0", [30_000, 400], [80_000, -1000]),
      jumped("worker-1", [30_080, 401]),
    ),
    workers: 2,
    notes: [
      "the wall clock jumped by +400 ms at 0:30; no figure follows it",
      "the wall clock jumped by -1000 ms at 1:20; no figure follows it",
    ],
  },
  {
    why: "the wall clock was set by hours",
    health: jumped("local", [0, 7_200_000]),
    workers: 1,
    notes: ["the wall clock jumped by +7200.0 s at 0:00; no figure follows it"],
  },
  {
    why: "a stranger's clock is ahead",
    health: {
      ...STEADY,
      difference: { packets: 500, leastMs: -2512, mostMs: -2500 },
    },
    workers: 1,
    notes: [
      "clocks of other senders differ from ours by about -2512 ms; the latency of 500 packets is left out",
    ],
  },
  {
    why: "a stranger sent one packet",
    health: {
      ...STEADY,
      difference: { packets: 1, leastMs: -2512, mostMs: -2512 },
    },
    workers: 1,
    notes: [
      "clocks of other senders differ from ours by about -2512 ms; the latency of 1 packet is left out",
    ],
  },
])("of time it is said, where $why", ({ health, workers, notes }) => {
  assertEquals(clockNotes(health, workers), notes);
});

Deno.test.each<{ why: string; clock: ClockHealth; reason: string | null }>([
  { why: "for 2 s of 60", clock: stood("a", [9000, 2000]), reason: null },
  {
    why: "for a large share",
    clock: stood("a", [9000, 5000], [20_000, 5000]),
    reason: "the generator stood still for 10.0 s of 70.0 s",
  },
  {
    why: "at the cost of clients",
    clock: { ...stood("a", [9000, 2000], [12_000, 4000]), clientsLost: 2 },
    reason:
      "the generator stood still for 4.0 s at 0:12, and 2 clients were lost by it",
  },
])("a run whose generator stood still, $why: $reason", ({ clock, reason }) => {
  const { generator } = EMPTY_SNAPSHOT;
  const snapshot = {
    ...EMPTY_SNAPSHOT,
    atMs: 60_000,
    generator: { ...generator, workers: 1, clock },
  };
  assertEquals(saturationOf(snapshot), reason);
});

Deno.test("one thread that stands still while another goes on makes the run invalid", () => {
  const { generator } = EMPTY_SNAPSHOT;
  const snapshot = (clock: ClockHealth) => ({
    ...EMPTY_SNAPSHOT,
    atMs: 60_000,
    generator: { ...generator, workers: 2, clock },
  });
  assertEquals(
    saturationOf(snapshot(TWO)),
    "worker-0 stood still for 0.9 s at 0:50 while others went on",
  );
  const together = mergeClockHealth(
    stood("worker-0", [12_000, 2004]),
    stood("worker-1", [12_020, 1996]),
  );
  assertEquals(saturationOf(snapshot(together)), null);
});

Deno.test("what was due while the generator stood still is not what it failed to send", () => {
  const snapshot = {
    ...EMPTY_SNAPSHOT,
    atMs: 60_000,
    counters: { packetsPlanned: 1000, packetsSkipped: 80, packetsSent: 920 },
  };
  assertEquals(saturationOf(snapshot), null);
  const worse = {
    ...snapshot,
    counters: { ...snapshot.counters, packetsSent: 860 },
  };
  assertEquals(
    saturationOf(worse),
    "the generator sent only 93.5 % of the packets that were due",
  );
});
