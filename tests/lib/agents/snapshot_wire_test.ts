import { assert, assertEquals, assertThrows } from "@std/assert";
import { readNumbers } from "../../../lib/agents/snapshot_wire.ts";
import { textOf } from "../../../lib/agents/wire_values.ts";
import {
  DepartedRecord,
  DepartedShare,
  NodeMeter,
  plainRecord,
  ReportReader,
  ReportWriter,
  type Snapshot,
} from "../../../lib/metrics/mod.ts";
import { recorderOf } from "../metrics/client.ts";

const HEALTH = {
  lanes: ["native"],
  ciphers: ["openssl"],
  dtls: ["openssl"],
  workers: 2,
  cpuUs: 17,
  threadUs: 40,
  kernelDrops: null,
  heldBackJoins: 3,
  clock: {
    standstills: [{ node: "a", atMs: 1, ms: 2 }],
    wallJumps: [],
    clientsLost: 0,
    difference: { packets: 2, leastMs: -80, mostMs: 4 },
  },
  lost: [{ node: "a/worker-1", atMs: 3, clients: 4, reason: "gone" }],
  notes: ["a note"],
};

/** A node with clients, one of which has left. */
class Counting {
  readonly meter = new NodeMeter("a");
  readonly clients = Array.from(
    { length: 20 },
    (_, index) => recorderOf(index),
  );
  #left: DepartedRecord | undefined;

  leave(): void {
    const record = this.clients.shift()!.toRecord();
    this.#left = new DepartedRecord(
      { ...record, state: "left" },
      new DepartedShare(),
    );
  }

  snapshot(): Snapshot {
    const parts = [{
      ...{ node: "a/worker-0", atMs: 4, counters: { packetsSent: 1 } },
      ...{ gauges: {}, trends: {}, generator: HEALTH },
    }];
    return {
      ...this.meter.snapshot({
        atMs: 4,
        final: true,
        clients: [...this.#left ? [this.#left] : [], ...this.clients],
        others: [{
          ...{ producerId: "p", hasFlowed: true, isSilent: false },
          ...{ codec: null, refusal: "no" },
        }],
        stopped: [{ producerId: "p", how: "closed" }],
        candidates: [{
          ...{ protocol: "udp", address: "::1", family: "IPv6", clients: 1 },
          problem: null,
        }],
        consumersAllowed: 8,
        generator: HEALTH,
      }),
      parts,
    };
  }
}

function plain(snapshot: Snapshot | string): unknown {
  return typeof snapshot === "string" ? snapshot : JSON.parse(JSON.stringify({
    ...snapshot,
    clients: snapshot.clients.map(plainRecord),
  }));
}

Deno.test("everything of a snapshot comes in as it was, whatever words are in it", () => {
  const writer = new ReportWriter("e1");
  const reader = new ReportReader();
  const node = new Counting();
  const known = new Set<number>();
  for (let sequence = 1; sequence < 10; sequence++) {
    node.meter.counters.packetsSent += 100;
    node.meter.trend("join").record(sequence * 1000);
    node.clients[sequence % 10].figures.packetsSent += 5;
    node.clients[3].addOperation("join_room", sequence);
    node.clients[1].addError("timeout", "x".repeat(9_000), sequence);
    if (sequence === 5) node.leave();
    const snapshot = node.snapshot();
    const sent = textOf(writer.write(snapshot));
    const read = reader.read(readNumbers(JSON.parse(sent), known));
    assertEquals(plain(read), plain(snapshot));
    writer.acknowledge(sequence - 2);
  }
  node.clients[2].figures.failureCause = "said ".repeat(10_000);
  const sent = textOf(writer.write(node.snapshot()));
  assert(typeof reader.read(readNumbers(JSON.parse(sent), known)) !== "string");
});

// deno-lint-ignore no-explicit-any
type Sent = any;

Deno.test.each([
  { spoil: (sent: Sent) => delete sent.rest.generator, why: "a part is gone" },
  {
    spoil: (sent: Sent) => sent.rest.counters.packetsSent = "1",
    why: "a counter is a text",
  },
  {
    spoil: (sent: Sent) => sent.rest.counters.packetsSent = 1e300,
    why: "a counter is too large",
  },
  {
    spoil: (sent: Sent) => sent.rest.trends.join.count = 77,
    why: "a trend does not add up",
  },
  {
    spoil: (sent: Sent) => sent.rest.trends.join.buckets = [1e9, 1],
    why: "a bucket is nowhere",
  },
  {
    spoil: (sent: Sent) => sent.rest.generator.notes = ["x".repeat(10_000)],
    why: "a text is too long",
  },
  {
    spoil: (sent: Sent) => sent.changes[0].rows[0].pop(),
    why: "a figure is missing",
  },
  {
    spoil: (sent: Sent) => sent.changes[0].rows[0][1] = "gone fishing",
    why: "there is no such state",
  },
  {
    spoil: (sent: Sent) => sent.changes[0].rows[0][0] = 99,
    why: "nobody knows whose a row is",
  },
  {
    spoil: (sent: Sent) => sent.changes[0].rows[0][0] = -1,
    why: "an index is below 0",
  },
  {
    spoil: (sent: Sent) => sent.added[0].role = "king",
    why: "there is no such role",
  },
  {
    spoil: (sent: Sent) =>
      sent.errors[0] = [
        0,
        Array(500).fill({
          kind: "a",
          message: "b",
          atMs: 1,
        }),
      ],
    why: "a list is too long",
  },
])("numbers are refused where $why", ({ spoil }) => {
  const node = new Counting();
  node.meter.trend("join").record(5);
  for (const { figures } of node.clients) figures.state = "connected";
  const report = new ReportWriter("e1").write(node.snapshot());
  const sent = JSON.parse(textOf(report));
  spoil(sent);
  assertThrows(() => readNumbers(sent, new Set()), TypeError);
});
