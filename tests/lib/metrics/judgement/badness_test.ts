import { assertEquals } from "@std/assert";
import {
  byBadness,
  byName,
  type ClientRecord,
  roomBadness,
  type RoomSummary,
  summarize,
  worstClientsOf,
} from "../../../../lib/metrics/mod.ts";
import { recordOf } from "../client.ts";
import { generator } from "../generate.ts";
import { madeUpRun } from "../run.ts";

Deno.test("names are in the order in which people count", () => {
  assertEquals(
    ["room-10", "room-2", "hall", "room-1", "Hall-3"].toSorted(byName),
    ["hall", "Hall-3", "room-1", "room-2", "room-10"],
  );
});

Deno.test("the worst clients come first, those that are well not at all, and the rest are counted", () => {
  const silentFor = (shares: readonly number[]) =>
    worstClientsOf(
      shares.map((share, index) => client(index, share)),
      true,
    );
  const { clients, others, worstOther } = silentFor([
    0,
    0.5,
    ...Array(12).fill(0.2),
    0.9,
  ]);
  assertEquals(clients.map(({ clientId }) => clientId), [
    "client-14",
    "client-1",
    ...[2, 3, 4, 5, 6, 7, 8, 9].map((index) => `client-${index}`),
  ]);
  assertEquals([others, worstOther?.clientId], [4, "client-10"]);
  assertEquals(silentFor([0, 0, 0.005]), {
    clients: [],
    others: 0,
    worstOther: null,
  });
});

Deno.test("of whoever was hurt it says whose network was impaired: its own, or those in its room", () => {
  const hurt = (index: number, own: Partial<ClientRecord> = {}) => ({
    ...client(index, 0.5),
    ...own,
  });
  const { clients } = worstClientsOf([
    hurt(0),
    hurt(1, { impairment: "3g" }),
    hurt(2, { roomId: "b" }),
    hurt(3, { roomId: "c" }),
    hurt(4, { roomId: "c", impairment: "4g" }),
    hurt(5, { roomId: "c", impairment: "3g" }),
  ], true);
  const said = clients.map(({ reason }) => reason.split("; ").at(1));
  assertEquals(said, [
    "impaired in its room: client-1",
    "its network is impaired: 3g",
    undefined,
    "impaired in its room: client-4 and 1 more",
    "its network is impaired: 4g",
    "its network is impaired: 3g",
  ]);
});

function client(index: number, silentRatio: number): ClientRecord {
  return {
    ...recordOf(index),
    state: "left",
    connectionSuccessful: true,
    tracksDueMs: 10_000,
    tracksSilentMs: 10_000 * silentRatio,
  };
}

Deno.test("the order of names is one, whatever they consist of", () => {
  const { below } = generator(41);
  const letters = [..."01aAbä-_ é中"];
  const names = Array.from(
    { length: 60 },
    () =>
      Array.from({ length: below(4) }, () => letters[below(letters.length)])
        .join(""),
  );
  for (const a of names) {
    for (const b of names) {
      const [there, back] = [byName(a, b), byName(b, a)].map(Math.sign);
      assertEquals(there + back, 0);
      assertEquals(there === 0, a === b, `${a} ${b}`);
    }
  }
  const sorted = names.toSorted(byName);
  assertEquals(names.toReversed().toSorted(byName), sorted);
  assertEquals(["room-01", "room-1"].toSorted(byName), ["room-01", "room-1"]);
});

Deno.test("the worst come first, and equals by name", () => {
  const order = byBadness<[string, number]>(([, bad]) => bad, ([name]) => name);
  const all: [string, number][] = [["b", 1], ["a-10", 0], ["a-2", 0], ["c", 2]];
  assertEquals(all.toSorted(order).map(([name]) => name), [
    "c",
    "b",
    "a-2",
    "a-10",
  ]);
});

const WELL = {
  state: "left",
  connectionSuccessful: true,
  tracksDueMs: 10_000,
  packetsExpected: 1000,
  playedMs: 10_000,
} as const;

Deno.test.each<
  { why: string; own: Partial<ClientRecord>; is: string | undefined }
>([
  { why: "nothing", own: {}, is: undefined },
  {
    why: "one in fifty is not hurt",
    own: { packetsLost: 20 },
    is: undefined,
  },
  {
    why: "a little more is",
    own: { packetsLost: 21 },
    is: "2.1 % of packets lost",
  },
  {
    why: "little by little it comes to something",
    own: { packetsLost: 11, tracksSilentMs: 110 },
    is: "tracks missing 1.1 % of the time; 1.1 % of packets lost",
  },
  {
    why: "the worst is told first",
    own: {
      packetsLost: 100,
      tracksSilentMs: 3000,
      totalFreezesDurationMs: 5000,
    },
    is:
      "pictures frozen 50.0 % of the time, 0.0 fps; tracks missing 30.0 % of the time; 10.0 % of packets lost",
  },
  {
    why: "without anything for a second or longer it says for how long",
    own: { tracksSilentMs: 3000, withoutMediaMs: 1000 },
    is: "tracks missing 30.0 % of the time, without any media for 1 s",
  },
  {
    why: "shorter is not told",
    own: { tracksSilentMs: 3000, withoutMediaMs: 999 },
    is: "tracks missing 30.0 % of the time",
  },
  {
    why: "how many frames it had beside the freezes",
    own: {
      totalFreezesDurationMs: 1000,
      framesRendered: 251,
      videosBegun: 1,
    },
    is: "pictures frozen 10.0 % of the time, 25.0 fps",
  },
  {
    why: "it never connected, and why",
    own: {
      state: "failed",
      connectionSuccessful: false,
      failureCause: "Cannot reach it: refused.",
      errorCount: 3,
    },
    is: "failed: Cannot reach it: refused",
  },
  {
    why: "it never connected, and nobody knows why",
    own: { state: "joining", connectionSuccessful: false },
    is: "not connected",
  },
  {
    why: "errors are told with the first of them",
    own: {
      errorCount: 4,
      errors: [
        { kind: "a", message: "no answer", atMs: 1 },
        { kind: "b", message: "later", atMs: 2 },
      ],
    },
    is: "errors, 4: no answer",
  },
  { why: "of whom nothing is known", own: { state: "lost" }, is: undefined },
  {
    why: "not due yet",
    own: { state: "planned", connectionSuccessful: false },
    is: undefined,
  },
])("what hurt a client: $why", ({ own, is }) => {
  const { clients } = worstClientsOf([recordOf(0, { ...WELL, ...own })], true);
  assertEquals(clients.at(0)?.reason, is);
});

Deno.test("who may still connect is not hurt by it", () => {
  const joining = recordOf(0, { state: "joining" });
  assertEquals(worstClientsOf([joining], false).clients, []);
  assertEquals(worstClientsOf([joining], true).clients.length, 1);
});

Deno.test.each<{ why: string; own: Partial<RoomSummary>; is: number }>([
  { why: "all is well", own: {}, is: 0 },
  { why: "one of four is missing", own: { connectedAtEnd: 3 }, is: 0.25 },
  {
    why: "of whom nothing is known is not missing",
    own: { connectedAtEnd: 3, unknownAtEnd: 1 },
    is: 0,
  },
  {
    why: "nobody was there",
    own: { totalClients: 0, connectedAtEnd: 0, totalErrors: 0 },
    is: 0,
  },
  {
    why: "shares add up",
    own: { silentRatio: 0.5, residualLossRatio: 0.125, frozenRatio: 0.25 },
    is: 0.875,
  },
  {
    why: "an error each is as bad as a hundred",
    own: { totalErrors: 400 },
    is: 1,
  },
  { why: "two errors of four clients", own: { totalErrors: 2 }, is: 0.5 },
  {
    why: "what is not known counts as nothing",
    own: { silentRatio: null, frozenRatio: null },
    is: 0,
  },
])("how badly a room was hurt: $why", ({ own, is }) => {
  const room: RoomSummary = {
    ...summarize(madeUpRun()).rooms[0],
    totalClients: 4,
    connectedAtEnd: 4,
    unknownAtEnd: 0,
    totalErrors: 0,
    silentRatio: 0,
    residualLossRatio: 0,
    frozenRatio: 0,
    ...own,
  };
  assertEquals(roomBadness(room), is);
});
