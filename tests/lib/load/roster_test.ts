import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import { parseImpairment } from "../../../lib/impairment/mod.ts";
import {
  type ImpairmentShare,
  makePlan,
  type Newcomers,
  parseImpairmentShare,
  rampAndHold,
  type Roster,
  type RosterStep,
  withImpairments,
} from "../../../lib/load/mod.ts";
import {
  changed,
  churned,
  dropped,
  due,
  entered,
  impairedShare,
  newRoster,
  played,
  ramped,
  silenced,
  spawned,
  withNetwork,
} from "../../../lib/load/roster/mod.ts";
import { mediaPlanOf } from "../../../lib/media/mod.ts";

const SETTINGS: Newcomers = {
  room: "hall",
  rooms: 1,
  role: "publisher",
  media: mediaPlanOf({}),
};

function rosterOf(count: number, seed = 1): Roster {
  return spawned(newRoster(SETTINGS, seed), count, 0).roster;
}

function indices({ members }: Roster): number[] {
  return members.map(({ index }) => index);
}

Deno.test("who is spawned joins now, as the settings say", () => {
  const { roster, joining, leaving } = spawned(
    newRoster(SETTINGS, 1),
    2,
    70_000,
  );
  assertEquals(leaving, []);
  assertEquals(
    joining,
    [0, 1].map((index) => ({
      index,
      clientId: `client-${index}`,
      participantName: `TestUser${index}`,
      slot: index,
      roomId: "hall",
      role: "publisher",
      joinAtMs: 0,
      leaveAtMs: null,
      media: SETTINGS.media,
    })),
  );
  assertEquals(indices(roster), [0, 1]);
  assertEquals(roster.members[0].joinAtMs, 70_000);
});

Deno.test("several rooms are filled in turn, and a named room is one", () => {
  const empty = newRoster({ ...SETTINGS, rooms: 2 }, 1);
  const turn = spawned(empty, 3, 0);
  assertEquals(
    turn.joining.map(({ roomId }) => roomId),
    ["hall-0", "hall-1", "hall-0"],
  );
  const named = spawned(empty, 2, 0, { room: "lobby" });
  assertEquals(named.joining.map(({ roomId }) => roomId), ["lobby", "lobby"]);
});

Deno.test.each<{
  readonly why: string;
  readonly gone: readonly number[];
  readonly rooms: readonly string[];
}>([
  { why: "on from the last", gone: [], rooms: ["hall-2", "hall-0"] },
  { why: "where one left", gone: [0, 3], rooms: ["hall-0", "hall-0"] },
  { why: "where most left", gone: [1, 4], rooms: ["hall-1", "hall-1"] },
])("newcomers go where the fewest are: $why", ({ gone, rooms }) => {
  const empty = newRoster({ ...SETTINGS, rooms: 3 }, 1);
  const { roster } = dropped(spawned(empty, 5, 0).roster, gone);
  const { joining } = spawned(roster, 2, 0);
  assertEquals(joining.map(({ roomId }) => roomId), [...rooms]);
});

Deno.test("numbers are never used again, places in the crowd are", () => {
  const without = dropped(rosterOf(3), [1]).roster;
  const { roster, joining } = spawned(without, 2, 0);
  assertEquals(indices(roster), [0, 2, 3, 4]);
  assertEquals(joining.map(({ slot }) => slot), [1, 3]);
});

Deno.test("who comes with a plan of its own keeps name, room and network, and is numbered on", () => {
  const impairment = parseImpairment("loss=1%");
  const plan = { index: 0, clientId: "", leaveAtMs: null } as const;
  const { roster, joining } = entered(
    spawned(newRoster(SETTINGS, 1, 30), 1, 0).roster,
    [
      {
        ...plan,
        participantName: "Anna",
        slot: 5,
        roomId: "a",
        role: "viewer",
        media: { ...SETTINGS.media, video: false },
        joinAtMs: 100,
        leaveAtMs: 200,
        impairment,
        patienceMs: 5000,
      },
      {
        ...plan,
        participantName: "",
        slot: 5,
        roomId: "b",
        role: "publisher",
        media: SETTINGS.media,
        joinAtMs: 200,
      },
    ],
    1000,
  );
  assertEquals(
    joining.map((client) =>
      [
        ...[client.clientId, client.participantName, client.roomId],
        ...[client.index, client.slot, client.joinAtMs, client.leaveAtMs],
      ].join(" ")
    ),
    ["client-31 Anna a 1 1 100 200", "client-32 TestUser32 b 2 1 200 "],
  );
  const [, anna] = roster.members;
  assertEquals(
    [anna.impairment, anna.patienceMs, anna.media.video, anna.joinAtMs],
    [impairment, 5000, false, 1100],
  );
});

Deno.test("a ramp up joins evenly, the last before its end", () => {
  const { joining } = ramped(rosterOf(1), 5, 2000, 0);
  assertEquals(joining.map(({ joinAtMs }) => joinAtMs), [0, 500, 1000, 1500]);
});

Deno.test("a ramp down has the newest leave first, the last at its end", () => {
  const { roster, joining, leaving } = ramped(rosterOf(4), 2, 1000, 5000);
  assertEquals([joining, leaving], [[], []]);
  assertEquals(due(roster, 5499), undefined);
  const first = due(roster, 5500)!;
  assertEquals(first.leaving, [3]);
  const second = due(first.roster, 6000)!;
  assertEquals(second.leaving, [2]);
  assertEquals(indices(second.roster), [0, 1]);
  assertEquals(due(second.roster, 99_000), undefined);
});

Deno.test("a new ramp takes the place of the one before", () => {
  const down = ramped(rosterOf(4), 0, 1000, 0).roster;
  const up = ramped(down, 5, 0, 100).roster;
  assertEquals(due(up, 99_000), undefined);
  assertEquals(up.members.length, 5);
});

Deno.test("who was dropped does not leave a second time", () => {
  const down = ramped(rosterOf(2), 0, 1000, 0).roster;
  const { roster } = dropped(down, [1]);
  assertEquals(due(roster, 1000)!.leaving, [0]);
});

Deno.test.each([1, 2, 3])(
  "who takes the place of one about to leave leaves in its stead, by seed %i",
  (seed) => {
    const churning = churned(rosterOf(8, seed), 2, 10_000);
    const down = ramped(churning, 2, 10_000, 10_000).roster;
    const { roster } = drawnOut(down, 10_000, 20_000);
    assertEquals(roster.members.length, 2);
  },
);

Deno.test("churn replaces as many as are due, each in the same place", () => {
  const roster = churned(rosterOf(4), 2, 1000);
  const step = due(roster, 2000)!;
  assertEquals(step.leaving.length, 2);
  assertEquals(step.joining.map(({ index }) => index), [4, 5]);
  const left = roster.members.filter(({ index }) =>
    step.leaving.includes(index)
  );
  assertEquals(
    step.joining.map(({ slot }) => slot).sort(),
    left.map(({ slot }) => slot).sort(),
  );
  assertEquals(step.roster.members.length, 4);
  assertEquals(due(step.roster, 2000), undefined);
});

Deno.test("churn draws from those who have settled, the same by the same seed", () => {
  const replaced = (seed: number) => {
    const roster = churned(rosterOf(20, seed), 3, 10_000);
    const { steps } = drawnOut(roster, 10_000, 50_000);
    const joinedAt = new Map(indices(roster).map((index) => [index, 0]));
    return steps.flatMap(({ atMs, joining, leaving }) => {
      const stayed = leaving.map((index) => atMs - joinedAt.get(index)!);
      assert(stayed.every((ms) => ms >= 2000), `${stayed}`);
      for (const { index, joinAtMs } of joining) {
        joinedAt.set(index, atMs + joinAtMs);
      }
      return leaving;
    });
  };
  const first = replaced(1);
  assertEquals(replaced(1), first);
  assertEquals(first.length, 120);
  assert(replaced(2).join() !== first.join());
});

Deno.test("churn of nobody is nothing, and after a stall not everything at once", () => {
  assertEquals(due(churned(rosterOf(0), 1, 0), 5000)!.leaving, []);
  const step = due(churned(rosterOf(500), 100, 0), 60_000)!;
  assertEquals([step.leaving.length, step.joining.length], [100, 100]);
  assertEquals(due(step.roster, 60_000), undefined);
});

Deno.test("churn that is called off replaces nobody any more", () => {
  const churning = churned(rosterOf(4), 2, 0);
  assertEquals(due(churned(churning, 0, 100), 99_000), undefined);
});

Deno.test("only the members that are meant are changed", () => {
  const roster = changed(
    rosterOf(3),
    [1],
    (member) => ({ ...member, silent: ["audio"] }),
  );
  assertEquals(roster.members.map(({ silent }) => silent), [[], ["audio"], []]);
  const both = silenced(roster, [1, 2], ["video"], true);
  assertEquals(
    silenced(both, [1], ["audio"], false).members.map(({ silent }) => silent),
    [[], ["video"], ["video"]],
  );
});

Deno.test.each<{
  readonly text: string;
  readonly arrivals: readonly number[];
  readonly impaired: readonly number[];
}>([
  { text: "wifi-lossy:30%", arrivals: [10], impaired: [3] },
  {
    text: "wifi-lossy:30%",
    arrivals: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
    impaired: [1, 0, 0, 0, 1, 0, 0, 0, 1, 0],
  },
  { text: "3g:50%", arrivals: [3, 3, 4], impaired: [2, 1, 2] },
  { text: "3g", arrivals: [2, 5], impaired: [2, 5] },
  { text: "3g:1%", arrivals: [20, 20, 110], impaired: [1, 0, 1] },
])(
  "of those yet to come exactly a share has a bad network, however they come: $text, $arrivals",
  ({ text, arrivals, impaired: wanted }) => {
    let roster = withNetwork(
      newRoster(SETTINGS, 1),
      parseImpairmentShare(text),
      { came: 0, impaired: 0 },
    );
    const counts = arrivals.map((count) => {
      const step = spawned(roster, count, 0);
      roster = step.roster;
      return badOnes(step.joining).length;
    });
    assertEquals(counts, [...wanted]);
  },
);

Deno.test("of each room so many have a bad network, however they come, and of those present too", () => {
  const share = parseImpairmentShare("3g:1-per-room");
  const empty = newRoster({ ...SETTINGS, rooms: 3 }, 1);
  let roster = withNetwork(empty, share);
  for (const count of [2, 5, 3]) roster = spawned(roster, count, 0).roster;
  assertEquals(badOnes(roster.members).length, 3);
  const present = spawned(empty, 10, 0).roster;
  const step = impairedShare(present, indices(present), share);
  assertEquals(
    new Set(step.clients.map((index) => present.members[index].roomId)).size,
    3,
  );
  assertEquals(step.clients.length, 3);
});

Deno.test("a share of those present is exactly that, drawn from all of them", () => {
  const share = parseImpairmentShare("3g:30%");
  const counts = new Array<number>(10).fill(0);
  let roster = rosterOf(10);
  for (let i = 0; i < 10_000; i++) {
    const step = impairedShare(roster, indices(roster), share);
    assertEquals(step.clients.length, 3);
    for (const index of step.clients) counts[index]++;
    roster = { ...rosterOf(10), streams: step.roster.streams };
  }
  for (const count of counts) assertAlmostEquals(count, 3000, 150);
});

Deno.test("clients of a profile are as those of a run with the same seed, with several networks too", () => {
  const networks = [
    parseImpairmentShare("wifi-lossy:30%"),
    parseImpairmentShare("3g:20%"),
  ];
  for (const seed of [1, 2, 3]) {
    const options = {
      stages: [{ durationMs: 5000, target: 20 }, {
        durationMs: 20_000,
        target: 20,
      }, { durationMs: 5000, target: 9 }],
      room: "hall",
      rooms: 3,
      publishRatio: 0.2,
      churnRate: 2,
    };
    const run = withImpairments(
      makePlan({ ...options, ...SETTINGS.media, seed }),
      networks,
    );
    const { joining } = played(
      newRoster(SETTINGS, seed),
      { ...options, networks },
      123_456,
    );
    assertEquals(joining.map(told), run.clients.map(told));
  }
});

Deno.test("what comes step by step is what a run plans at once", () => {
  for (const seed of [1, 2, 3]) {
    const share: ImpairmentShare = parseImpairmentShare("poor-4g:25%");
    const run = withImpairments(
      makePlan({
        ...SETTINGS.media,
        stages: rampAndHold(12, 6000, 40_000),
        room: "hall",
        rooms: 2,
        publishRatio: 1,
        churnRate: 1.5,
        seed,
      }),
      [share],
    );
    const beginMs = 50_000;
    const empty = withNetwork(
      newRoster({ ...SETTINGS, rooms: 2 }, seed),
      share,
      { came: 0, impaired: 0 },
    );
    const first = spawned(empty, 12, beginMs, { overMs: 6000 });
    const churning = churned(first.roster, 1.5, beginMs + 6000);
    const { steps } = drawnOut(churning, beginMs + 6000, beginMs + 46_000);
    const came = [{ atMs: beginMs, joining: first.joining }, ...steps].flatMap((
      { atMs, joining },
    ) =>
      joining.map((client) => ({
        ...client,
        joinAtMs: client.joinAtMs + atMs - beginMs,
        leaveAtMs: null,
      }))
    );
    assertEquals(
      came.map(told),
      run.clients.map((client) => told({ ...client, leaveAtMs: null })),
    );
  }
});

Deno.test.each<{
  readonly share: number;
  readonly message: string;
}>([
  { share: 1.5, message: "Cannot impair a share of 1.5" },
  { share: -0.1, message: "Cannot impair a share of -0.1" },
])("nobody comes with a share of $share", ({ share, message }) => {
  const networks = [{ impairment: parseImpairment("3g"), share }];
  assertThrows(
    () =>
      played(newRoster(SETTINGS, 1), {
        stages: rampAndHold(1, 0, 0),
        networks,
      }, 0),
    RangeError,
    message,
  );
});

/** Whom time brings and takes, looked at ten times a second. */
function drawnOut(roster: Roster, fromMs: number, untilMs: number) {
  const steps: (RosterStep & { readonly atMs: number })[] = [];
  let next = roster;
  for (let atMs = fromMs; atMs <= untilMs; atMs += 100) {
    const step = due(next, atMs);
    if (step === undefined) continue;
    next = step.roster;
    steps.push({ ...step, atMs });
  }
  return { roster: next, steps };
}

function badOnes(clients: RosterStep["joining"]) {
  return clients.filter(({ impairment }) => impairment !== undefined);
}

/** A client in one line. */
function told(
  { index, clientId, participantName, slot, roomId, role, ...times }:
    RosterStep["joining"][number],
): string {
  const { joinAtMs, leaveAtMs, impairment } = times;
  return [
    index,
    clientId,
    participantName,
    slot,
    roomId,
    role,
    joinAtMs.toFixed(6),
    leaveAtMs,
    JSON.stringify(impairment),
  ].join(" ");
}
