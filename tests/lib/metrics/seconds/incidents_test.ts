import { assert, assertEquals } from "@std/assert";
import {
  type ClientRecord,
  type ClientSecond,
  incidentLine,
  incidentName,
  IncidentWatch,
  MAX_INCIDENTS,
  type WatchedSecond,
} from "../../../../lib/metrics/mod.ts";
import { recordOf } from "../client.ts";

const WELL = { packetsDue: 100, packetsCame: 100, playedMs: 1000 };

type Own = Partial<Omit<ClientSecond, "client">> & {
  readonly client?: Partial<ClientSecond["client"]>;
};

/** A second of these clients, two in each room. */
function second(
  toSec: number,
  clients: readonly Own[],
  more: Partial<WatchedSecond> = {},
): WatchedSecond {
  return {
    fromSec: toSec - 1,
    toSec,
    server: undefined,
    generator: { cpuRatio: 0.1, lateRatio: 0 },
    clients: clients.map(({ client, ...own }, index) => ({
      client: recordOf(index, {
        roomId: `room-${index >> 1}`,
        state: "connected",
        connectionSuccessful: true,
        ...client,
      }),
      dueMs: 1000,
      silentMs: 0,
      packetsSent: 30,
      bytesSent: 30_000,
      bytesReceived: 100_000,
      frozenMs: 0,
      framesRendered: 30,
      signalingSilentMs: 0,
      errors: 0,
      hasConnected: false,
      hasFailed: false,
      ...WELL,
      ...own,
    })),
    ...more,
  };
}

/** A run of ten clients, a list of what is wrong with them for each of its seconds. */
function watched(
  seconds: readonly (readonly Own[])[],
  more: (i: number) => Partial<WatchedSecond> = () => ({}),
): IncidentWatch {
  const watch = new IncidentWatch();
  seconds.forEach((wrong, i) =>
    watch.take(second(i + 1, tenOf(wrong), more(i)))
  );
  return watch;
}

function tenOf(wrong: readonly Own[]): Own[] {
  return Array.from({ length: 10 }, (_, i) => wrong[i] ?? {});
}

function all(own: Own, many = 10): Own[] {
  return Array(many).fill(own);
}

const NOTHING: Own = {
  packetsCame: 0,
  silentMs: 1000,
  frozenMs: 1000,
  framesRendered: 0,
};
const GOOD: readonly Own[] = [];

const FROZEN: Own = { frozenMs: 1000, framesRendered: 0 };

Deno.test.each([
  {
    why: "media is back, and pictures are not",
    wrong: [
      GOOD,
      all(NOTHING),
      all(NOTHING),
      all(FROZEN),
      all(FROZEN),
      all(FROZEN),
    ],
    want: [["noMedia", 1, 3], ["freezes", 1, null]],
  },
  {
    why: "media is back in the last second, and pictures are not",
    wrong: [GOOD, GOOD, all(NOTHING, 4), all(NOTHING, 4), all(FROZEN, 4)],
    want: [["noMedia", 2, 4], ["freezes", 2, null]],
  },
  {
    why: "all is back in the last second",
    wrong: [GOOD, all(NOTHING), all(NOTHING), all(NOTHING), GOOD],
    want: [["noMedia", 1, 4]],
  },
  {
    why: "nothing is back",
    wrong: [GOOD, all(NOTHING), all(NOTHING), all(NOTHING)],
    want: [["noMedia", 1, null]],
  },
  {
    why: "loss is over, and pictures stand",
    wrong: [
      GOOD,
      all({ packetsCame: 60, ...FROZEN }),
      all({ packetsCame: 60, ...FROZEN }),
      all(FROZEN),
    ],
    want: [["loss", 1, 3], ["freezes", 1, null]],
  },
])(
  "a run that ends while something goes on tells of each to its own end: $why",
  ({ wrong, want }) => {
    assertEquals(
      watched(wrong).incidents().map((
        { kind, fromSec, untilSec },
      ) => [kind, fromSec, untilSec]),
      want.map((one) => [...one]),
    );
  },
);

Deno.test.each(
  [
    {
      why: "a run in which all is well has none",
      wrong: [GOOD, GOOD],
      want: [],
    },
    {
      why: "no media for one client of ten is one, from its first second on",
      wrong: [GOOD, GOOD, all(NOTHING, 1), all(NOTHING, 1), GOOD, GOOD, GOOD],
      want: [["noMedia", 2, 4, 1]],
    },
    {
      why: "what begins and ends within a second does so where its packets end",
      wrong: [
        GOOD,
        all({ packetsCame: 40 }),
        all(NOTHING),
        all(NOTHING),
        all({ packetsCame: 75 }),
        GOOD,
        GOOD,
      ],
      want: [["noMedia", 1.4, 4.25, 10]],
    },
    {
      why: "what comes of a standstill of the generator's is none",
      wrong: [
        GOOD,
        all({ ...NOTHING, client: { isLeftOut: true } }),
        all({
          ...NOTHING,
          client: { isLeftOut: true, state: "away", isAway: true },
        }),
        GOOD,
      ],
      want: [],
    },
    {
      why: "one good second between two bad ones does not end it",
      wrong: [all(NOTHING), GOOD, all(NOTHING), GOOD, GOOD],
      want: [["noMedia", 0, 3, 10]],
    },
    {
      why: "two of them do",
      wrong: [all(NOTHING), GOOD, GOOD, GOOD, all(NOTHING), GOOD, GOOD],
      want: [["noMedia", 0, 1, 10], ["noMedia", 4, 5, 10]],
    },
    {
      why:
        "signaling that answers nothing is one from when it was last asked in vain, and media goes on",
      wrong: [
        GOOD,
        GOOD,
        GOOD,
        GOOD,
        all({ signalingSilentMs: 3400 }, 8),
        all({ signalingSilentMs: 1000 }, 8),
        all({ signalingSilentMs: 600 }, 3),
        GOOD,
        GOOD,
      ],
      want: [["signaling", 1.6, 6.6, 8]],
    },
    {
      why: "who noticed it last does not make it longer than it was seen",
      wrong: [
        GOOD,
        GOOD,
        GOOD,
        GOOD,
        all({ signalingSilentMs: 3400 }, 1),
        [{ signalingSilentMs: 1000 }, { signalingSilentMs: 3900 }],
        GOOD,
        GOOD,
      ],
      want: [["signaling", 1.6, 6, 2]],
    },
    {
      why: "what goes on to the end has none",
      wrong: [GOOD, all(NOTHING), all(NOTHING)],
      want: [["noMedia", 1, null, 10]],
    },
    {
      why: "loss of one second is a hiccup",
      wrong: [GOOD, all({ packetsCame: 80 }), GOOD, GOOD],
      want: [],
    },
    {
      why: "loss of two is one",
      wrong: [
        GOOD,
        all({ packetsCame: 80 }),
        all({ packetsCame: 80 }),
        GOOD,
        GOOD,
      ],
      want: [["loss", 1, 3, 10]],
    },
    {
      why: "loss of few packets is none, at however many",
      wrong: Array(5).fill(all({ packetsCame: 97 })),
      want: [],
    },
    {
      why: "pictures that stand still for half of two seconds are one",
      wrong: [
        GOOD,
        all({ frozenMs: 700 }, 2),
        all({ frozenMs: 700 }, 2),
        GOOD,
        GOOD,
      ],
      want: [["freezes", 1, 3, 2]],
    },
    {
      why: "who is away is",
      wrong: [
        GOOD,
        all({ client: { state: "away", isAway: true } }, 3),
        all({ client: { state: "away", isAway: true } }, 2),
        GOOD,
        GOOD,
      ],
      want: [["away", 1, 3, 3]],
    },
    {
      why: "whom we cut off ourselves is not",
      wrong: Array(3).fill(
        all({ client: { state: "away", isAway: true, cuts: 1 } }, 3),
      ),
      want: [],
    },
    {
      why: "joins that fail are",
      wrong: [
        GOOD,
        [{ hasConnected: true }, { hasFailed: true }],
        GOOD,
        GOOD,
      ],
      want: [["joins", 1, 2, 1]],
    },
  ] satisfies {
    why: string;
    wrong: (readonly Own[])[];
    want: (string | number | null)[][];
  }[],
)("$why", ({ wrong, want }) => {
  assertEquals<unknown>(
    watched(wrong).incidents().map((
      { kind, fromSec, untilSec, clients },
    ) => [kind, fromSec, untilSec, clients]),
    want,
  );
});

Deno.test("loss that went on for long before is one trouble, and silence in it another", () => {
  const half = all({ packetsCame: 50 });
  const kinds = watched([
    ...Array(6).fill(half),
    all(NOTHING),
    all(NOTHING),
    ...Array(9).fill(half),
  ]).incidents().map(({ kind, untilSec }) => [kind, untilSec]);
  assertEquals(kinds, [["loss", null], ["noMedia", 8]]);
});

Deno.test("what comes of one trouble is told once, with when pictures moved again", () => {
  const watch = watched([
    GOOD,
    all(NOTHING),
    all(NOTHING),
    all({ frozenMs: 1000, framesRendered: 0 }),
    all({ frozenMs: 250 }),
    GOOD,
    GOOD,
  ]);
  const [incident, ...others] = watch.incidents();
  assertEquals(others, []);
  assertEquals(incident.kind, "noMedia");
  assertEquals([incident.fromSec, incident.untilSec], [1, 3]);
  assertEquals(incident.also.map(({ kind }) => kind), ["loss", "freezes"]);
  assertEquals(incident.picturesAgainSec, 4.25);
  assertEquals([incident.clients, incident.of, incident.rooms], [10, 10, 5]);
});

Deno.test.each(
  [
    {
      why: "impaired clients, which lose packets all the time, are no incident",
      impaired: [0, 1],
      losing: [0, 1],
      want: 0,
    },
    {
      why: "nor are their room mates, who lose theirs",
      impaired: [0, 2],
      losing: [0, 1, 2, 3],
      want: 0,
    },
    {
      why: "others are",
      impaired: [0, 2],
      losing: [0, 1, 2, 3, 4, 5],
      want: 1,
    },
    {
      why: "where all are impaired, all of them count",
      impaired: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      losing: [4, 5],
      want: 1,
    },
  ] satisfies {
    why: string;
    impaired: number[];
    losing: number[];
    want: number;
  }[],
)("$why", ({ impaired, losing, want }) => {
  const clients = Array.from({ length: 10 }, (_, i): Own => ({
    client: { impairment: impaired.includes(i) ? "loss=9%" : null },
    ...(losing.includes(i) && { packetsCame: 80 }),
  }));
  assertEquals(watched(Array(4).fill(clients)).incidents().length, want);
});

Deno.test("an incident is told when it begins and once when it is over", () => {
  const watch = new IncidentWatch();
  const told = [GOOD, all(NOTHING), all(NOTHING), GOOD, GOOD, GOOD].map(
    (wrong, i) => watch.take(second(i + 1, tenOf(wrong))).map(incidentLine),
  );
  assertEquals(told, [
    [],
    ["since 0:01: 10 of 10 clients without media"],
    [],
    [],
    [
      "over at 0:03, after 2.0 s: 10 of 10 clients without media; pictures moved again at 0:03",
    ],
    [],
  ]);
  assertEquals(watch.current(), []);
});

Deno.test.each<{
  readonly why: string;
  readonly gone: Partial<ClientRecord>;
}>([
  { why: "that may be", gone: { state: "lost" } },
  {
    why: "that may not be",
    gone: {
      ...{ state: "failed", isAway: true, failureCause: "agent-1 died: gone" },
      errors: [{ kind: "worker", message: "agent-1 died: gone", atMs: 4_100 }],
    },
  },
])(
  "a machine that is lost, $why, is told as that, with all that others missed meanwhile, and nobody is away from the server",
  ({ gone }) => {
    const at = (i: number) => ({
      node: i < 4 ? "agent-1/worker-0" : "agent-0",
    });
    const wellThen = Array.from({ length: 10 }, (_, i) => ({ client: at(i) }));
    const mates = wellThen.map(({ client }, i) => ({
      client,
      ...(i === 4 || i === 5 ? NOTHING : {}),
    }));
    const after = wellThen.map(({ client }, i) => ({
      client: { ...client, ...(i < 4 ? gone : {}) },
    }));
    const lost = [{
      ...{ node: "agent-1", atMs: 4_100, knownMs: 2_000 },
      ...{ clients: 4, reason: "no word in 15 s" },
    }];
    const watch = new IncidentWatch();
    const told = [wellThen, wellThen, mates, mates, after, after, after, after]
      .map((own, i) => {
        const now = second(i + 1, own);
        const all = now.clients.map(({ client }) => client);
        // Those that are lost have no seconds.
        const clients = now.clients.filter(({ client }) =>
          client.state !== "lost"
        );
        return watch.take({
          ...{ ...now, clients },
          ...(own === after && { lost, all }),
        }).map(incidentLine);
      });
    assertEquals(watch.incidents().map(incidentName), [
      "4 of 10 clients unknown: agent-1 was lost at 0:04, no word in 15 s",
    ]);
    const [{ fromSec, untilSec, clientIds, rooms, also }] = watch.incidents();
    assertEquals([fromSec, untilSec, rooms], [2, null, 2]);
    assertEquals(clientIds, ["client-0", "client-1", "client-2", "client-3"]);
    assertEquals([also[0].kind, also[0].clients], ["noMedia", 2]);
    // Who lost it has said so.
    assertEquals(
      told.flat().filter((line) => /unknown|away/.test(line)),
      [],
    );
    assertEquals(watch.current(), []);
  },
);

Deno.test("what goes on is known in the second in which it begins", () => {
  const watch = watched([GOOD, all(NOTHING)]);
  assertEquals(watch.current().map(incidentName), [
    "10 of 10 clients without media",
  ]);
});

Deno.test("once media is back, what goes on is that pictures stand still", () => {
  const still = all({ frozenMs: 1000, framesRendered: 0 });
  const watch = new IncidentWatch();
  const named = [GOOD, all(NOTHING), all(NOTHING), still, still, still, GOOD]
    .map((wrong, i) => {
      watch.take(second(i + 1, tenOf(wrong)));
      return watch.current().map(incidentName);
    });
  const silent = ["10 of 10 clients without media"];
  const frozen = ["10 of 10 clients with frozen pictures"];
  assertEquals(named, [[], silent, silent, silent, frozen, frozen, frozen]);
  // It is one trouble all the same.
  assertEquals(watch.incidents().map(({ kind }) => kind), ["noMedia"]);
});

Deno.test("the server's and the generator's figures meanwhile are kept, and those before", () => {
  const server = (cpuRatio: number, udpDrops = 0) => ({
    cpuRatio,
    maxProcessRatio: cpuRatio,
    rssBytes: 1,
    fds: 1,
    udpDrops,
  });
  const watch = watched(
    [GOOD, GOOD, all(NOTHING), all(NOTHING), GOOD, GOOD],
    (i) => ({
      server: i === 2 ? server(0) : i === 3 ? server(0.1, 7) : server(0.5),
      generator: { cpuRatio: i === 3 ? 0.4 : 0.2, lateRatio: 0.01 },
    }),
  );
  const [{ server: used, generator }] = watch.incidents();
  assertEquals(used, {
    cpuRatioBefore: 0.5,
    minCpuRatio: 0,
    maxCpuRatio: 0.1,
    udpDrops: 7,
  });
  assertEquals(generator, { maxCpuRatio: 0.4, maxLateRatio: 0.01 });
});

Deno.test("what the generator does in the last milliseconds of a run is no figure of an incident", () => {
  const watch = watched(
    [GOOD, all(NOTHING), all(NOTHING), all(NOTHING)],
    (i) =>
      i < 3 ? {} : {
        fromSec: 3,
        toSec: 3.022,
        generator: { cpuRatio: 1.07, lateRatio: 0 },
      },
  );
  const [{ generator }] = watch.incidents();
  assertEquals(generator.maxCpuRatio, 0.1);
});

Deno.test("a generator that is late is one of its own, and hides no other", () => {
  const watch = watched(
    [GOOD, all(NOTHING), all(NOTHING), GOOD, GOOD],
    (i) => ({ generator: { cpuRatio: 1, lateRatio: i < 3 ? 0.5 : 0 } }),
  );
  assertEquals(watch.incidents().map(({ kind }) => kind), [
    "generator",
    "noMedia",
  ]);
});

Deno.test("of a long bad run the worst incidents are kept, and the rest counted", () => {
  const seconds = Array.from(
    { length: 3 * (MAX_INCIDENTS + 20) },
    (_, i) => i % 3 === 0 ? all(NOTHING, i === 3 ? 10 : 1) : GOOD,
  );
  const watch = watched(seconds);
  assert(watch.incidents().length <= MAX_INCIDENTS);
  assertEquals(watch.incidents().length + watch.forgotten, MAX_INCIDENTS + 20);
  assert(watch.incidents().some(({ clients }) => clients === 10));
});
