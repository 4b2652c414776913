/** What holds of a link and a stream whatever the impairment: drawn by seeds. */

import { assert, assertEquals } from "@std/assert";
import { fc } from "../../fuzz/deps.ts";
import {
  checkImpairment,
  describeImpairment,
  type Impairment,
  Link,
  type LinkImpairment,
  Network,
  parseImpairment,
  Stream,
} from "../../../lib/impairment/mod.ts";
import { createRandom } from "../../../lib/load/mod.ts";
import { FakeClock } from "../../../lib/testing/mod.ts";

const ratio = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const ms = (most: number) => fc.integer({ min: 0, max: most });

/** An impairment with any of its fields, as far as there can be one. */
const link: fc.Arbitrary<LinkImpairment> = fc.record({
  lossRatio: ratio,
  lossBurstPackets: fc.integer({ min: 1, max: 20 }),
  lossInBurstRatio: fc.integer({ min: 1, max: 100 }).map((one) => one / 100),
  delayMs: ms(200),
  jitterMs: ms(200),
  jitterReorders: fc.boolean(),
  reorderRatio: ratio,
  reorderMs: ms(100),
  duplicateRatio: ratio,
  rateBps: fc.integer({ min: 8000, max: 5_000_000 }),
  queueBytes: fc.integer({ min: 1500, max: 100_000 }),
  outageMs: ms(300),
  outageEveryMs: fc.integer({ min: 300, max: 2000 }),
}, { requiredKeys: [] }).filter((one) => {
  try {
    checkImpairment({ inbound: one });
    return true;
  } catch {
    return false;
  }
});

interface Passed {
  readonly enteredMs: number;
  readonly bytes: number;
  readonly copies: number;
  readonly releaseMs: number;
}

/** 400 packets through a link, some at once and some apart. */
function through(impairment: LinkImpairment, seed: number): Passed[] {
  const draw = createRandom(seed, "packets");
  const one = new Link(impairment, createRandom(seed, "link"), 0);
  let nowMs = 0;
  return Array.from({ length: 400 }, () => {
    nowMs += draw() < 0.3 ? 0 : draw() * 12;
    const bytes = 40 + Math.floor(draw() * 1160);
    one.enter(nowMs, bytes);
    const { copies, releaseMs } = one;
    return { enteredMs: nowMs, bytes, copies, releaseMs };
  });
}

Deno.test("nothing comes out before it went in, more than twice, or in an outage", () => {
  fc.assert(fc.property(link, fc.nat(1e6), (impairment, seed) => {
    const { outageMs = 0, outageEveryMs, duplicateRatio = 0 } = impairment;
    for (const { enteredMs, copies, releaseMs } of through(impairment, seed)) {
      assert(copies === 0 || copies === 1 || copies === 2);
      if (duplicateRatio === 0) assert(copies < 2);
      if (copies === 0) continue;
      assert(releaseMs >= enteredMs);
      const phaseMs = outageEveryMs === undefined
        ? enteredMs
        : enteredMs % outageEveryMs;
      const isOut = outageEveryMs === undefined
        ? phaseMs < outageMs
        : phaseMs >= outageEveryMs - outageMs;
      assert(outageMs === 0 || !isOut);
    }
  }));
});

Deno.test("where nothing may overtake, everything comes out in the order in which it went in", () => {
  fc.assert(fc.property(link, fc.nat(1e6), (drawn, seed) => {
    const impairment = { ...drawn, jitterReorders: false, reorderRatio: 0 };
    let lastMs = -Infinity;
    for (const { copies, releaseMs } of through(impairment, seed)) {
      if (copies === 0) continue;
      assert(releaseMs > lastMs || impairment.rateBps === undefined);
      assert(releaseMs >= lastMs);
      lastMs = releaseMs;
    }
  }));
});

Deno.test("no stretch of time lets more through than the rate, and none waits longer than the queue takes", () => {
  fc.assert(fc.property(
    fc.integer({ min: 8000, max: 3_000_000 }),
    fc.option(fc.integer({ min: 1500, max: 60_000 }), { nil: undefined }),
    fc.nat(1e6),
    (rateBps, queueBytes, seed) => {
      const passed = through({ rateBps, queueBytes }, seed)
        .filter(({ copies }) => copies > 0);
      const bytesPerMs = rateBps / 8000;
      const queue = queueBytes ?? rateBps / 8 / 2;
      for (const { enteredMs, releaseMs, bytes } of passed) {
        const longestMs = Math.max(queue, bytes + 28) / bytesPerMs;
        assert(releaseMs - enteredMs <= longestMs + 1e-6);
      }
      for (let i = 1; i < passed.length; i++) {
        const apartMs = passed[i].releaseMs - passed[i - 1].releaseMs;
        // 28 bytes of IPv4 and UDP count as well.
        assert(apartMs >= (passed[i].bytes + 28) / bytesPerMs - 1e-6);
      }
    },
  ));
});

Deno.test("the same seed does the same to each packet, whatever else is drawn", () => {
  fc.assert(fc.property(link, fc.nat(1e6), (impairment, seed) => {
    const [once, again] = [1, 2].map(() =>
      JSON.stringify(through(impairment, seed))
    );
    assert(once === again);
  }));
});

Deno.test("what is told of an impairment is read as the same one", () => {
  const impairment: fc.Arbitrary<Impairment> = fc.record({
    inbound: link,
    outbound: link,
    rebind: fc.constant(true),
    mediaOnly: fc.constant(true),
    rebindEveryMs: fc.integer({ min: 1000, max: 100_000 }),
  }, { requiredKeys: [] });
  fc.assert(fc.property(impairment, (one) => {
    const text = describeImpairment(one);
    if (text === "none") return;
    const read = parseImpairment(text);
    // A direction without any setting is none.
    const bare = Object.fromEntries(
      Object.entries(one).filter(([, value]) =>
        typeof value !== "object" || Object.keys(value).length > 0
      ),
    );
    assertEquals<unknown>(read, bare, text);
  }));
});

Deno.test("TCP brings everything once and in order through any network that is not gone for good", () => {
  fc.assert(
    fc.property(link, fc.nat(1e6), (drawn, seed) => {
      // What loses nearly all, or is never back, brings nothing in time.
      const impairment = {
        ...drawn,
        lossRatio: Math.min(drawn.lossRatio ?? 0, 0.3),
        outageMs: Math.min(drawn.outageMs ?? 0, 100),
        rateBps: Math.max(drawn.rateBps ?? 1e6, 100_000),
      };
      const clock = new FakeClock();
      const network = new Network((direction) => createRandom(seed, direction));
      network.impair({ inbound: impairment, outbound: impairment }, 0);
      const stream = new Stream(network, clock);
      const draw = createRandom(seed, "messages");
      const arrived: number[] = [];
      for (let i = 0; i < 30; i++) {
        clock.advance(draw() * 50);
        const bytes = Math.floor(draw() * 4000);
        stream.carry("outbound", bytes, () => arrived.push(i));
      }
      clock.advance(3_600_000);
      assertEquals(arrived, Array.from({ length: 30 }, (_, i) => i));
      assertEquals(clock.pendingTimers, 0);
    }),
    { numRuns: 60 },
  );
});
