import { assertEquals } from "@std/assert";
import {
  Network,
  parseImpairment,
  Stream,
} from "../../../lib/impairment/mod.ts";
import type { Direction } from "../../../lib/impairment/network.ts";
import { createRandom } from "../../../lib/load/mod.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";

/** A stream through a network, and when what was sent arrived, in whole milliseconds. */
function through(impairment: string | null, draws?: readonly number[]) {
  const clock = new FakeClock();
  const scripted = draws && [...draws];
  const network = new Network((direction) =>
    scripted === undefined
      ? createRandom(1, direction)
      : () => scripted.shift() ?? 0.999
  );
  if (impairment !== null) network.impair(parseImpairment(impairment), 0);
  const stream = new Stream(network, clock);
  const arrivals: (readonly [what: string, ms: number])[] = [];
  const send = (what: string, direction: Direction = "outbound", bytes = 100) =>
    stream.carry(
      direction,
      bytes,
      () => arrivals.push([what, Math.round(clock.nowMs())]),
    );
  return { clock, network, stream, arrivals, send };
}

Deno.test("nothing keeps back what goes through a network that is not impaired", () => {
  const { arrivals, send, clock } = through(null);
  send("a");
  assertEquals([arrivals, clock.pendingTimers], [[["a", 0]], 0]);
});

interface Way {
  readonly impairment: string;
  /** What chance draws, in turn. */
  readonly draws?: readonly number[];
  readonly direction?: Direction;
  readonly bytes?: number;
  readonly ms: number;
  readonly why: string;
}

const WAYS: readonly Way[] = [
  {
    impairment: "in.delay=80ms,out.delay=120ms",
    ms: 120,
    why: "the way out takes its own delay",
  },
  {
    impairment: "in.delay=80ms,out.delay=120ms",
    direction: "inbound",
    ms: 80,
    why: "the way in takes its own delay",
  },
  {
    impairment: "loss=50%,delay=30ms",
    // Both links begin, the one out badly; what it loses makes it good.
    draws: [0.9, 0.1, 0.1],
    ms: 200 + 60 + 30,
    why: "what is lost is sent again after a round trip and 200 ms",
  },
  {
    impairment: "loss=50%,delay=30ms",
    draws: [0.9, 0.1, 0.9, 0.1],
    ms: 3 * (200 + 60) + 30,
    why: "what is lost twice, after twice that again",
  },
  {
    impairment: "outage=1s",
    ms: 1400,
    why: "an outage is tried after 200 ms, 600 ms, 1.4 s",
  },
  {
    impairment: "outage=2500ms,delay=50ms",
    ms: 300 + 600 + 1200 + 2400 + 50,
    why: "the longer it lasts the later somebody tries again",
  },
  {
    impairment: "rate=80k",
    bytes: 4000,
    ms: 416,
    why: "each segment goes through the rate with its headers",
  },
  {
    impairment: "satellite,media-only",
    ms: 0,
    why: "signaling is left alone",
  },
];

Deno.test.each(WAYS)("$impairment: $why", (way) => {
  const { arrivals, send, clock } = through(way.impairment, way.draws);
  send("it", way.direction, way.bytes);
  clock.advance(20_000);
  assertEquals(arrivals, [["it", way.ms]]);
});

Deno.test("everything arrives in order, though much is lost and overtaken", () => {
  const { arrivals, send, clock } = through(
    "loss=30%,delay=50ms,jitter=40ms,jitter-reorders=yes,duplicate=20%",
  );
  const all = Array.from({ length: 200 }, (_, i) => String(i));
  for (const one of all) {
    send(one);
    clock.advance(5);
  }
  clock.advance(120_000);
  assertEquals(arrivals.map(([what]) => what), all);
  assertEquals(clock.pendingTimers, 0);
});

Deno.test("nothing of one way waits for the other", () => {
  const { arrivals, send, clock } = through("out.outage=10s");
  send("out");
  send("in", "inbound");
  assertEquals(arrivals, [["in", 0]]);
  clock.advance(20_000);
  assertEquals(arrivals.length, 2);
});

Deno.test("what waits comes once the network is well again, and what follows does not overtake it", () => {
  const { arrivals, send, clock, network } = through("loss=100%");
  send("a");
  clock.advance(700);
  network.impair(null, 700);
  send("b");
  assertEquals(arrivals, []);
  clock.advance(60_000);
  assertEquals(arrivals, [["a", 1400], ["b", 1400]]);
  send("c");
  assertEquals(arrivals.at(-1), ["c", 61_400 - 700]);
});

Deno.test("what is forgotten never arrives, and leaves no timer", () => {
  const { arrivals, send, clock, stream } = through("delay=100ms");
  send("a");
  send("b", "inbound");
  stream.forget();
  assertEquals(clock.pendingTimers, 0);
  clock.advance(1000);
  assertEquals(arrivals, []);
});

Deno.test("whoever waits for one message goes on before the next one is handed out", async () => {
  const { clock, stream } = through("outage=1s");
  const order: string[] = [];
  const first = Promise.withResolvers<void>();
  first.promise.then(() => order.push("went on"));
  stream.carry("inbound", 10, () => first.resolve());
  stream.carry("inbound", 10, () => order.push("next"));
  await clock.run(5000);
  assertEquals(order, ["went on", "next"]);
});

Deno.test.each([
  { impairment: "loss=3%,burst=3,delay=75ms", most: 0.0005, least: 0 },
  { impairment: "loss=10%,burst=5,delay=40ms", most: 0.005, least: 0 },
  // Such a burst outlives each try.
  { impairment: "loss=30%,burst=400,delay=40ms", most: 0.5, least: 0.0005 },
])(
  "a burst is over before somebody tries again, but for a long one: $impairment",
  ({ impairment, most, least }) => {
    const { clock, send, arrivals } = through(impairment);
    const MESSAGES = 4000;
    let late = 0;
    for (let i = 0; i < MESSAGES; i++) {
      const sentMs = clock.nowMs();
      send(`${i}`);
      clock.advance(5000);
      if (arrivals.at(-1)?.[0] !== `${i}`) {
        late++;
        clock.advance(500_000 - (clock.nowMs() - sentMs));
      }
    }
    const share = late / MESSAGES;
    assertEquals([share <= most, share >= least], [true, true], `${share}`);
  },
);
