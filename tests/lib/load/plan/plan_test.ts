import {
  assert,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import {
  type ClientPlan,
  makePlan,
  MODE_PUBLISH_RATIOS,
  type PlanOptions,
  publisherCount,
  rampAndHold,
  splitPlan,
} from "../../../../lib/load/mod.ts";
import { mediaPlanOf } from "../../../../lib/media/mod.ts";

Deno.test("a plan numbers, names and places its clients", () => {
  const plan = makePlan(options({ rooms: 2, publishRatio: 0.5 }));
  assertEquals(plan.endAtMs, 35_000);
  const shown = plan.clients.map(({ media: _, ...client }) =>
    Object.values(client).join(" ")
  );
  assertEquals(shown, [
    "0 client-0 TestUser0 0 load-test-room-0 publisher 0 ",
    "1 client-1 TestUser1 1 load-test-room-1 publisher 1250 ",
    "2 client-2 TestUser2 2 load-test-room-0 viewer 2500 ",
    "3 client-3 TestUser3 3 load-test-room-1 viewer 3750 ",
  ]);
});

Deno.test("media that a plan leaves out is as by default", () => {
  const { clients } = makePlan({
    stages: rampAndHold(1, 0, 1000),
    ...{ room: "r", rooms: 1, publishRatio: 1, churnRate: 0, seed: 1 },
    audio: false,
  });
  assertEquals(clients[0].media, mediaPlanOf({ audio: false }));
});

Deno.test("a single room keeps its id as it is", () => {
  assert(
    makePlan(options({})).clients.every(({ roomId }) =>
      roomId === "load-test-room"
    ),
  );
});

Deno.test.each([
  { clients: 10, ratio: 1, want: 10, why: "conference" },
  {
    clients: 10,
    ratio: MODE_PUBLISH_RATIOS.classroom,
    want: 2,
    why: "classroom",
  },
  {
    clients: 11,
    ratio: MODE_PUBLISH_RATIOS.classroom,
    want: 3,
    why: "rounded up",
  },
  {
    clients: 10,
    ratio: MODE_PUBLISH_RATIOS.webinar,
    want: 1,
    why: "at least one",
  },
  { clients: 10, ratio: 0, want: 1, why: "at least one, even of none" },
  {
    clients: 100,
    ratio: 0.07,
    want: 7,
    why: "not 8, whatever binary fractions say",
  },
  { clients: 0, ratio: 1, want: 0, why: "nobody cannot publish" },
])(
  "of $clients clients at a ratio of $ratio, $want publish: $why",
  ({ clients, ratio, want }) => {
    assertEquals(publisherCount(clients, ratio), want);
  },
);

Deno.test("churn makes as many leave as its rate says, each replaced at once in room and role", () => {
  const plan = makePlan(
    options({ clients: 20, rooms: 3, publishRatio: 0.4, churnRate: 2 }),
  );
  assertEquals(plan.clients.length, 20 + 2 * 30);
  const leavers = plan.clients.filter(({ leaveAtMs }) => leaveAtMs !== null);
  assertEquals(leavers.length, 60);
  for (const { slot, leaveAtMs, joinAtMs, roomId, role } of leavers) {
    assert(leaveAtMs! >= 5000 && leaveAtMs! <= 35_000, "no churn in the ramp");
    assert(leaveAtMs! >= joinAtMs + 2000, "a join is given time");
    const replacement = plan.clients.filter((other) =>
      other.slot === slot && other.joinAtMs === leaveAtMs
    );
    assertEquals(replacement.length, 1);
    assertEquals([replacement[0].roomId, replacement[0].role], [roomId, role]);
  }
  assertEquals(
    plan.clients.map(({ index }) => index),
    plan.clients.map((_, i) => i),
  );
  assertEquals(new Set(plan.clients.map(({ clientId }) => clientId)).size, 80);
});

Deno.test("departures are spread over the seconds, not heaped", () => {
  const { clients } = makePlan(options({ clients: 50, churnRate: 3 }));
  const perSecond = new Array<number>(30).fill(0);
  for (const { leaveAtMs } of clients) {
    if (leaveAtMs !== null) {
      perSecond[Math.min(29, Math.floor((leaveAtMs - 5000) / 1000))]++;
    }
  }
  assert(
    perSecond.every((count) => count >= 2 && count <= 4),
    perSecond.join(" "),
  );
});

Deno.test("churn faster than anyone settles still replaces whom it takes, and nobody twice at a time", () => {
  const { clients } = makePlan(options({ clients: 2, churnRate: 10 }));
  assertEquals(clients.length, 2 + 300);
  for (const slot of [0, 1]) {
    const spans = clients.filter((client) => client.slot === slot);
    spans.forEach((span, i) =>
      assertEquals(span.leaveAtMs, spans[i + 1]?.joinAtMs ?? null)
    );
  }
});

Deno.test("where nobody settles, each stays for as long as the others let them", () => {
  const { clients } = makePlan(options({ clients: 6, churnRate: 4 }));
  for (const { joinAtMs, leaveAtMs } of clients) {
    if (leaveAtMs === null) continue;
    assert(leaveAtMs - joinAtMs >= 1000, `${leaveAtMs - joinAtMs} ms`);
  }
});

Deno.test("a replacement inherits when its slot empties, and churn takes nobody who has left", () => {
  const plan = makePlan({
    ...options({ churnRate: 1 }),
    stages: [{ durationMs: 0, target: 4 }, { durationMs: 10_000, target: 4 }, {
      durationMs: 0,
      target: 1,
    }, { durationMs: 10_000, target: 1 }],
  });
  const presentAt = (t: number) =>
    plan.clients.filter((c) => c.joinAtMs <= t && (c.leaveAtMs ?? Infinity) > t)
      .length;
  assertEquals([presentAt(9999), presentAt(10_001), presentAt(19_999)], [
    4,
    1,
    1,
  ]);
});

Deno.test("clients are numbered in order of joining, whoever replaces whom meanwhile", () => {
  const { clients } = makePlan({
    ...options({ churnRate: 1 }),
    stages: [
      { durationMs: 0, target: 4 },
      { durationMs: 10_000, target: 4 },
      { durationMs: 10_000, target: 8 },
    ],
  });
  const joins = clients.map(({ joinAtMs }) => joinAtMs);
  assertEquals(joins, joins.toSorted((a, b) => a - b));
});

Deno.test("the same seed gives the same plan, another seed another", () => {
  const [a, b, c] = [1, 1, 2].map((seed) =>
    makePlan(options({ churnRate: 1, seed }))
  );
  assertEquals(a, b);
  assertNotEquals(a.clients, c.clients);
});

Deno.test("a plan survives JSON", () => {
  const plan = makePlan(options({ churnRate: 1 }));
  assertEquals(JSON.parse(JSON.stringify(plan)), plan);
});

Deno.test.each([
  { wrong: { rooms: 0 }, message: "Cannot plan 0 rooms" },
  { wrong: { publishRatio: 1.1 }, message: "publish ratio of 1.1" },
  { wrong: { churnRate: -1 }, message: "churn rate of -1" },
])("nonsense is refused: $message", ({ wrong, message }) => {
  assertThrows(() => makePlan(options(wrong)), RangeError, message);
});

Deno.test.each([
  {
    clients: 8,
    rooms: 1,
    nodes: 2,
    want: [4, 4],
    divided: 1,
    why: "one room is divided",
  },
  {
    clients: 8,
    rooms: 2,
    nodes: 2,
    want: [4, 4],
    divided: 0,
    why: "rooms that fit stay whole",
  },
  {
    clients: 12,
    rooms: 3,
    nodes: 2,
    want: [6, 6],
    divided: 1,
    why: "only the third is divided",
  },
  {
    clients: 3,
    rooms: 1,
    nodes: 4,
    want: [1, 1, 1, 0],
    divided: 1,
    why: "a node may have nothing",
  },
  {
    clients: 7,
    rooms: 7,
    nodes: 3,
    want: [3, 2, 2],
    divided: 0,
    why: "as equal as it gets",
  },
])(
  "$clients clients in $rooms rooms on $nodes nodes: $why",
  ({ clients, rooms, nodes, want, divided }) => {
    const plan = makePlan(options({ clients, rooms }));
    const shares = splitPlan(plan, equal(nodes));
    assertEquals(shares.map((share) => share.length), [...want]);
    const roomsOf = shares.map((share) =>
      new Set(share.map(({ roomId }) => roomId))
    );
    const ids = new Set(plan.clients.map(({ roomId }) => roomId));
    const dividedRooms = [...ids].filter((id) =>
      roomsOf.filter((set) => set.has(id)).length > 1
    );
    assertEquals(dividedRooms.length, divided);
  },
);

Deno.test("the shares are the plan: nobody lost, nobody twice, replacements where their slot is", () => {
  for (
    const [clients, rooms, nodes] of [[20, 1, 3], [20, 7, 4], [33, 5, 2], [
      5,
      5,
      8,
    ]]
  ) {
    const plan = makePlan(options({ clients, rooms, churnRate: 2 }));
    const shares = splitPlan(plan, equal(nodes));
    assertEquals(
      shares.flat().sort((a, b) => a.index - b.index),
      [...plan.clients],
    );
    const slots = shares.map(slotsOf);
    assertEquals(slots.reduce((sum, set) => sum + set.size, 0), clients);
    assert(slots.every((set) => set.size <= Math.ceil(clients / nodes)));
    assertEquals(splitPlan(plan, equal(nodes)), shares);
  }
});

Deno.test("a divided room's publishers are divided too", () => {
  const plan = makePlan(options({ clients: 20, publishRatio: 0.2 }));
  const publishers = splitPlan(plan, equal(2)).map((clients) =>
    clients.filter(({ role }) => role === "publisher").length
  );
  assertEquals(publishers, [2, 2]);
});

Deno.test("a plan cannot be split over nothing", () => {
  assertThrows(
    () => splitPlan(makePlan(options({})), []),
    RangeError,
    "at least one is needed",
  );
});

Deno.test("a plan cannot be split over a node that carries nothing", () => {
  const plan = makePlan(options({}));
  for (const weight of [0, -1, NaN]) {
    assertThrows(() => splitPlan(plan, [1, weight]), RangeError);
  }
});

Deno.test.each([
  {
    ...{ clients: 30, rooms: 30, weights: [1, 2], want: [10, 20] },
    why: "twice the share of small rooms",
  },
  {
    ...{ clients: 17, rooms: 1, weights: [1, 16], want: [1, 16] },
    why: "one room, divided",
  },
  {
    ...{ clients: 1, rooms: 1, weights: [2, 8], want: [0, 1] },
    why: "a single one goes where there is most room",
  },
  {
    ...{ clients: 40, rooms: 2, weights: [1, 4], want: [8, 32] },
    why: "a room that fits whole, and one that does not",
  },
])(
  "$clients clients in $rooms rooms on nodes that carry $weights: $why",
  ({ clients, rooms, weights, want }) => {
    const plan = makePlan(options({ clients, rooms }));
    assertEquals(
      splitPlan(plan, weights).map((share) => share.length),
      [...want],
    );
  },
);

function equal(nodes: number): number[] {
  return new Array<number>(nodes).fill(1);
}

function slotsOf(clients: readonly ClientPlan[]): Set<number> {
  return new Set(clients.map(({ slot }) => slot));
}

function options(
  { clients = 4, ...rest }: Partial<PlanOptions> & { clients?: number },
): PlanOptions {
  return {
    stages: rampAndHold(clients, 5000, 30_000),
    room: "load-test-room",
    rooms: 1,
    publishRatio: 1,
    churnRate: 0,
    seed: 1,
    ...mediaPlanOf({}),
    ...rest,
  };
}
