import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  checkImpairment,
  describeImpairment,
  type Impairment,
  IMPAIRMENT_PROFILES,
  parseImpairment,
} from "../../../lib/impairment/mod.ts";

Deno.test("a profile is named by its name, and every profile is one that can be", () => {
  for (const [name, impairment] of Object.entries(IMPAIRMENT_PROFILES)) {
    assertEquals(parseImpairment(name), impairment);
    assertEquals(describeImpairment(impairment), name);
    checkImpairment(impairment);
  }
});

const both = (link: Impairment["inbound"]): Impairment => ({
  inbound: link,
  outbound: link,
});

const TEXTS: readonly [string, Impairment][] = [
  ["loss=5%", both({ lossRatio: 0.05 })],
  ["loss=0.1%,delay=50ms", both({ lossRatio: 0.001, delayMs: 50 })],
  ["loss=7%", both({ lossRatio: 0.07 })],
  ["in.loss=20%", { inbound: { lossRatio: 0.2 } }],
  ["out.rate=750k,out.queue=64k", {
    outbound: { rateBps: 750_000, queueBytes: 64_000 },
  }],
  ["delay=0.3s,in.jitter=20", {
    inbound: { delayMs: 300, jitterMs: 20 },
    outbound: { delayMs: 300 },
  }],
  [
    "jitter=20ms,jitter-reorders=yes",
    both({
      jitterMs: 20,
      jitterReorders: true,
    }),
  ],
  [
    "reorder=1%,reorder-delay=40,duplicate=.5%",
    both({
      reorderRatio: 0.01,
      reorderMs: 40,
      duplicateRatio: 0.005,
    }),
  ],
  [
    "loss=4%,burst=3,burst-loss=50%",
    both({
      lossRatio: 0.04,
      lossBurstPackets: 3,
      lossInBurstRatio: 0.5,
    }),
  ],
  [
    "outage=3s,outage-every=30s,rate=1.5M",
    both({
      outageMs: 3000,
      outageEveryMs: 30_000,
      rateBps: 1_500_000,
    }),
  ],
  ["delay=20ms,media-only", { ...both({ delayMs: 20 }), mediaOnly: true }],
  ["satellite,media-only", {
    ...IMPAIRMENT_PROFILES.satellite,
    mediaOnly: true,
  }],
  [
    "call-drop,delay=0,jitter=0",
    both({ delayMs: 0, jitterMs: 0, outageMs: 4000, outageEveryMs: 30_000 }),
  ],
  ["rebind", { rebind: true }],
  ["rebind-every=10s", { rebindEveryMs: 10_000 }],
  ["rebind,in.loss=1%,rebind-every=1500", {
    inbound: { lossRatio: 0.01 },
    rebind: true,
    rebindEveryMs: 1500,
  }],
];

for (const [text, impairment] of TEXTS) {
  Deno.test(`"${text}" is read, and what is told of it reads the same`, () => {
    assertEquals(parseImpairment(text), impairment);
    assertEquals(parseImpairment(describeImpairment(impairment)), impairment);
  });
}

Deno.test.each([
  "in.rate=400k",
  "in.rate=1.5M",
  "in.rate=2M,in.queue=64k",
  "in.rate=1234567",
  "in.rate=1001",
])("%s is told as people write it", (text) => {
  assertEquals(describeImpairment(parseImpairment(text)), text);
});

Deno.test("nothing is told as none", () => {
  assertEquals(describeImpairment({}), "none");
});

const WRONG: readonly [string, string][] = [
  ["rebind=yes", "sets none of"],
  ["in.rebind-every=5s", "sets none of"],
  ["rebind-every=often", '"often" is not a time'],
  ["rebind-every=0", "rebindEveryMs 0 is not from 1000 to"],
  ["rebind,loss", "sets none of"],
  ["5g", "3g, satellite"],
  ["loss=5", '"5" is not a share from 0% to 100%'],
  ["in.duplicate=150%", '"150%" is not a share from 0% to 100%'],
  ["loss=x", '"x" is not a share'],
  ["lost=5%", "loss, burst"],
  ["toString=5%", "loss, burst"],
  ["delay=1m", "is not a time"],
  ["delay=11s", "delayMs 11000 is not from 0 to 10000"],
  ["rate=10", "rateBps 10 is not from 1000 to"],
  ["rate=2000000M", "rateBps 2000000000000 is not from 1000 to 1000000000000"],
  ["rate=1M,queue=100", "queueBytes 100 is not from 1500, a packet, to"],
  ["rate=1M,queue=4000000k", "queueBytes 4000000000 is not from 1500"],
  ["queue=64k", "queueBytes needs a rateBps"],
  ["burst-loss=50%", "lossInBurstRatio needs lossBurstPackets"],
  ["loss=60%,burst=1", "bursts of 1 packet cannot come to a lossRatio"],
  ["loss=5%,burst=0", "lossBurstPackets 0 is not from 1 to 1000000"],
  ["loss=5%,burst=2000000", "lossBurstPackets 2000000 is not from 1 to"],
  ["outage-every=5s", "outageEveryMs needs an outageMs"],
  ["outage=6s,outage-every=5s", "outageMs 6000 is longer"],
  ["jitter=5ms,jitter-reorders=1", "is not yes or no"],
  ["", "it is not one of"],
];

for (const [text, reason] of WRONG) {
  Deno.test(`"${text}" is refused in one line that says why`, () => {
    const { message } = assertThrows(() => parseImpairment(text), Error);
    assert(message.includes(reason), message);
    assertEquals(message.split("\n").length, 1);
  });
}

Deno.test("what is not a number is refused as a number out of its bounds is", () => {
  assertThrows(
    () => checkImpairment({ inbound: { delayMs: NaN } }),
    RangeError,
  );
});
