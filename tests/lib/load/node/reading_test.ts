import { assertEquals } from "@std/assert";
import { Reading } from "../../../../lib/load/node/reading.ts";
import type { Snapshot } from "../../../../lib/metrics/mod.ts";
import { FakeClock, FakeScheduler } from "../../../../lib/testing/mod.ts";
import { Bench, clientPlan, NO_TOTALS } from "./node_bench.ts";

/** A reading of so many, each of which takes half a millisecond, by a reactor that comes round every 3 ms. */
function sliced(count: number, clock: FakeClock) {
  const seen: string[] = [];
  const slicer = new FakeScheduler(clock, 3);
  let workedMs = 0;
  const reading = new Reading<number>({
    items: Array.from({ length: count }, (_, i) => i),
    read: (item) => {
      workedMs += 0.5;
      seen.push(`${item} at ${clock.nowMs()}`);
    },
    onDone: () => seen.push("done"),
    nowMs: () => clock.nowMs() + workedMs,
    slicer,
  });
  return { reading, seen, slicer };
}

Deno.test("many are read in slices, between which others have their turn", () => {
  const clock = new FakeClock();
  const { reading, seen, slicer } = sliced(5, clock);
  reading.begin();
  assertEquals(seen, ["0 at 0", "1 at 0"]);
  clock.advance(4);
  assertEquals(seen.slice(2), ["2 at 3", "3 at 3"]);
  clock.advance(3);
  assertEquals(seen.slice(4), ["4 at 6", "done"]);
  assertEquals([slicer.size, clock.pendingTimers], [0, 0]);
});

Deno.test("a reading that is ended reads no more, and is never done", () => {
  const clock = new FakeClock();
  const { reading, seen, slicer } = sliced(5, clock);
  reading.begin();
  reading.end();
  clock.advance(100);
  assertEquals(seen, ["0 at 0", "1 at 0"]);
  assertEquals([slicer.size, clock.pendingTimers], [0, 0]);
});

Deno.test("without a reactor all are read at once", () => {
  const seen: number[] = [];
  let ms = 0;
  new Reading({
    items: [1, 2, 3],
    read: (item) => seen.push(item),
    onDone: () => seen.push(0),
    nowMs: () => ms += 1000,
  }).begin();
  assertEquals(seen, [1, 2, 3, 0]);
});

/** A node of ten clients which is busy with each for half a millisecond once a second. */
async function busyNode(): Promise<Bench> {
  const clock = new FakeClock(5000);
  const bench = new Bench(clock, new FakeScheduler(clock, 3));
  await bench.start(Array.from({ length: 10 }, (_, i) => clientPlan(i)));
  bench.readingMs = 0.5;
  await clock.run(999);
  return bench;
}

function received(bench: Bench, index: number, packetsReceived: number) {
  bench.clients[index].media = { ...NO_TOTALS, packetsReceived };
}

function sumsOf({ counters, clients }: Snapshot) {
  return {
    counted: counters.packetsReceived,
    recorded: clients.reduce((sum, one) => sum + one.packetsReceived, 0),
    clients: clients.length,
  };
}

Deno.test("a second is told of when all are read, and its sums are those of its records, whoever comes, goes or receives meanwhile", async () => {
  const bench = await busyNode();
  for (let i = 0; i < 10; i++) received(bench, i, 100);
  await bench.clock.run(4);
  assertEquals(bench.snapshots, [], "it goes on");
  for (let i = 0; i < 10; i++) received(bench, i, 200);
  await bench.node.command({ type: "drop", clients: [1, 8] });
  await bench.node.command({ type: "add", clients: [clientPlan(10)] });
  received(bench, 10, 7);
  await bench.clock.run(200);
  const [first] = bench.snapshots;
  assertEquals(sumsOf(first), { counted: 1607, recorded: 1607, clients: 11 });
  assertEquals(first.clients.map(({ index }) => index), [...Array(11).keys()]);
  await bench.clock.run(1000);
  const second = bench.snapshots[1];
  assertEquals(sumsOf(second), { counted: 2007, recorded: 2007, clients: 11 });
  assertEquals([second.clients[1].state, second.clients[8].state], [
    "left",
    "left",
  ]);
  const last = await bench.node.stop();
  assertEquals(sumsOf(last!), { counted: 2007, recorded: 2007, clients: 11 });
});

Deno.test("a node that stops while a second is read tells of its end alone, whole", async () => {
  const bench = await busyNode();
  await bench.clock.run(4);
  for (let i = 0; i < 10; i++) received(bench, i, 5);
  await bench.node.command({ type: "drop", clients: [0] });
  const last = await bench.node.stop();
  assertEquals(sumsOf(last!), { counted: 50, recorded: 50, clients: 10 });
  await bench.clock.run(1000);
  assertEquals(bench.snapshots, []);
  assertEquals(bench.clock.pendingTimers, 0);
});

Deno.test("a second whose reading outlasts it is told of all the same, and none twice", async () => {
  const bench = await busyNode();
  bench.readingMs = 150;
  await bench.clock.run(1200);
  bench.readingMs = 1;
  await bench.clock.run(3000);
  const seconds = bench.snapshots.map(({ second }) => second);
  assertEquals(seconds, [...new Set(seconds)].toSorted((a, b) => a - b));
  assertEquals(seconds[0], 1);
  await bench.node.stop();
});
