import { assertEquals } from "@std/assert";
import { type Impairment, Network } from "../../../../lib/impairment/mod.ts";
import { createRandom } from "../../../../lib/load/mod.ts";
import { throughNetwork } from "../../../../lib/rtc/lane/impaired_socket.ts";
import type { LaneSocket } from "../../../../lib/rtc/lane/lane.ts";
import { Deadlines } from "./deadlines.ts";
import { FakeLane, type FakeSocket } from "./fake_lane.ts";

/** Wall-clock time at time 0. */
const WALL_MS = 1_000_000;

/** A socket with a network around it, and a log of what came through, with the times. */
async function openWorld() {
  const deadlines = new Deadlines();
  const sent: string[] = [];
  const received: string[] = [];
  const lane = new FakeLane({
    onSent: (bytes) => sent.push(`${bytes.at(-1)}@${deadlines.now}`),
  });
  const inner = await lane.connect(
    { address: "192.0.2.1", port: 1 },
    (bytes, offset, length, { wallMs }) => {
      const number = bytes[offset + length - 1];
      received.push(`${number}@${deadlines.now}/${wallMs - WALL_MS}`);
      // Who decrypts does so in place.
      bytes.fill(0, offset, offset + length);
    },
  ) as FakeSocket;
  const network = new Network((direction) => createRandom(1, direction));
  let socket: LaneSocket = inner;
  const end = throughNetwork({
    network,
    reactor: deadlines,
    lane,
    socket: inner,
    use: (changed) => socket = changed,
  });
  return {
    deadlines,
    sent,
    received,
    lane,
    inner,
    network,
    end,
    socket: () => socket,
    impair: (impairment: Impairment | null) =>
      network.impair(impairment, deadlines.now),
    /** A datagram comes in; it was in the kernel for `ageMs`. */
    receive(number: number, ageMs = 0, kind: Kind = RTP) {
      const bytes = packet(number, kind);
      inner.onDatagram(
        bytes,
        0,
        bytes.length,
        {
          nowMs: deadlines.now - ageMs,
          wallMs: WALL_MS + deadlines.now - ageMs,
        },
      );
    },
    /** Sends a burst of packets of the same size. */
    send(...numbers: number[]) {
      const packets = numbers.map((number) => packet(number, RTP));
      packets.forEach((bytes, i) => lane.out.set(bytes, 100 + i * 20));
      return socket.send(100, 20 * numbers.length, 20);
    },
  };
}

/** The first two bytes of a datagram. */
type Kind = readonly [number, number];

const RTP: Kind = [0x80, 101];
const RTCP: Kind = [0x80, 200];
const STUN: Kind = [0, 1];

/** Twenty bytes; the last is the number. */
function packet(number: number, kind: Kind): Uint8Array {
  const bytes = new Uint8Array(20);
  bytes.set(kind);
  bytes[19] = number;
  return bytes;
}

const LOST = { lossRatio: 1 };
const LATE = { delayMs: 50 };
const NO_COUNTS = {
  packets: 0,
  dropped: 0,
  droppedRepeats: 0,
  delayed: 0,
  duplicated: 0,
  unfinished: 0,
};

Deno.test("a network that is not impaired puts nothing around the socket", async () => {
  const world = await openWorld();
  assertEquals(world.socket() === world.inner, true);
  world.receive(1);
  world.send(2, 3);
  assertEquals(world.received, ["1@0/0"]);
  assertEquals(world.sent, ["2@0", "3@0"]);
  assertEquals(world.network.inboundCounts, NO_COUNTS);
});

Deno.test("what arrives late arrives at the time that the bad network says", async () => {
  const world = await openWorld();
  world.impair({ inbound: LATE });
  world.deadlines.goTo(10);
  world.receive(1, 4);
  world.deadlines.goTo(20);
  world.receive(2);
  world.deadlines.goTo(100);
  // It came to the kernel at 6, was read at 10, and is 50 ms late.
  assertEquals(world.received, ["1@56/56", "2@70/70"]);
  assertEquals(world.network.inboundCounts, {
    ...NO_COUNTS,
    packets: 2,
    delayed: 2,
  });
});

Deno.test("where what is due waits for a beat, what is sent leaves with the nearest one", async () => {
  const world = await openWorld();
  world.deadlines.meanWaitMs = 1.5;
  world.impair({ inbound: LATE, outbound: LATE });
  world.send(1);
  world.receive(2);
  world.deadlines.goTo(100);
  assertEquals(world.sent, ["1@48.5"]);
  // What arrives has the kernel's time anyway.
  assertEquals(world.received, ["2@50/50"]);
});

Deno.test("a delay that is over when the packet is read is told all the same", async () => {
  const world = await openWorld();
  world.impair({ inbound: { delayMs: 3 } });
  world.deadlines.goTo(10);
  world.receive(1, 8);
  assertEquals(world.received, ["1@10/5"]);
});

Deno.test("what is read late does not overtake what waits", async () => {
  const world = await openWorld();
  world.impair({ inbound: LATE });
  world.receive(1);
  world.deadlines.now = 90;
  world.receive(2, 60);
  assertEquals(world.received, []);
  world.deadlines.goTo(91);
  assertEquals(world.received.map((line) => line[0]), ["1", "2"]);
});

Deno.test("what is sent does not overtake what should have left before and has not", async () => {
  const world = await openWorld();
  world.impair({ outbound: LATE });
  world.send(1);
  world.deadlines.now = 60;
  world.impair({ outbound: {} });
  world.send(2);
  assertEquals(world.sent, []);
  world.deadlines.goTo(61);
  assertEquals(world.sent.map((line) => line[0]), ["1", "2"]);
});

Deno.test("what is sent late leaves late, as it was when it was sent", async () => {
  const world = await openWorld();
  world.impair({ outbound: LATE });
  assertEquals(world.send(1, 2, 3), 3);
  world.lane.out.fill(9);
  assertEquals(world.sent, []);
  world.deadlines.goTo(60);
  assertEquals(world.sent.map((line) => line.slice(0, 4)), [
    "1@50",
    "2@50",
    "3@50",
  ]);
});

Deno.test("what the network drops has left as far as the sender knows", async () => {
  const world = await openWorld();
  world.impair({ outbound: LOST });
  assertEquals(world.send(1, 2), 2);
  assertEquals(world.sent, []);
  assertEquals(world.network.outboundCounts, {
    ...NO_COUNTS,
    packets: 2,
    dropped: 2,
  });
});

Deno.test("a network that is cut cuts STUN and reports too, and counts media only", async () => {
  const world = await openWorld();
  world.impair({ inbound: LOST, outbound: LOST });
  world.receive(1, 0, STUN);
  world.receive(2, 0, RTCP);
  world.receive(3, 0, RTP);
  world.socket().sendCopy(packet(4, STUN));
  assertEquals([world.received, world.sent], [[], []]);
  assertEquals(world.network.inboundCounts.dropped, 1);
  assertEquals(world.network.outboundCounts, NO_COUNTS);
});

Deno.test("only the direction that is impaired is", async () => {
  const world = await openWorld();
  world.impair({ inbound: LOST });
  world.receive(1);
  world.send(2);
  world.socket().sendCopy(packet(3, STUN));
  assertEquals(world.received, []);
  assertEquals(world.sent, ["2@0", "3@0"]);
});

Deno.test("a packet that is duplicated arrives twice, each in bytes of its own", async () => {
  const world = await openWorld();
  const twice = { duplicateRatio: 1 };
  world.impair({ inbound: twice, outbound: twice });
  world.receive(7);
  world.send(8);
  world.deadlines.goTo(1);
  assertEquals(world.received, ["7@0/0", "7@0/0"]);
  assertEquals(world.sent, ["8@0", "8@0"]);
  assertEquals(world.network.inboundCounts.duplicated, 1);
});

Deno.test("an impairment that ends lets what is under way arrive, and gives the socket back", async () => {
  const world = await openWorld();
  world.impair({ inbound: LATE, outbound: LATE });
  world.receive(1);
  world.impair(null);
  assertEquals(world.socket() === world.inner, true);
  world.receive(2);
  world.deadlines.goTo(60);
  assertEquals(world.received, ["2@0/0", "1@50/50"]);
});

Deno.test("who closes forgets what is under way, and leaves no deadline", async () => {
  const world = await openWorld();
  world.impair({
    inbound: LATE,
    outbound: { ...LATE, duplicateRatio: 1 },
  });
  world.receive(1);
  world.receive(3, 0, STUN);
  world.send(2);
  world.end();
  const { inboundCounts, outboundCounts } = world.network;
  assertEquals([inboundCounts.unfinished, outboundCounts.unfinished], [1, 2]);
  assertEquals(world.deadlines.size, 0);
  world.socket().close();
  world.deadlines.goTo(100);
  assertEquals([world.received, world.sent], [[], []]);
  assertEquals(world.inner.open, false);
  // Nobody is told of changes any more.
  world.impair(null);
  assertEquals(world.socket() === world.inner, false);
});

Deno.test("a thousand packets one after the other wait in few buffers, in their order", async () => {
  const world = await openWorld();
  world.impair({ outbound: { delayMs: 5, jitterMs: 4 } });
  for (let i = 0; i < 1000; i++) {
    world.deadlines.goTo(i);
    world.send(i % 256);
  }
  world.deadlines.goTo(2000);
  assertEquals(
    world.sent.map((line) => Number.parseInt(line)),
    Array.from({ length: 1000 }, (_, i) => i % 256),
  );
});

Deno.test("what is dropped of a retransmission is told apart by its SSRC", async () => {
  const world = await openWorld();
  world.impair({ inbound: { lossRatio: 1 } });
  world.receive(1);
  // All packets of these tests have the SSRC 0.
  world.network.repeats.add(0);
  world.receive(2);
  world.receive(3);
  assertEquals(world.network.inboundCounts, {
    ...NO_COUNTS,
    packets: 3,
    dropped: 3,
    droppedRepeats: 2,
  });
});
