import { assertEquals, assertMatch } from "@std/assert";
import { summarize, type Summary } from "../../../../lib/metrics/mod.ts";
import type { Block } from "../../../../lib/report/document/blocks.ts";
import {
  clientBlocks,
  groupBlocks,
  otherTrackBlocks,
  roomBlocks,
  worstClientBlocks,
} from "../../../../lib/report/document/client_blocks.ts";
import { madeUpRun } from "../../metrics/run.ts";
import { said } from "../said.ts";

const SUMMARY: Summary = summarize(madeUpRun());

const CLIENTS = {
  totalClients: 20,
  successfulConnections: 0,
  connectedAtEnd: 0,
  unknownAtEnd: 0,
  failedConnections: 0,
  pendingConnections: 0,
};

Deno.test.each([
  {
    own: { successfulConnections: 20, connectedAtEnd: 20 },
    want: "20 in all, 20 connected, 0 never connected, 100 %",
    why: "all are there",
  },
  {
    own: {
      successfulConnections: 15,
      connectedAtEnd: 10,
      failedConnections: 5,
    },
    want: "20 in all, 10 connected, 5 lost again, 5 never connected, 50.0 %",
    why: "who was lost again counts against it",
  },
  {
    own: { successfulConnections: 20, connectedAtEnd: 10, unknownAtEnd: 10 },
    want: "20 in all, 10 connected, 10 unknown, 0 never connected, 100 %",
    why: "who is unknown is neither there nor lost",
  },
  {
    own: { pendingConnections: 20 },
    want: "20 in all, 0 connected, 0 never connected, 20 pending",
    why: "of those who are on their way there is no share",
  },
])("clients are $want: $why", ({ own, want }) => {
  const blocks = clientBlocks({ ...SUMMARY, ...CLIENTS, ...own });
  assertEquals(said(blocks, "Clients"), want);
});

Deno.test("in a part of a run times to connect are of who came in it, not of all that are there", () => {
  const { connectionTime } = SUMMARY.metrics;
  if (connectionTime.type !== "trend") throw new Error("it is a trend");
  const values = { ...connectionTime.values, count: 2, med: 40 };
  const metrics = {
    ...SUMMARY.metrics,
    connectionTime: { ...connectionTime, values },
  };
  const own = { successfulConnections: 20, connectedAtEnd: 20 };
  const blocks = clientBlocks({ ...SUMMARY, ...CLIENTS, ...own, metrics });
  assertMatch(said(blocks, "Connection") ?? "", /p50 40.0 ms.*\(of 2\)/);
});

const RETURNS = {
  losses: 0,
  iceRestart: 0,
  reconnected: 0,
  rejoined: 0,
  failedAttempts: 0,
  neverBack: 0,
};

Deno.test.each([
  { own: {}, want: undefined, why: "nobody lost anything" },
  {
    own: { losses: 1, iceRestart: 1 },
    want: "lost 1 time, 1 by ICE restart",
    why: "ways that nobody went are left out",
  },
  {
    own: {
      losses: 9,
      reconnected: 4,
      rejoined: 3,
      failedAttempts: 1,
      neverBack: 2,
    },
    want:
      "lost 9 times, 4 reconnected, 3 by rejoining, 1 attempt failed, 2 clients without media since",
    why: "who never came back is told last",
  },
])("of returns is said $want: $why", ({ own, want }) => {
  const returns = { ...SUMMARY.returns, ...RETURNS, ...own };
  assertEquals(said(clientBlocks({ ...SUMMARY, returns }), "Came back"), want);
});

Deno.test("addresses are named with who took them or tried in vain, eight at most", () => {
  const one = { protocol: "udp", address: "192.0.2.1", clients: 1 };
  const candidates = [
    { ...one, family: "IPv4", problem: null },
    { ...one, family: "name", address: "sfu.local", problem: "no answer" },
    ...Array.from({ length: 8 }, (_, i) => ({
      ...{ ...one, address: `192.0.2.${i + 2}`, family: "IPv4", problem: null },
    })),
  ] as unknown as Summary["candidates"];
  const text = said(clientBlocks({ ...SUMMARY, candidates }), "Addresses")!;
  assertEquals(text.split(", ").slice(0, 3), [
    "udp 192.0.2.1 (IPv4): 1 client",
    "udp sfu.local: no answer",
    "tried by 1 client",
  ]);
  assertEquals(text.endsWith(", 2 more"), true);
});

/** Cells of a table's rows. */
function rows(blocks: readonly Block[]): (readonly string[])[] {
  return blocks.flatMap((block) =>
    block.kind === "table" ? block.rows.map(({ cells }) => cells) : []
  );
}

Deno.test("groups come in one order, and what was not measured is a dash", () => {
  const group = {
    clients: 2,
    connectedAtEnd: 1,
    silentRatio: null,
    lossRatio: null,
    residualLossRatio: null,
    frameRate: null,
    frozenRatio: null,
    concealedRatio: null,
    p50ConnectionTimeMs: null,
  };
  const groups = { others: group, impaired: { ...group, frameRate: 29.96 } };
  assertEquals(rows(groupBlocks({ ...SUMMARY, groups } as Summary)), [
    ["impaired", "2", "1", "-", "-", "-", "30.0", "-", "-", "-"],
    ["all others", "2", "1", "-", "-", "-", "-", "-", "-", "-"],
  ]);
});

Deno.test("rooms are listed where there are several, the worst first, twenty at most", () => {
  const [room] = SUMMARY.rooms;
  assertEquals(roomBlocks({ ...SUMMARY, rooms: [room] }), []);
  const rooms = Array.from({ length: 22 }, (_, i) => ({
    ...room,
    roomId: `r${String(i).padStart(2, "0")}`,
    silentRatio: i / 100,
    lossRatio: 0,
    connectedAtEnd: room.totalClients,
    totalErrors: 1,
  }));
  const blocks = roomBlocks({ ...SUMMARY, rooms });
  const ids = blocks.flatMap((block) =>
    block.kind === "table" ? block.rows.map(({ cells }) => cells[0]) : []
  );
  assertEquals([ids.length, ids[0], ids.at(-1)], [20, "r21", "r02"]);
  const { totalClients } = room;
  assertEquals(
    said(blocks),
    `and 2 rooms more, the worst of them r01: ${totalClients}/${totalClients} connected, 1.00 % missing, 0 % lost, 1 error`,
  );
});

Deno.test("of clients that had it worst, those that are not listed are counted", () => {
  const client = {
    ...{ clientId: "client-7", roomId: "r", isConnected: false },
    ...{ silentRatio: null, withoutMediaMs: 1500, lossRatio: 0.5 },
    ...{ frozenRatio: 0, errorCount: 2 },
  };
  const worstClients = {
    clients: [client],
    others: 3,
    worstOther: { ...client, clientId: "client-9", isConnected: true },
  } as unknown as Summary["worstClients"];
  const blocks = worstClientBlocks({ ...SUMMARY, worstClients });
  assertEquals(rows(blocks), [
    ["client-7", "r", "no", "-", "1500 ms", "50.0 %", "0 %", "2"],
  ]);
  assertEquals(
    said(blocks),
    "and 3 clients more, the worst of them client-9: connected, - missing, 2 errors",
  );
  const nobody = { clients: [], others: 0, worstOther: null };
  assertEquals(worstClientBlocks({ ...SUMMARY, worstClients: nobody }), []);
});

const NO_OTHERS: Summary["others"] = {
  ...SUMMARY.others,
  ...{ codecs: {}, refusals: {}, neverSent: 0, fellSilent: 0, flowed: 0 },
};

Deno.test.each([
  { others: {}, want: undefined },
  {
    others: { codecs: { "video/VP9": 1 } },
    want:
      "1 track of others uses video/VP9, which clients cannot take; left out",
  },
  {
    others: { codecs: { "video/VP9": 2 }, refusals: { full: 1 } },
    want:
      '2 tracks of others use video/VP9, which clients cannot take; left out | 1 track of others left out: the server said "full"',
  },
  {
    others: { neverSent: 1, fellSilent: 2, flowed: 3, packetsReceived: 1 },
    want:
      "1 track of others never sent a packet | 2 tracks of others stopped sending | 3 tracks of others flowed, with 1 packet; not judged",
  },
])("of tracks of others is said $want", ({ others, want }) => {
  const blocks = otherTrackBlocks({
    ...SUMMARY,
    others: { ...NO_OTHERS, ...others } as Summary["others"],
    consumerLimit: null,
  });
  assertEquals(said(blocks), want);
});
