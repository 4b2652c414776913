import { assert, assertEquals, assertLess } from "@std/assert";
import {
  ClientRecorder,
  DepartedRecord,
  EMPTY_SNAPSHOT,
  NodeMeter,
  plainRecord,
  RecordTable,
  ReportReader,
  ReportWriter,
  type Snapshot,
  type SnapshotReport,
} from "../../../lib/metrics/mod.ts";

/** As it is after a way as text. */
function sent(report: SnapshotReport): SnapshotReport {
  return JSON.parse(JSON.stringify(report));
}

/** All of it, as text. */
function plain(snapshot: Snapshot | string): string {
  assert(typeof snapshot !== "string", String(snapshot));
  const { clients, trends, ...rest } = snapshot;
  const records = clients.map(plainRecord)
    .map((record) => Object.entries(record).toSorted());
  const trendList = Object.entries(trends).toSorted();
  const restList = Object.entries(rest).toSorted();
  return JSON.stringify([restList, trendList, records], null, 1);
}

/** Clients that come, do this and that, and leave, by chance. */
class Story {
  readonly #meter = new NodeMeter("n");
  readonly #clients: ClientRecorder[] = [];
  readonly #table = new RecordTable();
  #seed: number;
  #second = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  draw(below: number): number {
    this.#seed = (this.#seed * 1103515245 + 12345) % 2 ** 31;
    return Math.floor(this.#seed / 2 ** 31 * below);
  }

  next(): Snapshot {
    for (let i = this.draw(3); i > 0; i--) {
      const index = this.#clients.length;
      const identity = { clientId: `client-${index}`, index, roomId: "r" };
      this.#clients.push(
        new ClientRecorder({ ...identity, role: "viewer", node: "n" }),
      );
    }
    for (const client of this.#clients) {
      const { figures } = client;
      if (figures.state === "left") continue;
      const states = ["joining", "connected", "away", "left"] as const;
      if (this.draw(3) === 0) figures.state = states[this.draw(4)];
      if (this.draw(2) === 0) figures.packetsSent += this.draw(100);
      if (this.draw(3) === 0) figures.playedMs += this.draw(1e6) / 997;
      if (this.draw(4) === 0) figures.isAway = !figures.isAway;
      if (this.draw(5) === 0) figures.sends = ["audio"];
      if (this.draw(9) === 0) figures.awaySinceMs = this.draw(2) || null;
      if (this.draw(9) === 0) client.addError("timeout", "no", this.#second);
      if (this.draw(5) === 0) client.addOperation("consume", this.draw(50));
      if (this.draw(2) === 0) this.#meter.trend("join").record(this.draw(999));
    }
    return this.#meter.snapshot({
      atMs: ++this.#second * 1000,
      // Plain, and as a node keeps those that are there.
      clients: this.#clients.map((client, i) =>
        i % 2 === 0 ? client : this.#table.keep(client)
      ),
      generator: EMPTY_SNAPSHOT.generator,
    });
  }
}

Deno.test("what is read is what was written, whichever reports are lost, repeated or late, and whenever word of that comes", () => {
  for (let seed = 1; seed <= 16; seed++) {
    const story = new Story(seed);
    const writer = new ReportWriter("one");
    const reader = new ReportReader();
    const way: { report: SnapshotReport; want: string }[] = [];
    let read = 0;
    for (let second = 0; second < 20; second++) {
      const snapshot = story.next();
      const report = sent(writer.write(snapshot));
      if (story.draw(4) > 0) way.push({ report, want: plain(snapshot) });
      // Some come again, some late, and some in another order.
      while (way.length > 0 && story.draw(3) > 0) {
        const at = story.draw(way.length);
        const { report, want } = way[at];
        if (story.draw(5) > 0) way.splice(at, 1);
        const isNew = report.rest.sequence > reader.sequence;
        const outcome = reader.read(report);
        if (!isNew) assertEquals(outcome, "known");
        else {
          assertEquals(plain(outcome), want);
          read++;
        }
        if (story.draw(3) > 0) writer.acknowledge(reader.sequence);
      }
    }
    assert(read > 5);
  }
});

Deno.test("of what does not change nothing is said, and of what does only that", () => {
  const story = new Story(7);
  const writer = new ReportWriter("one");
  for (let i = 0; i < 10; i++) story.next();
  const snapshot = story.next();
  assertEquals(writer.write(snapshot).added.length, snapshot.clients.length);
  writer.acknowledge(snapshot.sequence);
  const [first] = snapshot.clients;
  const changed = { ...first, packetsSent: first.packetsSent + 1 };
  const next = {
    ...snapshot,
    sequence: snapshot.sequence + 1,
    clients: [changed, ...snapshot.clients.slice(1)],
  };
  const { base, rest, added, changes, errors, signaling } = writer.write(next);
  assertEquals(base, snapshot.sequence);
  assertEquals([rest.trends, added, errors, signaling], [{}, [], [], []]);
  assertEquals(
    changes.map(({ rows }) => rows),
    [[[0, changed.packetsSent]]],
  );
});

Deno.test("a reader that missed what a report is in terms of says so, and reads the next that says everything", () => {
  const story = new Story(3);
  const writer = new ReportWriter("one");
  const first = story.next();
  writer.write(first);
  writer.acknowledge(first.sequence);
  const reader = new ReportReader();
  assertEquals(reader.read(writer.write(story.next())), "gap");
  const third = story.next();
  const whole = new ReportWriter("one").write(third);
  assertEquals(plain(reader.read(whole)), plain(third));
  assertEquals(reader.read(whole), "known");
});

Deno.test("what another start of the same node says is not entered", () => {
  const reader = new ReportReader();
  reader.read(new ReportWriter("one").write(new Story(1).next()));
  const again = new Story(1);
  again.next();
  const report = new ReportWriter("two").write(again.next());
  assertEquals(reader.read(report), "other");
});

Deno.test("a report that nobody acknowledges for long is no base, and nothing piles up", () => {
  const story = new Story(5);
  const writer = new ReportWriter("one");
  const first = story.next();
  writer.write(first);
  let last = first;
  for (let i = 0; i < 50; i++) writer.write(last = story.next());
  writer.acknowledge(first.sequence);
  assertEquals(writer.write(story.next()).base, 0);
  writer.acknowledge(last.sequence);
  assertEquals(writer.write(story.next()).base, last.sequence);
});

Deno.test.each(
  [
    { state: "left" },
    { state: "failed" },
    { state: "lost" },
  ] as const,
)(
  "who is $state holds no table of those who are there, and is all there when more is told",
  ({ state }) => {
    const client = new ClientRecorder({
      ...{ clientId: "client-0", index: 0, roomId: "r" },
      ...{ role: "viewer", node: "n" },
    });
    const [writer, reader] = [new ReportWriter("one"), new ReportReader()];
    const tell = (sequence: number) => {
      const clients = [client.toRecord()];
      const report = writer.write({ ...EMPTY_SNAPSHOT, sequence, clients });
      writer.acknowledge(sequence);
      const read = reader.read(sent(report));
      assert(typeof read !== "string");
      assertEquals(read.clients.map(plainRecord), clients);
      return read.clients[0] instanceof DepartedRecord;
    };
    client.figures.state = "connected";
    const isThere = tell(1);
    client.figures.state = state;
    const isGone = tell(2);
    client.addError("late", "more of it", 7);
    client.figures.packetsSent = 9;
    assertEquals([isThere, isGone, tell(3)], [false, true, true]);
  },
);

Deno.test("who has left stays the same record, in little room", () => {
  const writer = new ReportWriter("one");
  const reader = new ReportReader();
  const story = new Story(2);
  let before: Snapshot | undefined;
  let kept = 0;
  for (let i = 0; i < 20; i++) {
    const snapshot = story.next();
    const now = reader.read(sent(writer.write(snapshot)));
    writer.acknowledge(snapshot.sequence);
    assert(typeof now !== "string");
    for (const client of before?.clients ?? []) {
      if (client.state !== "left") continue;
      assert(client instanceof DepartedRecord);
      assert(now.clients.includes(client));
      kept++;
    }
    before = now;
  }
  assert(kept > 0);
});

Deno.test("2,000 clients of which all sends and receives fit into half a megabyte a second", () => {
  const meter = new NodeMeter("n");
  const clients = Array.from({ length: 2000 }, (_, index) => {
    const identity = { clientId: `client-${index}`, index, roomId: "room-7" };
    const client = new ClientRecorder({
      ...identity,
      role: "publisher",
      node: "agent-3",
    });
    client.figures.state = "connected";
    return client;
  });
  /** What grows in a second of a call, ten minutes after its begin. */
  const call = (second: number) => {
    for (const { figures, identity: { index } } of clients) {
      const ms = second * 1000 + index * 0.731;
      for (
        const [name, perSec] of [
          ["packetsSent", 170],
          ["packetsReceived", 510],
          ["packetsDeliverable", 511],
          ["packetsExpected", 511],
          ["packetsLost", 1],
          ["bytesSent", 150_000],
          ["bytesReceived", 450_000],
          ["retransmissionRequestsSent", 2],
          ["retransmissionRequestsReceived", 2],
          ["nackCountSent", 1],
          ["framesRendered", 90],
          ["freezeCount", 1],
          ["totalSamplesReceived", 144_000],
          ["concealedSamples", 960],
          ["uplinkPacketsReported", 170],
          ["uplinkPacketsLost", 1],
        ] as const
      ) figures[name] = perSec * second + index;
      figures.sessionDurationMs = ms;
      figures.totalFreezesDurationMs = ms / 7;
      figures.playedMs = ms * 3;
      figures.tracksDueMs = ms * 6;
      figures.sendDueMs = ms * 2;
      figures.signalingDueMs = ms / 3;
      figures.longestFreezeMs = ms / 1999;
      figures.maxJitterMs = ms / 30_011;
    }
    return meter.snapshot({
      atMs: second * 1000,
      clients,
      generator: EMPTY_SNAPSHOT.generator,
    });
  };
  const writer = new ReportWriter("one");
  writer.write(call(600));
  writer.acknowledge(1);
  const { rest, ...ofClients } = writer.write(call(601));
  assertEquals(Object.keys(rest.trends), []);
  const size = JSON.stringify(ofClients).length;
  assertEquals(ofClients.changes.length, 1);
  assertLess(size, 450_000);
});
