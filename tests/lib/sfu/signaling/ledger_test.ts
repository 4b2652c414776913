import { assertEquals } from "@std/assert";
import {
  StreamLedger,
  type StreamOwner,
} from "../../../../lib/sfu/signaling/ledger.ts";

function owner(id: string): StreamOwner {
  return { id, roomId: "r", participantId: "p", kind: "audio" };
}

function counted(packets: number) {
  return () =>
    Promise.resolve({
      packets,
      bytes: 0,
      lost: 0,
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

Deno.test("the oldest closed streams are forgotten, and how many is known", async () => {
  const ledger = new StreamLedger(2);
  for (const id of ["a", "b", "c"]) {
    ledger.open(owner(id), counted(1));
    await ledger.settle([id]);
  }
  const { producers, forgotten } = await ledger.stats("werift");
  assertEquals(producers.map((p) => p.id), ["b", "c"]);
  assertEquals(forgotten, 1);
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
