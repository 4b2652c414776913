import { assertEquals } from "@std/assert";
import {
  type ClientRecord,
  type ClientState,
  EMPTY_SNAPSHOT,
  mergeSnapshots,
  type NodePart,
  partsBetween,
  RecordTable,
  type Snapshot,
  snapshotBetween,
  summarize,
  Trend,
} from "../../../lib/metrics/mod.ts";
import { isTooShort } from "../../../lib/metrics/client_rates.ts";
import { recorderOf, recordOf } from "./client.ts";
import { generator } from "./generate.ts";
import { madeUpRun } from "./run.ts";

function look(own: Partial<Snapshot> = {}): Snapshot {
  return { ...EMPTY_SNAPSHOT, node: "n", ...own };
}

const NO_TRACKS = {
  producersCreated: 0,
  producersRefused: 0,
  consumersCreated: 0,
};

function trendOfSteps(...steps: number[]) {
  const trend = new Trend();
  for (const one of steps) trend.record(one);
  return trend.toJSON();
}

Deno.test("of what never was, a window is all of it", () => {
  const generate = generator(11);
  for (let round = 0; round < 50; round++) {
    const after = generate.snapshot("n");
    const window = snapshotBetween(EMPTY_SNAPSHOT, after);
    assertEquals(window.counters, after.counters);
    assertEquals(window.gauges, after.gauges);
    assertEquals(window.clients, after.clients);
    assertEquals(window.generator, after.generator);
    for (
      const [name, { count, sum, buckets }] of Object.entries(after.trends)
    ) {
      const of = window.trends[name];
      assertEquals([of.count, of.sum, of.buckets], [count, sum, buckets]);
    }
  }
});

Deno.test("between a look and itself nothing happened", () => {
  const generate = generator(12);
  for (let round = 0; round < 50; round++) {
    const at = generate.snapshot("n");
    const { counters, trends, generator: health, gauges } = snapshotBetween(
      at,
      at,
    );
    assertEquals(new Set(Object.values(counters)), new Set([0]));
    for (const { count, sum, buckets } of Object.values(trends)) {
      assertEquals([count, sum, buckets], [0, 0, []]);
    }
    assertEquals([health.cpuUs, health.threadUs, health.heldBackJoins], [
      0,
      0,
      0,
    ]);
    assertEquals(gauges, at.gauges, "amounts are those of the end");
  }
});

Deno.test("windows one after the other add up to the one over both", () => {
  const generate = generator(13);
  for (let round = 0; round < 50; round++) {
    // What is merged with more has grown: nothing of it goes away.
    const [one, two, three] = ["a", "b", "c"].map((name) =>
      generate.snapshot(name)
    );
    const first = one;
    const second = { ...mergeSnapshots([one, two]), node: one.node };
    const third = { ...mergeSnapshots([one, two, three]), node: one.node };
    const [a, b, all] = [
      snapshotBetween(first, second),
      snapshotBetween(second, third),
      snapshotBetween(first, third),
    ];
    for (const [name, value] of Object.entries(all.counters)) {
      assertEquals((a.counters[name] ?? 0) + (b.counters[name] ?? 0), value);
    }
    for (const [name, { count, sum }] of Object.entries(all.trends)) {
      const parts = [a.trends[name], b.trends[name]];
      const total = (key: "count" | "sum") =>
        parts.reduce((sum, part) => sum + (part?.[key] ?? 0), 0);
      assertEquals([total("count"), total("sum")], [count, sum], name);
    }
    assertEquals(
      a.generator.cpuUs + b.generator.cpuUs,
      all.generator.cpuUs,
    );
  }
});

Deno.test("a counter or a distribution that was not there before has all that it has", () => {
  const window = snapshotBetween(
    look({ counters: { packetsSent: 3 } }),
    look({
      counters: { packetsSent: 5, "errors.ice": 2 },
      trends: { jitter: trendOfSteps(7, 9) },
    }),
  );
  assertEquals(window.counters, { packetsSent: 2, "errors.ice": 2 });
  assertEquals(window.trends.jitter, trendOfSteps(7, 9));
});

Deno.test("a distribution holds what was measured meanwhile, at its own values", () => {
  const window = snapshotBetween(
    look({ trends: { jitter: trendOfSteps(5, 5, 200) } }),
    look({ trends: { jitter: trendOfSteps(5, 5, 200, 5, 90, 200) } }),
  );
  assertEquals(window.trends.jitter, trendOfSteps(5, 90, 200));
});

Deno.test.each<{ state: ClientState; isIn: boolean; why: string }>([
  { state: "planned", isIn: true, why: "it was still to come" },
  { state: "joining", isIn: true, why: "it was on its way" },
  { state: "connected", isIn: true, why: "it was there" },
  { state: "away", isIn: true, why: "it may have come back" },
  { state: "failed", isIn: false, why: "it does not come back" },
  { state: "left", isIn: false, why: "it does not come back" },
  { state: "lost", isIn: false, why: "nothing is known of it since" },
])(
  "who was $state when a window began is in it: $isIn, for $why",
  ({ state, isIn }) => {
    const window = snapshotBetween(
      look({ clients: [recordOf(0, { state })] }),
      look({ clients: [recordOf(0, { state: "left" }), recordOf(1)] }),
    );
    assertEquals(window.clients.map(({ index }) => index), isIn ? [0, 1] : [1]);
  },
);

Deno.test("of a client that was there, what grows is that of the window, and how it is that of its end", () => {
  const [before, after] = [
    recordOf(0, {
      state: "joining",
      packetsSent: 10,
      tracksDueMs: 500,
      errorCount: 1,
      impairment: "4g",
      maxJitterMs: 5,
      framesRendered: 3,
    }),
    recordOf(0, {
      state: "connected",
      connectionSuccessful: true,
      packetsSent: 25,
      tracksDueMs: 1500,
      errorCount: 4,
      impairment: null,
      maxJitterMs: 9,
      framesRendered: 3,
    }),
  ];
  const [client] = snapshotBetween(
    look({ clients: [before] }),
    look({ clients: [after] }),
  ).clients;
  assertEquals(client, {
    ...after,
    packetsSent: 15,
    tracksDueMs: 1000,
    errorCount: 3,
    framesRendered: 0,
    tracksBefore: NO_TRACKS,
  });
});

Deno.test("records that are kept in rows are as plain as others in a window", () => {
  const [table, recorder] = [new RecordTable(), recorderOf(0)];
  Object.assign(recorder.figures, { packetsSent: 4, consumersCreated: 2 });
  const before = table.keep(recorder);
  Object.assign(recorder.figures, { packetsSent: 9, consumersCreated: 3 });
  const [client] = snapshotBetween(
    look({ clients: [before] }),
    look({ clients: [table.keep(recorder)] }),
  ).clients;
  const tracksBefore = { ...NO_TRACKS, consumersCreated: 2 };
  assertEquals(client, {
    ...recorder.toRecord(),
    ...{ packetsSent: 5, consumersCreated: 1, tracksBefore },
  });
});

/** There from `fromMs` on until `toMs`, sending so much all the time. */
function there(index: number, fromMs: number, toMs: number): ClientRecord {
  return recordOf(index, {
    state: "connected",
    connectionSuccessful: true,
    connectedAtMs: fromMs,
    sessionDurationMs: toMs - fromMs,
    bytesSent: (toMs - fromMs) * 125,
    bytesReceived: (toMs - fromMs) * 250,
  });
}

Deno.test.each<{ why: string; fromMs: number; untilMs: number }>([
  { why: "it was there long before", fromMs: 0, untilMs: 20_000 },
  { why: "it came with the window", fromMs: 10_000, untilMs: 20_000 },
  { why: "it came in the midst of it", fromMs: 15_000, untilMs: 20_000 },
  { why: "it left in the midst of it", fromMs: 2000, untilMs: 13_000 },
])(
  "who sends a megabit a second does so in any window: $why",
  ({ fromMs, untilMs }) => {
    const at = (atMs: number) => {
      const toMs = Math.min(atMs, untilMs);
      const clients = toMs <= fromMs ? [recordOf(0)] : [there(0, fromMs, toMs)];
      const [{ bytesSent, bytesReceived }] = clients;
      return look({ atMs, clients, counters: { bytesSent, bytesReceived } });
    };
    const window = snapshotBetween(at(10_000), at(20_000));
    const { media, rooms: [room], averageSessionDurationMs } = summarize({
      ...madeUpRun(),
      snapshot: window,
    });
    assertEquals([media.sendBpsPerClient, media.receiveBpsPerClient], [
      1_000_000,
      2_000_000,
    ]);
    assertEquals([room.sendBpsPerClient, room.receiveBpsPerClient], [
      1_000_000,
      2_000_000,
    ]);
    const stayMs = Math.min(untilMs, 20_000) - Math.max(fromMs, 10_000);
    assertEquals(averageSessionDurationMs, stayMs);
  },
);

Deno.test("two were there together in a window for as long as they were in it", () => {
  const silentOne = { sends: [], receives: ["audio"] } as const;
  const sender = { sends: ["audio"], receives: [] } as const;
  const at = (atMs: number) =>
    look({
      atMs,
      clients: [
        { ...there(0, 0, atMs), ...silentOne },
        { ...there(1, 0, atMs), ...sender, packetsSent: atMs / 20 },
      ],
    });
  const deaf = (fromMs: number, toMs: number) =>
    summarize({
      ...madeUpRun(),
      thresholds: [],
      snapshot: snapshotBetween(at(fromMs), at(toMs)),
    }).judgement.some(({ figure }) => figure === "neverReceived");
  // Who could have heard someone for three seconds should have.
  assertEquals([deaf(60_000, 62_000), deaf(60_000, 64_000)], [false, true]);
});

Deno.test.each<
  { why: string; had: Partial<ClientRecord>; want: readonly string[] }
>([
  {
    why: "the server told it of none: it never received",
    had: {},
    want: ["neverReceived"],
  },
  {
    why: "the one that it consumes is paused all the while",
    had: { consumersCreated: 1 },
    want: [],
  },
])(
  "of a window with somebody who sends beside somebody to whom nothing comes it is said, where $why",
  ({ had, want }) => {
    // One sends video only, and its sound, which the other wants, is paused.
    const at = (atMs: number) =>
      look({
        atMs,
        clients: [
          { ...there(0, 0, atMs), sends: [], receives: ["audio"], ...had },
          {
            ...there(1, 0, atMs),
            ...{ sends: ["audio", "video"], receives: [] },
            packetsSent: atMs / 20,
          },
        ],
      });
    const judged = (snapshot: Snapshot) =>
      summarize({ ...madeUpRun(), thresholds: [], snapshot }).judgement
        .filter(({ figure, value }) => figure === "neverReceived" && value > 0)
        .map(({ figure }) => figure);
    assertEquals(judged(at(70_000)), want, "of all of it");
    const parts = [10_000, 30_000, 50_000].map((atMs) =>
      snapshotBetween(at(5000), at(atMs))
    );
    assertEquals(judged(parts[2]), want, "of a part of it");
    assertEquals(
      judged(snapshotBetween(parts[0], parts[1])),
      want,
      "of a part of a part",
    );
  },
);

Deno.test("a window in which everybody who sends is muted is not too short to say anything", () => {
  const at = (atMs: number) => {
    const client: ClientRecord = {
      ...there(0, 0, atMs),
      ...{ sends: ["audio"], receives: ["audio"] },
      ...{ producersCreated: 1, consumersCreated: 1 },
      ...{ packetsSent: 100, packetsReceived: 100 },
    };
    return look({ atMs, clients: [client, { ...client, index: 1 }] });
  };
  const window = snapshotBetween(at(10_000), at(40_000));
  assertEquals(isTooShort(window.clients), false);
  const [one] = at(40_000).clients;
  const nothing = { producersCreated: 0, consumersCreated: 0 };
  const unsent = { ...one, ...nothing, packetsSent: 0, packetsReceived: 0 };
  assertEquals(isTooShort([unsent]), true, "nobody came as far as sending");
});

Deno.test("drops that the kernel does not tell of are unknown, and those that it came to tell of are counted", () => {
  const drops = (before: number | null, after: number | null) => {
    const [a, b] = [before, after].map((kernelDrops) =>
      look({ generator: { ...EMPTY_SNAPSHOT.generator, kernelDrops } })
    );
    return snapshotBetween(a, b).generator.kernelDrops;
  };
  assertEquals(
    [drops(2, 5), drops(null, null), drops(2, null), drops(null, 5)],
    [
      3,
      null,
      null,
      5,
    ],
  );
});

Deno.test("nodes that were lost before a window are none of its losses", () => {
  const lost = [1000, 1999, 2000, 2500].map((atMs) => ({
    node: `a${atMs}`,
    atMs,
    clients: 1,
    reason: "gone",
  }));
  const window = snapshotBetween(
    look({ atMs: 2000 }),
    look({ atMs: 3000, generator: { ...EMPTY_SNAPSHOT.generator, lost } }),
  );
  assertEquals(window.generator.lost?.map(({ atMs }) => atMs), [2000, 2500]);
});

function part(node: string, sent: number, parts?: NodePart[]): NodePart {
  return {
    node,
    atMs: 0,
    counters: { packetsSent: sent },
    gauges: {},
    trends: { lateness: trendOfSteps(...Array(sent).fill(7)) },
    generator: { ...EMPTY_SNAPSHOT.generator, cpuUs: sent * 10 },
    ...(parts !== undefined && { parts }),
  };
}

Deno.test("each of several nodes has its own window, by its name, and so have its threads", () => {
  const between = partsBetween(
    [part("b", 1), part("a", 4, [part("a/0", 4)])],
    [
      part("a", 9, [part("a/0", 6), part("a/1", 3)]),
      part("b", 2),
      part("c", 5),
    ],
  );
  assertEquals(
    between.map(({ node, counters, trends, generator, parts }) => [
      node,
      counters.packetsSent,
      trends.lateness.count,
      generator.cpuUs,
      parts?.map(({ node, counters }) => [node, counters.packetsSent]),
    ]),
    [
      ["a", 5, 5, 50, [["a/0", 2], ["a/1", 3]]],
      ["b", 1, 1, 10, undefined],
      ["c", 5, 5, 50, undefined],
    ],
  );
  assertEquals(partsBetween([part("a", 1)], undefined), []);
});

Deno.test("a part of a window does not carry all that its node reported", () => {
  const { clients: _, ...whole } = look();
  const [between] = partsBetween([], [{ ...part("a", 1), whole }]);
  assertEquals(Object.hasOwn(between, "whole"), false);
});
