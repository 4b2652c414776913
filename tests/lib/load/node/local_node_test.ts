import type { Network } from "../../../../lib/impairment/mod.ts";
import {
  assert,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { DepartedRecord } from "../../../../lib/metrics/mod.ts";
import type { ReceivedSecond } from "../../../../lib/client/mod.ts";
import { LocalNode } from "../../../../lib/load/mod.ts";
import { Bench, clientPlan, MEDIA, NO_TOTALS } from "./node_bench.ts";

Deno.test("clients join when they are due and leave when their time is over", async () => {
  const bench = new Bench();
  await bench.start([
    clientPlan(0, { joinAtMs: 500 }),
    clientPlan(1, { joinAtMs: 1000, leaveAtMs: 3000 }),
  ]);
  await bench.clock.run(4000);
  assertEquals(bench.clients.map(({ log }) => log), [
    ["join 5500"],
    ["join 6000", "leave 8000"],
  ]);
  assertEquals([bench.record(0).state, bench.record(1).state], [
    "connected",
    "left",
  ]);
  await bench.node.stop();
});

Deno.test("of a client that has left one packed record stays, the same in every report", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0, { leaveAtMs: 2000 }), clientPlan(1)]);
  await bench.clock.run(1000);
  bench.clients[0].tell({ type: "latency", operation: "join_room", ms: 3 });
  await bench.clock.run(3000);
  const [before, after] = [bench.node.snapshot(), bench.node.snapshot()];
  assertEquals(before.clients.map(({ state }) => state), ["left", "connected"]);
  assert(after.clients[0] === before.clients[0], "it is not made anew");
  assert(after.clients[1] !== before.clients[1], "who is there goes on");
  assert(after.clients[0] instanceof DepartedRecord);
  assertEquals(after.clients[0].signaling.join_room.valuesMs, [3]);
  await bench.node.stop();
});

Deno.test("clients wait for what they send to be loaded, and commands wait for them", async () => {
  const bench = new Bench();
  await bench.start([]);
  const loading = Promise.withResolvers<void>();
  bench.loaded = loading.promise;
  const media = { ...MEDIA, clip: "a.webm" };
  const clients = [clientPlan(0, { media })];
  const added = bench.node.command({ type: "add", clients });
  const dropped = bench.node.command({ type: "drop", clients: [0] });
  await bench.clock.run(1000);
  assertEquals(bench.clients, []);
  loading.resolve();
  await Promise.all([added, dropped]);
  assertEquals(bench.clients.map(({ log }) => log), [["leave 6000"]]);
  assertEquals(bench.asked, ["a.webm"]);
  await bench.node.stop();
});

Deno.test("clients whose media cannot be loaded are not added, and others still are", async () => {
  const bench = new Bench();
  await bench.start([]);
  bench.loaded = Promise.reject(new Error("no such file"));
  const command = { type: "add", clients: [clientPlan(0)] } as const;
  await assertRejects(() => bench.node.command(command), Error, "no such file");
  assertEquals(bench.clients, []);
  bench.loaded = Promise.resolve();
  await bench.node.command(command);
  assertEquals(bench.clients.length, 1);
  await bench.node.stop();
});

Deno.test("times count from when the run began, wherever the node's clock stands", async () => {
  const bench = new Bench();
  await bench.start([
    clientPlan(0, { joinAtMs: 500 }),
    clientPlan(1, { joinAtMs: 2500 }),
  ], 2000);
  await bench.clock.run(600);
  assertEquals(bench.clients.map(({ log }) => log), [
    ["join 5000"],
    ["join 5500"],
  ]);
  // Who was due in the past is due now: nobody could have been in time.
  assertEquals(bench.record(0).connectionTimeMs, 100);
  await bench.node.stop();
});

Deno.test("a held back join counts, and its connection time runs from when it was due", async () => {
  const bench = new Bench();
  await bench.start(Array.from({ length: 10 }, (_, i) => clientPlan(i)));
  await bench.clock.run(300);
  assertEquals(bench.node.snapshot().generator.heldBackJoins, 2);
  assertEquals(bench.record(0).connectionTimeMs, 100);
  assertEquals(bench.record(8).connectionTimeMs, 200);
  await bench.node.stop();
});

Deno.test("what cannot be done with a server is told as the server's affair", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0)]);
  await bench.clock.run(100);
  const before = bench.notes.length;
  const message = "Cannot choose a layer: no.";
  bench.clients[0].tell({ type: "unable", message });
  const [{ clientId, isOfServer, text }] = bench.notes.slice(before);
  assertEquals([clientId, isOfServer, text], [null, true, message]);
  await bench.node.stop();
});

Deno.test("whose video stood still and which layer comes is told with the second, with a name that is safe to show", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0)]);
  await bench.clock.run(100);
  const [client] = bench.clients;
  client.tell({ type: "layer", from: "client-2", layer: 1 });
  client.tell({ type: "layer", from: undefined, layer: 1 });
  const second: Omit<ReceivedSecond, "from" | "frozenMs"> = {
    kind: "video",
    bitrateBps: 0,
    lossRatio: null,
    residualLossRatio: null,
    frameRate: 0,
    playoutDelayMs: null,
  };
  client.seconds = [
    { ...second, from: `client-3\x1b[2J${"x".repeat(100)}`, frozenMs: 700 },
    { ...second, from: "client-4", frozenMs: 0 },
    { ...second, from: undefined, frozenMs: 900 },
  ];
  assertEquals(bench.tracks, []);
  await bench.clock.run(1000);
  const [layer, frozen, ...others] = bench.tracks;
  assertEquals(others, []);
  assertEquals(layer, {
    clientId: "client-0",
    from: "client-2",
    atSec: 0.1,
    layer: 1,
  });
  assertMatch(frozen.from, /^client-3x{56}$/);
  assertEquals([frozen.frozenMs, frozen.atSec], [700, 1]);
  await bench.node.stop();
});

Deno.test("what clients tell is in their records, the counters and the trends", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0)]);
  await bench.clock.run(100);
  const { tell } = bench.clients[0];
  tell({ type: "latency", operation: "join_room", ms: 12 });
  tell({ type: "produced", kind: "audio" });
  tell({ type: "consumed", kind: "video" });
  tell({ type: "consumed", kind: "audio" });
  tell({ type: "anomaly", anomaly: { kind: "unknown" } });
  tell({ type: "anomaly", anomaly: { kind: "malformed" } });
  tell({ type: "anomaly", anomaly: { kind: "late" } });
  tell({ type: "error", kind: "timeout", message: "no reply" });
  tell({ type: "returned", how: "rejoined" });
  tell({ type: "returnFailed", message: "no" });
  bench.clients[0].layers = [0, 2, undefined, 2];
  bench.clients[0].media = {
    ...NO_TOTALS,
    packetsSent: 10,
    bytesSent: 1000,
    packetsReceived: 20,
    bytesReceived: 2000,
    packetsExpected: 21,
    packetsLost: 1,
    packetsDeliverable: 22,
    consumersFlowing: 2,
    srtpFailures: 3,
    packetsDuplicate: 4,
    firstSentMs: 5150,
    firstReceivedMs: 5250,
  };
  const { counters, gauges, trends, clients: [record] } = bench.node
    .snapshot();
  assertEquals(
    {
      produced: counters.producersCreated,
      consumed: counters.consumersCreated,
      unknown: counters.unknownMessages,
      malformed: counters.malformedMessages,
      timeouts: counters["errors.timeout"],
      expected: counters.packetsExpected,
      lost: counters.packetsLost,
      deliverable: counters.packetsDeliverable,
      duplicates: counters.packetsDuplicate,
      srtpFailures: counters.srtpFailures,
    },
    {
      produced: 1,
      consumed: 2,
      unknown: 1,
      malformed: 1,
      timeouts: 1,
      expected: 21,
      lost: 1,
      deliverable: 22,
      duplicates: 4,
      srtpFailures: 3,
    },
  );
  assertEquals<unknown>(gauges, {
    clientsActive: 1,
    clientsConnected: 1,
    clientsAway: 0,
    producersOpen: 2,
    consumersOpen: 3,
    packetsOverdue: 0,
    consumersNoLayer: 1,
    consumersLayer0: 1,
    consumersLayer1: 0,
    consumersLayer2: 2,
  });
  assertEquals(
    Object.keys(trends).sort(),
    [
      "audioBitrate",
      "audioPlayoutDelay",
      "connectionTime",
      "consumerFrameRate",
      "consumerLoss",
      "consumerResidualLoss",
      "firstMedia",
      "jitter",
      "signaling.join_room",
      "timeToFirstMediaReceived",
      "timeToFirstMediaSent",
      "uplinkBitrate",
      "uplinkQueueing",
      "videoBitrate",
      "videoPlayoutDelay",
    ],
  );
  assertEquals(
    [
      record.packetsSent,
      record.packetsReceived,
      record.packetsExpected,
      record.packetsLost,
      record.bytesSent,
      record.bytesReceived,
      record.consumersFlowing,
      record.timeToFirstMediaSentMs,
      record.timeToFirstMediaReceivedMs,
      record.reconnections,
      record.reconnectionFailures,
      record.connectionSuccessful,
    ],
    [10, 20, 21, 1, 1000, 2000, 2, 150, 250, 1, 1, true],
  );
  assertEquals(record.errors, [
    { kind: "timeout", message: "no reply", atMs: 100 },
  ]);
  assertEquals(bench.notes.map(({ level, text }) => `${level}: ${text}`), [
    "error: no reply",
    "info: came back (rejoined)",
  ]);
  await bench.node.stop();
});

Deno.test("a client that fails keeps the cause, and its session ends", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0)]);
  await bench.clock.run(1100);
  bench.clients[0].fail("transport", "gone");
  await bench.clock.run(5000);
  const { state, failureCause, sessionDurationMs } = bench.record(0);
  assertEquals([state, failureCause, sessionDurationMs], [
    "failed",
    "gone",
    1000,
  ]);
  await bench.node.stop();
});

Deno.test("session time grows while connected, not while coming back", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0)]);
  await bench.clock.run(1100);
  assertEquals(bench.record(0).sessionDurationMs, 1000);
  const { tell } = bench.clients[0];
  tell({ type: "state", state: "joining" });
  await bench.clock.run(3000);
  tell({ type: "state", state: "connected" });
  await bench.clock.run(500);
  assertEquals(bench.record(0).sessionDurationMs, 1500);
  await bench.node.stop();
});

Deno.test("clients that do not get away in time are not waited for, and the last snapshot says that they are there", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0), clientPlan(1)]);
  await bench.clock.run(100);
  bench.clients[1].leave = () => new Promise(() => {});
  const stopping = bench.node.stop(3000);
  await bench.clock.run(3000);
  const last = await stopping;
  assertEquals(last?.clients.map(({ state }) => state), ["left", "connected"]);
  assertEquals([bench.disposed, bench.clock.pendingTimers], [1, 0]);
});

Deno.test("a run that is still to begin has its first second after that, and its clients come by it", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0, { joinAtMs: 500 })], -1500);
  await bench.clock.run(1999);
  assertEquals([bench.clients[0].log, bench.snapshots], [[], []]);
  await bench.clock.run(501);
  assertEquals(bench.clients[0].log, ["join 7000"]);
  assertEquals(bench.snapshots.map(({ second, atMs }) => [second, atMs]), [
    [1, 1000],
  ]);
  assertEquals(bench.snapshots[0].generator.threadUs, 1_000_000);
  await bench.node.stop();
});

Deno.test("seconds are those of the run, whenever the node began with it", async () => {
  const bench = new Bench();
  await bench.start([], 2300);
  await bench.clock.run(2000);
  assertEquals(bench.snapshots.map(({ second, atMs }) => [second, atMs]), [
    [3, 3000],
    [4, 4000],
  ]);
  await bench.node.stop();
});

Deno.test("there is a snapshot a second, numbered, with the generator's state", async () => {
  const bench = new Bench();
  await bench.start([], 2000);
  await bench.clock.run(3000);
  assertEquals(bench.snapshots.map(({ atMs, sequence }) => [atMs, sequence]), [
    [3000, 1],
    [4000, 2],
    [5000, 3],
  ]);
  assertEquals(bench.snapshots[2].generator, {
    lanes: ["native"],
    ciphers: ["openssl"],
    dtls: ["openssl"],
    workers: 1,
    cpuUs: 1235,
    threadUs: 3_000_000,
    kernelDrops: 3,
    heldBackJoins: 0,
    notes: ["a note"],
  });
  await bench.node.stop();
});

Deno.test("commands reach the clients that they name and no others", async () => {
  const bench = new Bench();
  await bench.start([]);
  await bench.node.command({
    type: "add",
    clients: [0, 1, 2].map((index) => clientPlan(index)),
  });
  await bench.clock.run(200);
  const clients = [0, 2, 99];
  await bench.node.command({
    type: "pause",
    clients,
    kind: "video",
    paused: true,
  });
  await bench.node.command({
    type: "pause",
    clients: [2],
    kind: "video",
    paused: false,
  });
  await bench.node.command({
    type: "quality",
    clients: [0],
    quality: "720p",
    fps: 15,
  });
  await bench.node.command({ type: "layers", clients: [0], spatialLayer: 1 });
  await bench.node.command({ type: "reconnect", clients: [2] });
  await bench.node.command({ type: "drop", clients: [0] });
  assertEquals(
    bench.clients.map(({ log }) => log.slice(1).map((s) => s.slice(0, -5))),
    [
      ["pause video", "720p15", "layer 1", "leave"],
      [],
      ["pause video", "resume video", "cut"],
    ],
  );
  await bench.node.stop();
});

Deno.test("who has left keeps its figures and nothing else", async () => {
  const bench = new Bench();
  await bench.start([clientPlan(0, { leaveAtMs: 1000 }), clientPlan(1)]);
  await bench.clock.run(500);
  const media = {
    ...NO_TOTALS,
    packetsSent: 50,
    packetsReceived: 40,
    packetsExpected: 42,
  };
  for (const client of bench.clients) {
    client.media = { ...media, packetsLost: 2, packetsDeliverable: 43 };
  }
  await bench.clock.run(1000);
  bench.clients[0].totals = () => {
    throw new Error("nobody asks who has left");
  };
  const { counters, gauges } = bench.node.snapshot();
  assertEquals(
    [
      counters.packetsExpected,
      counters.packetsLost,
      counters.packetsDeliverable,
    ],
    [84, 4, 86],
  );
  assertEquals([gauges.clientsConnected, gauges.producersOpen], [1, 2]);
  const { state, packetsSent, sessionDurationMs } = bench.record(0);
  assertEquals([state, packetsSent, sessionDurationMs], ["left", 50, 900]);
  await bench.node.stop();
});

/** Sends packets into a network's inbound link, as a socket would, and counts them. */
function receive(network: Network, packets: number): void {
  const link = network.inbound!;
  for (let i = 0; i < packets; i++) {
    link.enter(0, 100);
    network.inboundCounts.packets++;
    if (link.copies === 0) network.inboundCounts.dropped++;
  }
}

Deno.test("a client has the network of its plan until a command gives it another", async () => {
  const bench = new Bench();
  const lossy = { inbound: { lossRatio: 0.5 } };
  await bench.start([clientPlan(0, { impairment: lossy }), clientPlan(1)]);
  const [first, second] = bench.clients.map(({ network }) => network);
  assertEquals([first.isImpaired, second.isImpaired], [true, false]);
  assertEquals(bench.record(0).impairment, "in.loss=50%");
  assertEquals(bench.record(1).impairment, null);
  await bench.node.command({
    type: "impair",
    clients: [1],
    impairment: { outbound: { delayMs: 20 } },
  });
  assertEquals(bench.record(1).impairment, "out.delay=20ms");
  await bench.node.command({
    type: "impair",
    clients: [0, 1],
    impairment: null,
  });
  assertEquals([first.isImpaired, second.isImpaired], [false, false]);
  assertEquals(bench.record(0).impairment, null);
  await bench.node.stop();
});

Deno.test("the same seed does the same to each client's packets, and not to two clients the same", async () => {
  const lossy = { inbound: { lossRatio: 0.5 } };
  const plans = [0, 1].map((index) => clientPlan(index, { impairment: lossy }));
  const fates = async () => {
    const bench = new Bench();
    await bench.start(plans);
    const drawn = bench.clients.map(({ network }) =>
      Array.from({ length: 40 }, () => {
        network.inbound!.enter(0, 100);
        return network.inbound!.copies;
      }).join("")
    );
    await bench.node.stop();
    return drawn;
  };
  const [first, second] = await fates();
  assertEquals(await fates(), [first, second]);
  assertNotEquals(first, second);
});

Deno.test("what networks did is counted, also of those who have left", async () => {
  const bench = new Bench();
  const cut = { inbound: { lossRatio: 1 } };
  await bench.start([
    clientPlan(0, { impairment: cut, leaveAtMs: 1000 }),
    clientPlan(1, { impairment: cut }),
  ]);
  for (const { network } of bench.clients) receive(network, 30);
  bench.clients[0].media = {
    ...NO_TOTALS,
    packetsLost: 30,
    packetsRepaired: 20,
  };
  await bench.clock.run(1500);
  const { counters } = bench.node.snapshot();
  assertEquals([counters.impairedIn, counters.impairedInDropped], [60, 60]);
  assertEquals([counters.impairedOut, counters.packetsRepaired], [0, 20]);
  const { impairedInDropped, packetsRepaired } = bench.record(0);
  assertEquals([impairedInDropped, packetsRepaired], [30, 20]);
  await bench.node.stop();
});

Deno.test("stopping has everyone leave, gives a last snapshot and closes the host, once", async () => {
  const bench = new Bench();
  bench.connects = false;
  await bench.start([
    ...Array.from({ length: 10 }, (_, i) => clientPlan(i)),
    clientPlan(10, { joinAtMs: 60_000 }),
  ]);
  await bench.clock.run(50);
  const joined = bench.clients.filter(({ did }) => did.includes("join"));
  assertEquals(joined.length, 8);
  const [last, again] = await Promise.all([
    bench.node.stop(),
    bench.node.stop(),
  ]);
  assertEquals(
    bench.clients.map(({ did }) => did.at(-1)),
    Array(11).fill("leave"),
  );
  assert(last === again);
  assertEquals(last?.final, true);
  assertEquals(last?.clients.map(({ state }) => state), Array(11).fill("left"));
  assertEquals([bench.snapshots.length, bench.disposed], [0, 1]);
  assertEquals(bench.clock.pendingTimers, 0);
  await bench.clock.run(100_000);
  // Nobody who was still waiting has begun meanwhile.
  assertEquals(
    bench.clients.filter(({ did }) => did.includes("join")).length,
    8,
  );
  await bench.node.command({ type: "add", clients: [clientPlan(11)] });
  assertEquals(bench.clients.length, 11);
});

Deno.test("a node whose host does not open says so, and stops all the same", async () => {
  const bench = new Bench();
  const node = new LocalNode({
    name: "n1",
    clock: {
      nowMs: () => 0,
      wallNowMs: () => 0,
      setTimer: (ms, fn) => bench.clock.setTimer(ms, fn),
    },
    openHost: () => Promise.reject(new Error("no FFI")),
    handlers: { onSnapshot() {}, onNote() {}, onDied() {} },
  });
  await assertRejects(
    () =>
      node.prepare({
        node: "n1",
        server: { url: "" },
        datapath: {},
        seed: 1,
      }),
    Error,
    "no FFI",
  );
  await node.stop();
  assertEquals(bench.clock.pendingTimers, 0);
});

Deno.test("who is on its way back or gave up is away, who left while connected is not", async () => {
  const bench = new Bench();
  await bench.start([0, 1, 2, 3].map((index) => clientPlan(index)));
  await bench.clock.run(1000);
  const [, gaveUp, onItsWay, isBack] = bench.clients;
  gaveUp.fail("transport", "gone");
  for (const client of [onItsWay, isBack]) {
    client.tell({ type: "state", state: "away" });
  }
  isBack.tell({ type: "state", state: "connected" });
  await bench.node.stop();
  assertEquals([0, 1, 2, 3].map((index) => bench.record(index).isAway), [
    false,
    true,
    true,
    false,
  ]);
});
