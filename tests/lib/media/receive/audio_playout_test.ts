import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { createRandom } from "../../../../lib/load/mod.ts";
import {
  AudioPlayout,
  RtpHeaderTemplate,
  RtpReader,
} from "../../../../lib/media/mod.ts";
import { opusSilence } from "../../../../lib/media/payload/opus_silence.ts";

const PACKET_MS = 20;
const SAMPLES = 960;

interface Came {
  readonly index: number;
  readonly atMs: number;
}

/** A listener, who hears packets of 20 ms. */
class Listener {
  readonly playout = new AudioPlayout(48_000);
  readonly #bytes = new Uint8Array(100);
  readonly #rtp = new RtpReader();
  readonly #header = new RtpHeaderTemplate({
    payloadType: 100,
    ssrc: 1,
    extensions: [],
  });
  readonly #first: number;
  readonly #sound: Uint8Array;

  /** `first` is the sequence number of the first packet, which begins with `sound` as all others do. */
  constructor(first = 65_400, sound: Uint8Array = new Uint8Array()) {
    this.#first = first;
    this.#sound = sound;
  }

  /** Packet `index` comes; its timestamp is `leapMs` further on than it should be, and it has so many bytes of sound. */
  take({ index, atMs }: Came, leapMs = 0, bytes = 30): void {
    const end = this.#header.write(
      this.#bytes,
      0,
      (this.#first + index) & 0xffff,
      (index * SAMPLES + leapMs * 48 - 100 * SAMPLES) | 0,
      false,
    );
    this.#bytes.set(this.#sound, end);
    this.#rtp.read(this.#bytes, 0, end + bytes);
    this.playout.receive(this.#rtp, { nowMs: atMs });
  }

  takeAll(packets: readonly Came[]): this {
    const inOrder = [...packets].sort((a, b) => a.atMs - b.atMs);
    for (const packet of inOrder) this.take(packet);
    return this;
  }

  /** Milliseconds made up, in how many events, of how many heard. */
  heard(nowMs: number) {
    const figures = this.playout.figures({ nowMs });
    return {
      concealedMs: figures.concealedSamples / 48,
      events: figures.concealmentEvents,
      totalMs: figures.totalSamplesReceived / 48,
    };
  }
}

function steady(count: number, tookMs: (index: number) => number = () => 50) {
  return Array.from({ length: count }, (_, index) => ({
    index,
    atMs: index * PACKET_MS + tookMs(index),
  }));
}

Deno.test("of packets that come in time nothing is made up, and all is heard", () => {
  const packets = steady(500);
  const nowMs = packets[499].atMs;
  const { concealedMs, events, totalMs } = new Listener().takeAll(packets)
    .heard(nowMs);
  assertEquals([concealedMs, events], [0, 0]);
  assertAlmostEquals(totalMs, nowMs - 50, 100);
});

Deno.test.each([
  { why: "one packet", lost: [200], concealedMs: 20, events: 1 },
  { why: "two in a row", lost: [200, 201], concealedMs: 40, events: 1 },
  { why: "two apart", lost: [200, 300], concealedMs: 40, events: 2 },
  {
    why: "one in ten",
    lost: Array.from({ length: 30 }, (_, i) => 100 + 10 * i),
    concealedMs: 600,
    events: 30,
  },
])("lost: $why; made up: $concealedMs ms", ({ lost, concealedMs, events }) => {
  const isLost = new Set<number>(lost);
  const packets = steady(500).filter(({ index }) => !isLost.has(index));
  const heard = new Listener().takeAll(packets).heard(packets.at(-1)!.atMs);
  assertEquals([heard.concealedMs, heard.events], [concealedMs, events]);
});

Deno.test.each([
  { why: "one packet", lost: [200], concealedMs: 10, events: 1 },
  { why: "two in a row", lost: [200, 201], concealedMs: 30, events: 1 },
  { why: "five in a row", lost: [7, 8, 9, 10, 11], concealedMs: 90, events: 1 },
  { why: "two apart", lost: [200, 300], concealedMs: 20, events: 2 },
  {
    why: "one in forty",
    lost: Array.from({ length: 10 }, (_, i) => 100 + 40 * i),
    concealedMs: 100,
    events: 10,
  },
])(
  "of silence that was sent, lost: $why; made up: $concealedMs ms, as what follows fits at once",
  ({ lost, concealedMs, events }) => {
    const isLost = new Set<number>(lost);
    const packets = steady(500).filter(({ index }) => !isLost.has(index));
    const listener = new Listener(65_400, opusSilence(30)).takeAll(packets);
    const heard = listener.heard(packets.at(-1)!.atMs);
    assertEquals([heard.concealedMs, heard.events], [concealedMs, events]);
  },
);

Deno.test.each([
  { why: "within what is held back", lateMs: 10, concealedMs: 0, events: 0 },
  { why: "far too late", lateMs: 300, concealedMs: 20, events: 1 },
])(
  "a packet that comes $lateMs ms late while others come, $why: $concealedMs ms are made up",
  (one) => {
    const packets = steady(500, (i) => i === 400 ? 50 + one.lateMs : 50);
    const heard = new Listener().takeAll(packets).heard(packets[499].atMs);
    assertEquals([heard.concealedMs, heard.events], [
      one.concealedMs,
      one.events,
    ]);
  },
);

Deno.test("where nothing comes for a while and then all of it, sound stands still for what was not held back", () => {
  const packets = steady(
    500,
    (i) => i >= 400 && i < 425 ? 50 + (425 - i) * PACKET_MS : 50,
  );
  const { concealedMs, events } = new Listener().takeAll(packets)
    .heard(packets[499].atMs);
  assertEquals(events, 1);
  // It was away for 500 ms, and less than 100 had been held back.
  assert(concealedMs >= 400 && concealedMs <= 500);
});

Deno.test("after sound stood still, more is held back than is needed, and less again with time", () => {
  const packets = steady(
    4000,
    (i) => i >= 400 && i < 425 ? 50 + (425 - i) * PACKET_MS : 50,
  );
  const listener = new Listener().takeAll(packets.slice(0, 500));
  const after = listener.playout.delayMs;
  listener.takeAll(packets.slice(500));
  assert(after > 200);
  assert(listener.playout.delayMs < 110);
});

/** Twice a second packets come so much later than the others, and those after them in one go. */
function unsteady(lateMs: number) {
  return (index: number) => 50 + Math.max(0, lateMs - (index % 25) * PACKET_MS);
}

/** For how long packets waited on average, the last thousand of so many. */
function waitedMs(packets: readonly Came[]): number {
  const listener = new Listener();
  const figures = [packets.slice(0, -1000), packets.slice(-1000)]
    .map((some) => {
      const { playout } = listener.takeAll(some);
      return playout.figures({ nowMs: some.at(-1)!.atMs });
    });
  const [from, to] = figures;
  return (to.jitterBufferDelayMs - from.jitterBufferDelayMs) /
    (to.jitterBufferEmittedCount - from.jitterBufferEmittedCount);
}

Deno.test.each([
  { lateMs: 75, waitMs: [115, 170], why: "and not more than it may be" },
  { lateMs: 150, waitMs: [190, 320], why: "as packets come very late" },
  { lateMs: 0, waitMs: [20, 45], why: "as none comes late" },
])(
  "what was held back once is while packets come $lateMs ms late: $why",
  ({ lateMs, waitMs: [least, most] }) => {
    const takes = unsteady(lateMs);
    const outage = (i: number) => i >= 1000 && i < 1050 ? 1050 - i : 0;
    const packets = steady(8000, (i) => takes(i) + outage(i) * PACKET_MS);
    const ms = waitedMs(packets);
    assert(least <= ms && ms <= most, `${ms}`);
    // Each loss makes it less, down to what is needed.
    const lossy = waitedMs(packets.filter(({ index }) => index % 7 !== 3));
    assert(lossy <= ms, `${lossy}`);
    assertAlmostEquals(lossy, lateMs, 25);
  },
);

Deno.test.each([
  { stepMs: 40, concealedMs: 0, why: "it was held back for that" },
  { stepMs: 200, concealedMs: 60, why: "it stands still only for a moment" },
  { stepMs: 300, concealedMs: 240, why: "and until half of it waits again" },
  { stepMs: 600, concealedMs: 540, why: "and until half of it waits again" },
])(
  "where each packet takes $stepMs ms more from now on, $concealedMs ms are made up: $why",
  ({ stepMs, concealedMs }) => {
    const takes = unsteady(150);
    const from = 3010;
    const packets = steady(
      from + 50,
      (i) => i < from ? takes(i) : 50 + stepMs,
    );
    const listener = new Listener().takeAll(packets.slice(0, from));
    const before = listener.heard(packets[from - 1].atMs).concealedMs;
    const after = listener.takeAll(packets.slice(from))
      .heard(packets[from + 49].atMs).concealedMs;
    assertAlmostEquals(after - before, concealedMs, 20);
  },
);

Deno.test.each([
  { afterPackets: 30, concealedMs: 10, why: "more than enough waits" },
  { afterPackets: 700, concealedMs: 20, why: "what waits is needed" },
])(
  "a lost packet costs $concealedMs ms where $why",
  ({ afterPackets, concealedMs }) => {
    const packets = steady(
      4900,
      (i) => i >= 4000 && i < 4025 ? 50 + (4025 - i) * PACKET_MS : 50,
    );
    const made = [-1, 4025 + afterPackets].map((lost) =>
      new Listener().takeAll(packets.filter(({ index }) => index !== lost))
        .heard(packets[4899].atMs).concealedMs
    );
    assertEquals(made[1] - made[0], concealedMs);
  },
);

Deno.test("an outage is made up for as long as it goes on, and what it lost is not made up again", () => {
  const packets = steady(500).filter(({ index }) =>
    index < 100 || index >= 300
  );
  const listener = new Listener().takeAll(packets.slice(0, 100));
  assertAlmostEquals(listener.heard(6000).concealedMs, 3930, 100);
  const { concealedMs, events } = listener.takeAll(packets.slice(100))
    .heard(10_000);
  assertAlmostEquals(concealedMs, 4000, 100);
  assertEquals(events, 1);
});

Deno.test("jitter is learnt: at first it costs sound, later delay", () => {
  const jitter = (i: number) => 50 + (i * 7919 % 101);
  const packets = steady(3000, jitter);
  const listener = new Listener().takeAll(packets.slice(0, 1500));
  const before = listener.heard(packets[1499].atMs).concealedMs;
  listener.takeAll(packets.slice(1500));
  const after = listener.heard(packets[2999].atMs).concealedMs;
  assert(before > 0);
  assert((after - before) / 30_000 < 0.01);
  assert(listener.playout.delayMs > 60);
});

Deno.test.each([
  { why: "when timestamps go on from elsewhere", leapMs: 100_000 },
  { why: "when timestamps go back", leapMs: -100_000 },
])("nothing is made up $why", ({ leapMs }) => {
  const packets = steady(500);
  const listener = new Listener().takeAll(packets.slice(0, 250));
  for (const packet of packets.slice(250)) listener.take(packet, leapMs);
  assert(listener.heard(packets[499].atMs).concealedMs <= PACKET_MS);
});

Deno.test("what its sender does not send is not made up: silence within the numbering, and a pause", () => {
  const packets = steady(500);
  const listener = new Listener().takeAll(packets.slice(0, 200));
  // The next one comes 400 ms later, and says so.
  for (const { index, atMs } of packets.slice(200, 300)) {
    listener.take({ index, atMs: atMs + 400 }, 400);
  }
  const nowMs = packets[299].atMs + 400;
  const before = listener.heard(nowMs).concealedMs;
  assert(before <= 340);
  listener.playout.pause({ nowMs });
  assertEquals(listener.heard(nowMs + 60_000).concealedMs, before);
  listener.playout.resume();
  assertEquals(listener.heard(nowMs + 61_000).concealedMs, before);
});

Deno.test("packets that wait say for how long", () => {
  const packets = steady(2000);
  const { playout } = new Listener().takeAll(packets);
  const figures = playout.figures({ nowMs: packets[1999].atMs });
  const delayMs = figures.jitterBufferDelayMs /
    figures.jitterBufferEmittedCount;
  assert(delayMs > 10 && delayMs < 90);
});

Deno.test("whatever comes, when and of whatever numbers, what was heard stays within the time that passed", () => {
  let state = 1;
  const random = () =>
    (state = (state * 1103515245 + 12345) & 0x7fffffff) / 0x80000000;
  for (let seed = 1; seed <= 40; seed++) {
    state = seed;
    const listener = new Listener();
    let nowMs = 0;
    for (let i = 0; i < 500; i++) {
      // A clock may be read out of order.
      nowMs += (random() - 0.2) * 50;
      const index = random() < 0.7 ? i : Math.floor(random() * 65_536);
      const leapMs = random() < 0.9 ? 0 : (random() - 0.5) * 40_000_000;
      if (random() < 0.01) listener.playout.pause({ nowMs });
      if (random() < 0.1) listener.playout.resume();
      if (random() < 0.01) listener.playout.leaveOut({ nowMs });
      listener.take({ index, atMs: nowMs }, leapMs);
    }
    const { concealedMs, totalMs } = listener.heard(nowMs);
    assert(concealedMs >= 0 && concealedMs <= totalMs);
    // What is about to be played is settled with its packet.
    assert(totalMs <= nowMs + 5000);
    assert(listener.playout.delayMs < 10_000);
  }
});

Deno.test.each([
  { why: "a network that jitters", jitterMs: 60, lossRatio: 0 },
  { why: "losses", jitterMs: 10, lossRatio: 0.1 },
  { why: "packets that overtake each other", jitterMs: 200, lossRatio: 0.02 },
])("how often somebody looks changes nothing of what is heard: $why", (one) => {
  const random = createRandom(3, one.why);
  const packets = Array.from({ length: 900 }, (_, index) => ({
    index,
    atMs: index * PACKET_MS + one.jitterMs * random(),
  })).filter(() => random() >= one.lossRatio);
  const hear = (everyPackets: number) => {
    const listener = new Listener();
    const inOrder = packets.toSorted((a, b) => a.atMs - b.atMs);
    for (const [i, packet] of inOrder.entries()) {
      listener.take(packet);
      const { playout } = listener;
      if (i === 310) playout.minDelayMs = 200;
      if (i === 500) playout.pause({ nowMs: packet.atMs });
      if (i === 505) playout.resume();
      if (i % everyPackets === 0) playout.advance({ nowMs: packet.atMs });
    }
    return listener.playout.figures({ nowMs: 900 * PACKET_MS });
  };
  assertEquals(hear(7), hear(1));
  assertEquals(hear(Infinity), hear(1));
});

Deno.test.each([
  { stoodMs: 1_000, why: "all of it still waits its turn" },
  { stoodMs: 3_000, why: "two seconds and more of it" },
  { stoodMs: 4_200, why: "more than the buffer holds" },
  { stoodMs: 30_000, why: "the buffer is filled again and again" },
])(
  "what comes all at once after $stoodMs ms is heard from then on, and nothing is made up any more: $why",
  ({ stoodMs }) => {
    const from = 200;
    const late = stoodMs / PACKET_MS;
    const backMs = (from + late) * PACKET_MS + 50;
    const packets = steady(from + late + 500).map(({ index, atMs }) => ({
      index,
      atMs: index >= from ? Math.max(atMs, backMs) : atMs,
    }));
    const listener = new Listener().takeAll(packets);
    const { concealedMs, events } = listener.heard(packets.at(-1)!.atMs);
    assertAlmostEquals(concealedMs, stoodMs, 100);
    assertEquals(events, 1);
  },
);

/** Sound of two seconds, then a packet of so many bytes, and then one each 400 ms, of which some are lost, and sound again from 4 s on. */
function talkAndSilence(bytes: number, lost: readonly number[] = []): Listener {
  const listener = new Listener();
  for (let index = 0; index < 100; index++) {
    listener.take({ index, atMs: index * PACKET_MS });
  }
  // Their numbers go on by one.
  for (let i = 0; i < 5; i++) {
    const index = 100 + i;
    if (lost.includes(i)) continue;
    const atMs = 2000 + i * 400;
    listener.take({ index, atMs }, atMs - index * PACKET_MS, bytes);
  }
  return listener;
}

interface SilenceCase {
  readonly why: string;
  readonly bytes: number;
  readonly lost?: readonly number[];
  readonly concealedMs: readonly [least: number, most: number];
}

const SILENCE_CASES: readonly SilenceCase[] = [
  {
    why: "that it tells of by packets of a byte",
    bytes: 1,
    concealedMs: [0, 0],
  },
  { why: "by packets of two bytes", bytes: 2, concealedMs: [0, 0] },
  {
    why: "of whose packets one is lost",
    bytes: 1,
    lost: [2],
    concealedMs: [0, 0],
  },
  {
    why: "of whose packets several are lost",
    bytes: 2,
    lost: [1, 3, 4],
    concealedMs: [0, 0],
  },
  {
    why: "that begins with the loss of the packet that tells of it",
    bytes: 1,
    lost: [0],
    concealedMs: [20, 400],
  },
  { why: "that is told of by nothing", bytes: 3, concealedMs: [300, 400] },
];

Deno.test.each(SILENCE_CASES)(
  "of silence $why, $concealedMs ms are made up at most while it lasts",
  ({ bytes, lost, concealedMs: [least, most] }: SilenceCase) => {
    const listener = talkAndSilence(bytes, lost);
    // Just before the next one would be due.
    const { concealedMs, totalMs } = listener.heard(3990);
    assert(least <= concealedMs && concealedMs <= most, `${concealedMs}`);
    assertAlmostEquals(totalMs, 3980, 30);
  },
);

Deno.test("after silence that was told of, lost sound is made up again, and only that", () => {
  const listener = talkAndSilence(1);
  const from = 105;
  for (let i = 0; i < 100; i++) {
    const index = from + i;
    if (i === 50 || i === 51) continue;
    const atMs = 4000 + i * PACKET_MS;
    listener.take({ index, atMs }, atMs - index * PACKET_MS);
  }
  const { concealedMs, events } = listener.heard(5990);
  assertEquals([concealedMs, events], [40, 1]);
});
