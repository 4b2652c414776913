import { assertEquals } from "@std/assert";
import {
  type ClientRecord,
  summarizeGroups,
} from "../../../../lib/metrics/mod.ts";
import { recordOf } from "../client.ts";

const CONNECTED = { state: "left", connectionSuccessful: true } as const;

function client(
  index: number,
  roomId: string,
  own: Partial<ClientRecord> = {},
): ClientRecord {
  return recordOf(index, {
    ...CONNECTED,
    roomId,
    packetsExpected: 1000,
    packetsLost: index,
    connectionTimeMs: 100 * (index + 1),
    ...own,
  });
}

const BAD = { impairment: "poor-4g" };

Deno.test.each([
  {
    why: "where nobody differs from anybody there is no group",
    clients: [client(0, "a"), client(1, "a")],
    want: {},
  },
  {
    why: "where everybody is impaired neither",
    clients: [client(0, "a", BAD), client(1, "b", BAD)],
    want: {},
  },
  {
    why: "the impaired, who shares a room with them, and all others",
    clients: [
      client(0, "a", BAD),
      client(1, "a"),
      client(2, "a"),
      client(3, "b"),
    ],
    want: { impaired: 1, roomMates: 2, others: 1 },
  },
  {
    why: "who was impaired only for a while was impaired",
    clients: [client(0, "a", { impairedInDropped: 3 }), client(1, "b")],
    want: { impaired: 1, others: 1 },
  },
  {
    why: "those who send and those who watch",
    clients: [
      client(0, "a"),
      client(1, "a", { role: "viewer" }),
      client(2, "a", { role: "viewer" }),
    ],
    want: { publishers: 1, viewers: 2 },
  },
])("$why", ({ clients, want }) => {
  const counts = Object.fromEntries(
    Object.entries(summarizeGroups(clients)).map(([name, { clients }]) => [
      name,
      clients,
    ]),
  );
  assertEquals<unknown>(counts, want);
});

Deno.test("each group has the same figures of its own clients", () => {
  const { impaired, others } = summarizeGroups([
    client(100, "a", {
      ...BAD,
      packetsRepaired: 60,
      framesRendered: 101,
      videosBegun: 1,
      playedMs: 10_000,
      totalFreezesDurationMs: 2500,
      connectionTimeMs: 515,
      totalSamplesReceived: 1000,
      concealedSamples: 20,
    }),
    client(1, "b"),
    client(3, "b", { connectionTimeMs: null, state: "failed" }),
  ]);
  assertEquals(impaired, {
    clients: 1,
    connectedAtEnd: 1,
    unknownAtEnd: 0,
    silentRatio: null,
    lossRatio: 0.1,
    residualLossRatio: 0.04,
    frameRate: 10,
    frozenRatio: 0.25,
    concealedRatio: 0.02,
    p50ConnectionTimeMs: 515,
    maxConnectionTimeMs: 515,
  });
  assertEquals(
    [others?.lossRatio, others?.connectedAtEnd, others?.maxConnectionTimeMs],
    [0.002, 1, 200],
  );
});
