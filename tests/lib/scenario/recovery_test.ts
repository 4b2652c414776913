/** Whether clients that lost something have media again, and how they came back. */

import { assertEquals } from "@std/assert";
import {
  type ClientRecord,
  EMPTY_SNAPSHOT,
  type Snapshot,
} from "../../../lib/metrics/mod.ts";
import {
  isSettled,
  recoveryLines,
  recoveryOf,
  withRecovery,
} from "../../../lib/scenario/recovery.ts";
import { recordOf } from "../metrics/client.ts";

type Cut = Parameters<typeof recoveryOf>[1];

const THERE = { state: "connected", awaySinceMs: null, hasLostMedia: false };

function snapshot(...clients: readonly Partial<ClientRecord>[]): Snapshot {
  return {
    ...EMPTY_SNAPSHOT,
    clients: clients.map((own, index) =>
      recordOf(index, { ...THERE, ...own } as Partial<ClientRecord>)
    ),
  };
}

function cut(...indices: number[]): Cut {
  return indices.map((index) => ({ index })) as unknown as Cut;
}

const BACK = { losses: 1, maxRecoveryMs: 800.4, returnsByReconnect: 1 };

Deno.test.each<{
  why: string;
  before?: Partial<ClientRecord>;
  now: Partial<ClientRecord>;
  isBack: boolean;
  recoveryMs: number | null;
}>([
  { why: "it is back", now: BACK, isBack: true, recoveryMs: 800 },
  {
    why: "it is on its way",
    now: { ...BACK, state: "away" },
    isBack: false,
    recoveryMs: null,
  },
  {
    why: "it is there, and its media has not come back",
    now: { ...BACK, hasLostMedia: true },
    isBack: false,
    recoveryMs: null,
  },
  {
    why: "its path is gone, and it has not noticed all of it",
    now: { ...BACK, awaySinceMs: 900 },
    isBack: false,
    recoveryMs: null,
  },
  { why: "it lost nothing", now: {}, isBack: true, recoveryMs: null },
  {
    why: "it recovered before it was cut, and not since",
    before: { losses: 1 },
    now: BACK,
    isBack: true,
    recoveryMs: null,
  },
])("of a client that was cut is told whether it recovered: $why", ({
  before = {},
  now,
  isBack,
  recoveryMs,
}) => {
  const recovery = recoveryOf(snapshot(now), cut(0), snapshot(before));
  assertEquals(recovery.lost, isBack ? 0 : 1);
  assertEquals(recovery.clients, [{ clientId: "client-0", recoveryMs }]);
  assertEquals(recovery.recoveryMs.count, recoveryMs === null ? 0 : 1);
});

Deno.test("ways back are those since the cut, of the clients that were cut", () => {
  const before = snapshot(
    { returnsByIceRestart: 2, losses: 2 },
    { returnsByRejoin: 1, losses: 1 },
    {},
  );
  const after = snapshot(
    { ...BACK, losses: 3, returnsByIceRestart: 3, returnsByReconnect: 0 },
    { ...BACK, losses: 3, returnsByRejoin: 2, returnsByReconnect: 1 },
    { ...BACK, returnsByReconnect: 5 },
  );
  assertEquals(recoveryOf(after, cut(0, 1), before).how, {
    iceRestart: 1,
    reconnected: 1,
    rejoined: 1,
  });
});

Deno.test("who is no longer known counts as lost, and has no time", () => {
  const recovery = recoveryOf(snapshot(BACK), cut(0, 7), snapshot({}));
  assertEquals([recovery.cut, recovery.lost], [2, 1]);
  assertEquals(recovery.clients.map(({ clientId }) => clientId), ["client-0"]);
});

Deno.test.each<{ why: string; now: Partial<ClientRecord>; is: boolean }>([
  { why: "all are back", now: BACK, is: true },
  { why: "one has failed for good", now: { state: "failed" }, is: true },
  { why: "one has not lost anything yet", now: {}, is: false },
  { why: "one is away", now: { ...BACK, state: "away" }, is: false },
])("a cut is settled, or not: $why", ({ now, is }) => {
  const after = snapshot(BACK, now);
  assertEquals(isSettled(after, cut(0, 1), snapshot({}, {})), is);
});

Deno.test("a cut is not settled while one is not known", () => {
  assertEquals(isSettled(snapshot(BACK), cut(0, 1), snapshot({}, {})), false);
});

Deno.test("some that did not recover fail a run that passed, and change nothing else", () => {
  const passed = { status: "passed", reason: "" } as const;
  const invalid = { status: "invalid", reason: "too slow" } as const;
  assertEquals(withRecovery({ cut: 5, lost: 0 }, passed), passed);
  assertEquals(withRecovery({ cut: 5, lost: 2 }, passed), {
    status: "failed",
    reason: "2 of 5 clients did not recover",
  });
  assertEquals(withRecovery({ cut: 5, lost: 2 }, invalid), invalid);
});

Deno.test("as text there are no times without anyone, and no ways without any", () => {
  const some = recoveryOf(
    snapshot(BACK, { ...BACK, maxRecoveryMs: 1200 }),
    cut(0, 1),
    snapshot({}, {}),
  );
  assertEquals(recoveryLines(some), [
    "2 of 2 clients recovered: p50 800 ms, p95 1200 ms, max 1200 ms",
    "they came back 2 reconnected",
  ]);
  const none = recoveryOf(snapshot({ state: "away" }), cut(0), snapshot({}));
  assertEquals(recoveryLines(none), ["0 of 1 client recovered"]);
});

Deno.test("who lost nothing has not recovered either", () => {
  const some = recoveryOf(
    snapshot(BACK, {}, { losses: 1, state: "away" }, {}),
    cut(0, 1, 2, 3),
    snapshot({}, {}, {}, {}),
  );
  assertEquals([some.cut, some.untouched, some.lost], [4, 2, 1]);
  assertEquals(recoveryLines(some), [
    "1 of 2 clients recovered: p50 800 ms, p95 800 ms, max 800 ms",
    "2 clients lost nothing",
    "they came back 1 reconnected",
  ]);
  const none = recoveryOf(snapshot({}, {}), cut(0, 1), snapshot({}, {}));
  assertEquals(recoveryLines(none), ["none of 2 clients lost anything"]);
});
