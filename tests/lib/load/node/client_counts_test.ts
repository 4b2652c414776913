/** What a node sums up over its clients. */

import { assertEquals } from "@std/assert";
import { Network } from "../../../../lib/impairment/mod.ts";
import {
  addClient,
  type ClientCounts,
  noCounts,
} from "../../../../lib/load/node/client_counts.ts";
import { ClientRecorder, TRACK_COUNTS } from "../../../../lib/metrics/mod.ts";
import { NO_TOTALS } from "./node_bench.ts";

/** What a network did to packets one way, in numbers that are nowhere else. */
const INBOUND = {
  packets: 10,
  dropped: 4,
  droppedRepeats: 1,
  delayed: 3,
  duplicated: 2,
  unfinished: 5,
};
const OUTBOUND = {
  packets: 100,
  dropped: 40,
  droppedRepeats: 11,
  delayed: 30,
  duplicated: 20,
  unfinished: 50,
};

Deno.test("each client is added to those before it, with what its network did either way", () => {
  const { figures } = new ClientRecorder({
    clientId: "client-0",
    index: 0,
    roomId: "r",
    role: "viewer",
    node: "n",
  });
  const network = new Network(() => () => 0);
  Object.assign(network.inboundCounts, INBOUND);
  Object.assign(network.outboundCounts, OUTBOUND);
  network.rebinds = 7;
  figures.cuts = 2;
  const counts = noCounts();
  assertEquals(Object.values(counts).every((count) => count === 0), true);
  const totals = {
    ...NO_TOTALS,
    ...Object.fromEntries(TRACK_COUNTS.map((name, i) => [name, i + 1])),
  };
  addClient(counts, totals, figures, network);
  addClient(counts, totals, figures, network);
  const twice: Partial<ClientCounts> = {
    cuts: 4,
    impairedIn: 20,
    impairedInDropped: 8,
    impairedInRepeatsDropped: 2,
    impairedInDelayed: 6,
    impairedInDuplicated: 4,
    impairedOut: 200,
    impairedOutDropped: 80,
    impairedOutDelayed: 60,
    impairedOutDuplicated: 40,
    impairedOutUnfinished: 100,
    rebinds: 14,
  };
  for (const [name, count] of Object.entries(twice)) {
    assertEquals(counts[name as keyof ClientCounts], count, name);
  }
  for (const [i, name] of TRACK_COUNTS.entries()) {
    assertEquals(counts[name], 2 * (i + 1), name);
  }
});

Deno.test("counts of one node are none of another's", () => {
  const counts = noCounts();
  counts.rebinds = 1;
  assertEquals(noCounts().rebinds, 0);
});
