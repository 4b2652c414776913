import { assertEquals } from "@std/assert";
import {
  StreamLedger,
  type StreamOwner,
} from "../../../../lib/sfu/signaling/ledger.ts";

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
  const ledger = new StreamLedger();
  let packets = 1;
  ledger.open(owner("a"), () => counted(packets)());
  await ledger.settle(["a", "unknown"]);
  packets = 2;
  const { producers } = await ledger.stats("werift");
  assertEquals(producers.map((p) => [p.id, p.packets, p.closed]), [[
    "a",
    1,
    true,
  ]]);
});

Deno.test("settling twice at once lists a stream once", async () => {
  const ledger = new StreamLedger();
  ledger.open(owner("a"), counted(1));
  await Promise.all([ledger.settle(["a"]), ledger.settle(["a"])]);
  assertEquals((await ledger.stats("werift")).producers.length, 1);
});

Deno.test("the oldest closed streams are no longer listed, and their sums are kept", async () => {
  const ledger = new StreamLedger(1);
  ledger.open(owner("a"), counted(10, 3));
  ledger.open({ ...owner("c1"), producerId: "a" }, counted(7));
  ledger.open({ ...owner("c2"), producerId: "a" }, counted(6));
  await ledger.settle(["c1", "c2", "a"]);
  ledger.open(owner("b"), counted(1));
  await ledger.settle(["b"]);
  const { producers, consumers, earlier } = await ledger.stats("werift");
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
  const ledger = new StreamLedger();
  const counts = counted(1);
  ledger.open(owner("a"), counts);
  await ledger.settle(["a"]);
  const { producers: [row] } = await ledger.stats("werift");
  assertEquals(Object.values(row).filter((it) => typeof it === "function"), []);
});

Deno.test("a stream that closes while the others are read has its last counts", async () => {
  const ledger = new StreamLedger();
  ledger.open(owner("a"), counted(5));
  const stats = ledger.stats("werift");
  await ledger.settle(["a"]);
  const { producers } = await stats;
  assertEquals(producers.map((p) => [p.packets, p.closed]), [[5, true]]);
});

Deno.test("a producer knows how many consumers it has had", async () => {
  const ledger = new StreamLedger();
  ledger.open(owner("a"), counted(5));
  ledger.open({ ...owner("c1"), producerId: "a" }, counted(5));
  await ledger.settle(["c1"]);
  ledger.open({ ...owner("c2"), producerId: "a" }, counted(5));
  const { producers } = await ledger.stats("werift");
  assertEquals(producers.map((p) => p.consumers), [2]);
});

Deno.test("a stream whose engine died counts as nothing rather than failing the rest", async () => {
  const ledger = new StreamLedger();
  ledger.open(owner("a"), () => Promise.reject(new Error("dead")));
  ledger.open(owner("b"), counted(3));
  const { producers } = await ledger.stats("werift");
  assertEquals(producers.map((p) => p.packets), [0, 3]);
});

Deno.test("consumers are told from producers by whom they consume", async () => {
  const ledger = new StreamLedger();
  ledger.open({ ...owner("c"), producerId: "p" }, counted(1));
  const { producers, consumers } = await ledger.stats("werift");
  assertEquals(producers, []);
  assertEquals(consumers.map((c) => c.producerId), ["p"]);
});
