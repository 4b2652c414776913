import { assertEquals } from "@std/assert";
import {
  StreamBook,
  type StreamOwner,
} from "../../../../lib/sfu/signaling/stream_stats.ts";

function owner(id: string): StreamOwner {
  return { id, roomId: "r", participantId: "p", kind: "audio" };
}

function counted(packets: number, lost = 0) {
  return () =>
    Promise.resolve({
      packets,
      bytes: 0,
      lost,
      retransmitted: 0,
      nacked: 0,
    });
}

Deno.test("a settled stream keeps its last counts and is asked no more", async () => {
  const streams = new StreamBook();
  let packets = 1;
  streams.open(owner("a"), () => counted(packets)());
  await streams.settle(["a", "unknown"]);
  packets = 2;
  const { producers } = await streams.stats("werift");
  assertEquals(producers.map((p) => [p.id, p.packets, p.closed]), [[
    "a",
    1,
    true,
  ]]);
});

Deno.test("settling twice at once lists a stream once", async () => {
  const streams = new StreamBook();
  streams.open(owner("a"), counted(1));
  await Promise.all([streams.settle(["a"]), streams.settle(["a"])]);
  assertEquals((await streams.stats("werift")).producers.length, 1);
});

Deno.test("the oldest closed streams are no longer listed, and their sums are kept", async () => {
  const streams = new StreamBook(1);
  streams.open(owner("a"), counted(10, 3));
  streams.open({ ...owner("c1"), producerId: "a" }, counted(7));
  streams.open({ ...owner("c2"), producerId: "a" }, counted(6));
  await streams.settle(["c1", "c2", "a"]);
  streams.open(owner("b"), counted(1));
  await streams.settle(["b"]);
  const { producers, consumers, earlier } = await streams.stats("werift");
  assertEquals([...producers, ...consumers].map(({ id }) => id), ["b"]);
  assertEquals(earlier, {
    streams: 3,
    received: 10,
    missedByReceivers: 6,
    sent: 13,
    retransmitted: 0,
  });
});

Deno.test("a closed stream keeps nothing of the engine's alive", async () => {
  const streams = new StreamBook();
  const counts = counted(1);
  streams.open(owner("a"), counts);
  await streams.settle(["a"]);
  const { producers: [row] } = await streams.stats("werift");
  assertEquals(Object.values(row).filter((it) => typeof it === "function"), []);
});

Deno.test("a stream that closes while the others are read has its last counts", async () => {
  const streams = new StreamBook();
  streams.open(owner("a"), counted(5));
  const stats = streams.stats("werift");
  await streams.settle(["a"]);
  const { producers } = await stats;
  assertEquals(producers.map((p) => [p.packets, p.closed]), [[5, true]]);
});

Deno.test("a producer knows how many consumers it has had", async () => {
  const streams = new StreamBook();
  streams.open(owner("a"), counted(5));
  streams.open({ ...owner("c1"), producerId: "a" }, counted(5));
  await streams.settle(["c1"]);
  streams.open({ ...owner("c2"), producerId: "a" }, counted(5));
  const { producers } = await streams.stats("werift");
  assertEquals(producers.map((p) => p.consumers), [2]);
});

Deno.test("a stream whose engine died counts as nothing rather than failing the rest", async () => {
  const streams = new StreamBook();
  streams.open(owner("a"), () => Promise.reject(new Error("dead")));
  streams.open(owner("b"), counted(3));
  const { producers } = await streams.stats("werift");
  assertEquals(producers.map((p) => p.packets), [0, 3]);
});

Deno.test("consumers are told from producers by whom they consume", async () => {
  const streams = new StreamBook();
  streams.open({ ...owner("c"), producerId: "p" }, counted(1));
  const { producers, consumers } = await streams.stats("werift");
  assertEquals(producers, []);
  assertEquals(consumers.map((c) => c.producerId), ["p"]);
});
