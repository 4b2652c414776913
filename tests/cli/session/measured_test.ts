/** From snapshots to what charts, tables and the light show. */

import { assert, assertEquals } from "@std/assert";
import { parseThreshold } from "../../../mod.ts";
import { EMPTY_SNAPSHOT } from "../../../tool.ts";
import { evaluate, NodeMeter, tallyClients } from "../../../lib/metrics/mod.ts";
import { healthOf, HEALTHY } from "../../../cli/session/health.ts";
import { EMPTY_HISTORY, type LiveHistory, remembered } from "../../../tool.ts";
import { clientRows, roomRows, rowText } from "../../../cli/session/rows.ts";
import { liveModel, snapshotAt, useAt } from "./fixtures.ts";
import { noMedia } from "../../lib/metrics/seconds/incident.ts";

const MEMBERS = liveModel({}, 1).load.members;

function historyOf(seconds: readonly number[]): LiveHistory {
  let history = EMPTY_HISTORY;
  let before = EMPTY_SNAPSHOT;
  for (const second of seconds) {
    const snapshot = snapshotAt(second, MEMBERS);
    history = remembered(history, before, snapshot, 6, useAt(second));
    before = snapshot;
  }
  return history;
}

Deno.test("rates are by the snapshots' own times", () => {
  const [first, second] = historyOf([1, 3]).moments;
  assertEquals(first.packetsSentPerSec, 1020);
  assertEquals(second.packetsSentPerSec, 1020);
  assertEquals(second.sendBps, 6 * 140_000 * 8);
  assertEquals(second.cpuRatio, 0.1);
});

Deno.test("a snapshot that comes twice says what it said", () => {
  const [, second, third] = historyOf([1, 2, 2]).moments;
  assertEquals(third.packetsReceivedPerSec, second.packetsReceivedPerSec);
  assertEquals(third.lossRatio, second.lossRatio);
});

Deno.test("loss is that of the last second", () => {
  const [, second] = historyOf([1, 2]).moments;
  assertEquals(second.lossRatio, 2 / 342);
});

Deno.test("frames, freezes and round trips are those of the last seconds", () => {
  const [, second] = historyOf([1, 2]).moments;
  assertEquals([second.frameRate, second.frozenRatio], [30, 0.02]);
  assertEquals(Math.round(second.roundTripTimeP50Ms), 6);
});

Deno.test("dropped frames are those of one video, feedback is that of all clients", () => {
  const [, second] = historyOf([1, 2]).moments;
  assertEquals(second.droppedFrameRate, 0.5);
  assertEquals([second.nackPerSec, second.pliPerSec], [18, 6]);
});

Deno.test("jitter and a video's bitrate are those of the last ten seconds", () => {
  let history = EMPTY_HISTORY;
  let before = EMPTY_SNAPSHOT;
  const meter = new NodeMeter("n");
  for (let second = 1; second <= 20; second++) {
    const isLate = second > 10;
    meter.trend("jitter").record(isLate ? 2000 : 9000);
    for (const bps of isLate ? [300_000, 600_000] : [900_000]) {
      meter.trend("videoBitrate").record(bps);
    }
    const snapshot = meter.snapshot({
      atMs: second * 1000,
      clients: [],
      generator: EMPTY_SNAPSHOT.generator,
    });
    history = remembered(history, before, snapshot, 0, undefined);
    before = snapshot;
  }
  const rounded = (moment: typeof history.moments[number]) => [
    Math.round(moment.jitterP50Ms),
    Math.round(moment.jitterP95Ms),
    Math.round(moment.videoP5Bps / 10_000),
    Math.round(moment.videoP50Bps / 10_000),
  ];
  assertEquals(rounded(history.moments[9]), [9, 9, 90, 90]);
  assertEquals(rounded(history.moments[19]), [2, 2, 30, 30]);
});

Deno.test("latencies are those of the last ten seconds, and nothing when there were none", () => {
  const history = historyOf(Array.from({ length: 15 }, (_, i) => i + 1));
  const [first] = history.moments;
  const last = history.moments.at(-1)!;
  assertEquals(Math.round(first.connectionP50Ms), 92);
  assertEquals(last.connectionP50Ms, NaN);
  assertEquals(Math.round(last.mediaP50Ms), 2);
});

Deno.test("a client's rates are what came since the second before", () => {
  const [row] = clientRows(MEMBERS, {
    before: snapshotAt(2, MEMBERS),
    snapshot: snapshotAt(4, MEMBERS),
  });
  assertEquals(row, {
    index: 0,
    roomId: "hall",
    role: "publisher",
    silent: [],
    network: null,
    state: "connected",
    sentPerSec: 170,
    receivedPerSec: 340,
    lossRatio: 2 / 342,
    missingRatio: 0,
    connectionMs: 90,
    consumers: 4,
    flowing: 4,
    errors: 0,
  });
});

Deno.test("a client that has told nothing yet is planned", () => {
  const [row] = clientRows(MEMBERS, {
    before: EMPTY_SNAPSHOT,
    snapshot: EMPTY_SNAPSHOT,
  });
  assertEquals([row.state, row.sentPerSec, row.connectionMs], [
    "planned",
    0,
    null,
  ]);
});

Deno.test("rooms add up their clients, by name", () => {
  const rooms = roomRows(MEMBERS, {
    before: snapshotAt(1, MEMBERS),
    snapshot: snapshotAt(2, MEMBERS),
  });
  assertEquals(
    rooms.map(({ roomId, wanted, connected, publishers, sentPerSec }) => [
      roomId,
      wanted,
      connected,
      publishers,
      sentPerSec,
    ]),
    [["hall", 4, 4, 4, 680], ["lobby", 2, 2, 0, 340]],
  );
});

Deno.test("what a room is called cannot do anything to the terminal", () => {
  const members = MEMBERS.map((member) => ({
    ...member,
    roomId: "a\x1b[2Jb\nc",
  }));
  const [room] = roomRows(members, {
    before: EMPTY_SNAPSHOT,
    snapshot: EMPTY_SNAPSHOT,
  });
  assertEquals(room.roomId, "ab c");
});

Deno.test("all is good while all is good", () => {
  assertEquals(healthOf(EMPTY_SNAPSHOT, [], []), { band: "good", reason: "" });
  const { moments } = historyOf([1, 2]);
  assertEquals(healthOf(snapshotAt(2, MEMBERS), moments, []).band, "good");
});

Deno.test("errors of one client of twenty are a warning, of three critical, and are named", () => {
  const snapshot = snapshotAt(2, MEMBERS);
  const withErrors = (many: number, agoMs = 0) =>
    healthOf(
      {
        ...snapshot,
        clients: Array.from({ length: 20 }, (_, index) => ({
          ...snapshot.clients[0],
          index,
          errors: index < many
            ? [{ kind: "join", message: "no", atMs: snapshot.atMs - agoMs }]
            : [],
        })),
      },
      [],
      [],
    );
  assertEquals(withErrors(1), { band: "warning", reason: "met errors 5.0 %" });
  assertEquals(withErrors(3), {
    band: "critical",
    reason: "met errors 15.0 %",
  });
  assertEquals(withErrors(20, 15_000), HEALTHY);
});

Deno.test("silence is critical while it lasts, however long all was well before", () => {
  const { moments } = historyOf([1]);
  const until = (silentSec: number) =>
    Array.from({ length: 60 }, (_, i) => ({
      ...moments[0],
      tSec: i + 1,
      tracksDue: 10,
      silentRatio: i < 60 - silentSec ? 0 : 0.5,
    }));
  const snapshot = snapshotAt(2, MEMBERS);
  const counters = { ...snapshot.counters, tracksDueMs: 600_000 };
  const health = (silentSec: number) =>
    healthOf({ ...snapshot, counters }, until(silentSec), []);
  assertEquals(health(2).band, "good");
  assertEquals(health(5), { band: "critical", reason: "still missing 50.0 %" });
});

Deno.test("the light looks at the last seconds: it is red while something is wrong, and good again when that is over", () => {
  const at = (sec: number, lost: number) => {
    const snapshot = snapshotAt(sec, MEMBERS);
    const received = sec * 1000 - lost;
    const counters = {
      ...snapshot.counters,
      packetsDeliverable: sec * 1000,
      packetsReceived: received,
    };
    return { ...snapshot, counters };
  };
  const seconds = [at(7, 0), at(8, 600), at(9, 1600), at(10, 1600)];
  assertEquals(healthOf(seconds[0], [], [], [], at(4, 0)), HEALTHY);
  assertEquals(healthOf(seconds[1], [], [], [], at(5, 0)).band, "critical");
  assertEquals(healthOf(seconds[3], [], [], [], seconds[2]), HEALTHY);
});

Deno.test("what goes on stands first on the light, with since when", () => {
  const incident = noMedia({ fromSec: 72.4, untilSec: null });
  const snapshot = snapshotAt(2, MEMBERS);
  assertEquals(healthOf(snapshot, [], [], [incident]), {
    band: "critical",
    reason: "8 of 8 clients without media since 1:12",
  });
});

Deno.test("the server's CPU counts over five seconds, not one", () => {
  const { moments } = historyOf([1, 2, 3, 4, 5]);
  const busy = { ...moments[0], serverCpuRatio: 0.99 };
  const of = (...last: typeof moments) =>
    healthOf(snapshotAt(2, MEMBERS), last, []);
  assertEquals(of(...moments.slice(1), busy).band, "good");
  assertEquals(of(busy, busy, busy, busy, busy), {
    band: "critical",
    reason: "server CPU 99.0 %",
  });
});

Deno.test("a broken threshold is critical; one that is not measured is not broken", () => {
  const judged = (text: string) => {
    const snapshot = snapshotAt(2, MEMBERS);
    const tally = tallyClients(snapshot.clients, false);
    return healthOf(snapshot, [], [
      evaluate(parseThreshold(text), snapshot, tally),
    ]);
  };
  assertEquals(judged("loss < 0.1%"), {
    band: "critical",
    reason: "loss < 0.1%",
  });
  assertEquals(judged("reconnect p(95) < 1s").band, "good");
});

Deno.test("a saturated generator is critical before all", () => {
  const snapshot = snapshotAt(2, MEMBERS);
  const counters = { ...snapshot.counters, packetsPlanned: 1e9 };
  const { band, reason } = healthOf({ ...snapshot, counters }, [], []);
  assert(band === "critical" && reason.startsWith("generator saturated"));
});

Deno.test("rooms and clients are told the worst first, and of equals room-2 before room-10", () => {
  const members = ["room-10", "room-2", "room-1"].flatMap((roomId, room) =>
    [0, 1].map((seat) => ({
      ...MEMBERS[0],
      index: room * 2 + seat,
      roomId,
    }))
  );
  const before = snapshotAt(1, members);
  const after = snapshotAt(2, members);
  const live = {
    before,
    snapshot: {
      ...after,
      clients: after.clients.map((client) => ({
        ...client,
        tracksDueMs: 4000,
        tracksSilentMs: client.index === 3 ? 4000 : 0,
        errorCount: client.index === 4 ? 1 : 0,
      })),
    },
  };
  assertEquals(clientRows(members, live).map(({ index }) => index), [
    3,
    4,
    0,
    1,
    2,
    5,
  ]);
  const rooms = roomRows(members, live);
  assertEquals(rooms.map(({ roomId }) => roomId), [
    "room-1",
    "room-2",
    "room-10",
  ]);
  assertEquals(rowText(rooms[1]), "room-2 with 2/2, 50 % missing, 0 errors");
});

Deno.test.each(
  [
    { by: "loss", want: [2, 0, 1] },
    { by: "errors", want: [1, 2, 0] },
    { by: "connection", want: [0, 2, 1] },
    { by: "id", want: [0, 1, 2] },
  ] as const,
)(
  "clients by $by are in that order, and equals by their number",
  ({ by, want }) => {
    const members = MEMBERS.slice(0, 3).map((member, index) => ({
      ...member,
      index,
    }));
    const snapshot = snapshotAt(2, members);
    const own = [
      { packetsLost: 1, errorCount: 0, connectionTimeMs: 900 },
      { packetsLost: 0, errorCount: 5, connectionTimeMs: null },
      { packetsLost: 8, errorCount: 2, connectionTimeMs: 300 },
    ];
    const clients = snapshot.clients.map((client, i) => ({
      ...client,
      packetsExpected: 10,
      ...own[i],
    }));
    const live = { before: EMPTY_SNAPSHOT, snapshot: { ...snapshot, clients } };
    assertEquals(clientRows(members, live, by).map(({ index }) => index), [
      ...want,
    ]);
  },
);
