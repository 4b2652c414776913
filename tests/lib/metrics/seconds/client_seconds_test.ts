import { assertEquals } from "@std/assert";
import {
  type ClientRecord,
  type ClientSecond,
  ClientSeconds,
  type ClientState,
} from "../../../../lib/metrics/mod.ts";
import { recordOf } from "../client.ts";

const NOTHING: Omit<ClientSecond, "client"> = {
  dueMs: 0,
  silentMs: 0,
  packetsDue: 0,
  packetsCame: 0,
  packetsSent: 0,
  bytesSent: 0,
  bytesReceived: 0,
  playedMs: 0,
  frozenMs: 0,
  framesRendered: 0,
  signalingSilentMs: 0,
  errors: 0,
  hasConnected: false,
  hasFailed: false,
};

/** What one client had in each of these seconds, but for who it is; `undefined` where it is not among them. */
function secondsOf(looks: readonly Partial<ClientRecord>[]) {
  const seconds = new ClientSeconds();
  return looks.map((look) => {
    const [second] = seconds.take([
      recordOf(0, { state: "connected", ...look }),
    ]);
    if (second === undefined) return undefined;
    const { client: _, ...rest } = second;
    return rest;
  });
}

Deno.test("a second has what came since the one before, and the first has all of it", () => {
  const each = {
    tracksDueMs: 1000,
    tracksSilentMs: 250,
    packetsDeliverable: 90,
    packetsOverdue: 10,
    packetsReceived: 80,
    packetsFromOthers: 30,
    packetsSent: 60,
    bytesSent: 6000,
    bytesReceived: 8000,
    playedMs: 900,
    totalFreezesDurationMs: 100,
    framesRendered: 27,
    signalingSilentMs: 5,
    errorCount: 2,
  };
  const twice = Object.fromEntries(
    Object.entries(each).map(([name, value]) => [name, value * 2]),
  );
  const had = {
    ...NOTHING,
    dueMs: 1000,
    silentMs: 250,
    packetsDue: 100,
    packetsCame: 50,
    packetsSent: 60,
    bytesSent: 6000,
    bytesReceived: 8000,
    playedMs: 900,
    frozenMs: 100,
    framesRendered: 27,
    signalingSilentMs: 5,
    errors: 2,
  };
  assertEquals(secondsOf([each, twice, twice]), [had, had, NOTHING]);
});

Deno.test("packets are due when they should have come: what is overdue counts at once, and not again when its number shows", () => {
  const due = secondsOf([
    { packetsDeliverable: 100, packetsOverdue: 0, packetsReceived: 100 },
    { packetsDeliverable: 150, packetsOverdue: 50, packetsReceived: 150 },
    { packetsDeliverable: 300, packetsOverdue: 0, packetsReceived: 250 },
  ]).map((second) => [second?.packetsDue, second?.packetsCame]);
  assertEquals(due, [[100, 100], [100, 50], [100, 100]]);
});

Deno.test("what shrinks, as where packets turn out not to be overdue, is nothing in that second", () => {
  const [, second] = secondsOf([
    { packetsOverdue: 50, packetsSent: 10, totalFreezesDurationMs: 300 },
    { packetsOverdue: 0, packetsSent: 9, totalFreezesDurationMs: 299.5 },
  ]);
  assertEquals(second, NOTHING);
});

Deno.test("a client connects for the first time once, however often it is away", () => {
  const up = { connectionSuccessful: true };
  const looks: Partial<ClientRecord>[] = [
    { state: "joining" },
    up,
    { ...up, state: "away" },
    up,
  ];
  assertEquals(
    secondsOf(looks).map((second) => second?.hasConnected),
    [false, true, false, false],
  );
  assertEquals(secondsOf([up])[0]?.hasConnected, true, "within a second");
});

Deno.test.each<
  { why: string; states: ClientState[]; up: boolean; is: boolean[] }
>([
  {
    why: "it failed to join, and stays so",
    states: ["joining", "failed", "failed"],
    up: false,
    is: [false, true, false],
  },
  {
    why: "it failed within its first second",
    states: ["failed", "failed"],
    up: false,
    is: [true, false],
  },
  {
    why: "it gave up after it had been connected: that is no failed join",
    states: ["connected", "away", "failed"],
    up: true,
    is: [false, false, false],
  },
])("a failed join counts in one second: $why", ({ states, up, is }) => {
  const looks = states.map((state) => ({ state, connectionSuccessful: up }));
  assertEquals(secondsOf(looks).map((second) => second?.hasFailed), is);
});

Deno.test.each<{ state: ClientState; isThere: boolean }>([
  { state: "planned", isThere: false },
  { state: "joining", isThere: true },
  { state: "connected", isThere: true },
  { state: "away", isThere: true },
  { state: "failed", isThere: true },
  { state: "left", isThere: false },
  { state: "lost", isThere: false },
])("who is $state has a second of its own: $isThere", ({ state, isThere }) => {
  const [, second] = secondsOf([{ packetsSent: 1 }, { state, packetsSent: 3 }]);
  assertEquals(second?.packetsSent, isThere ? 2 : undefined);
});

Deno.test("clients are told apart by their places, in whatever order they come", () => {
  const seconds = new ClientSeconds();
  const at = (index: number, packetsSent: number) =>
    recordOf(index, { state: "connected", packetsSent });
  const sent = (clients: readonly ClientRecord[]) =>
    seconds.take(clients).map(({ client, packetsSent }) => [
      client.index,
      packetsSent,
    ]);
  assertEquals(sent([at(0, 5), at(7, 50)]), [[0, 5], [7, 50]]);
  assertEquals(sent([at(7, 52), at(3, 1), at(0, 9)]), [[7, 2], [3, 1], [0, 4]]);
  // One that was not told of for a second is known all the same.
  assertEquals(sent([at(0, 10)]), [[0, 1]]);
  assertEquals(sent([at(7, 60)]), [[7, 8]]);
});

Deno.test("counts beyond 32 bits are told apart as any other", () => {
  const from = 2 ** 32 - 1;
  const [, second] = secondsOf([{ bytesSent: from }, { bytesSent: from + 2 }]);
  assertEquals(second?.bytesSent, 2);
});
