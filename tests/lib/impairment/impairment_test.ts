/** What no network can do is refused in a line, whoever asks for it. */

import { assertEquals, assertThrows } from "@std/assert";
import {
  checkImpairment,
  type Impairment,
  IMPAIRMENT_PROFILES,
  type LinkImpairment,
} from "../../../lib/impairment/mod.ts";

Deno.test.each<{ why: string; link: LinkImpairment }>([
  { why: "nothing", link: {} },
  { why: "all is lost", link: { lossRatio: 1 } },
  { why: "all comes twice", link: { duplicateRatio: 1 } },
  { why: "the longest delay", link: { delayMs: 10_000, jitterMs: 10_000 } },
  { why: "a day without a network", link: { outageMs: 86_400_000 } },
  {
    why: "an outage as long as the time between two",
    link: { outageMs: 5000, outageEveryMs: 5000 },
  },
  { why: "the least rate", link: { rateBps: 1000 } },
  {
    why: "the least queue before the largest rate",
    link: { rateBps: 1e12, queueBytes: 1500 },
  },
  {
    why: "half lost, one at a time",
    link: { lossRatio: 0.5, lossBurstPackets: 1 },
  },
  {
    why: "nine of ten lost in bursts of nine",
    link: { lossRatio: 0.9, lossBurstPackets: 9 },
  },
  {
    why: "half of each burst",
    link: { lossRatio: 0.25, lossBurstPackets: 1, lossInBurstRatio: 0.5 },
  },
])("a network can have $why", ({ link }) => {
  checkImpairment({ inbound: link });
  checkImpairment({ outbound: link });
});

const out = (link: LinkImpairment): Impairment => ({ outbound: link });

Deno.test.each<{ impairment: Impairment; says: string }>([
  {
    impairment: out({ lossRatio: -0.1 }),
    says: "lossRatio -0.1 is not from 0",
  },
  { impairment: out({ reorderRatio: 1.01 }), says: "reorderRatio 1.01 is not" },
  {
    impairment: out({ duplicateRatio: Infinity }),
    says: "duplicateRatio Infinity is not from 0 to 1",
  },
  {
    impairment: out({ jitterMs: 10_001 }),
    says: "jitterMs 10001 is not from 0 to 10000",
  },
  { impairment: out({ reorderMs: -1 }), says: "reorderMs -1 is not from 0" },
  {
    impairment: out({ outageMs: 86_400_001 }),
    says: "outageMs 86400001 is not from 0 to 86400000",
  },
  { impairment: out({ rateBps: NaN }), says: "rateBps NaN is not from 1000" },
  {
    impairment: out({ rateBps: 1e6, queueBytes: 1499 }),
    says: "queueBytes 1499 is not from 1500",
  },
  {
    impairment: out({ lossRatio: 0.51, lossBurstPackets: 1 }),
    says: "bursts of 1 packet cannot come to a lossRatio of 0.51",
  },
  {
    impairment: out({
      lossRatio: 0.3,
      lossBurstPackets: 1,
      lossInBurstRatio: 0.5,
    }),
    says: "bursts of 1 packet cannot come to a lossRatio of 0.3",
  },
  {
    impairment: out({
      lossRatio: 0.1,
      lossBurstPackets: 5,
      lossInBurstRatio: 0,
    }),
    says: "bursts of 5 packets cannot come to a lossRatio of 0.1",
  },
  {
    impairment: { rebindEveryMs: 999 },
    says: "rebindEveryMs 999 is not from 1000 to 86400000",
  },
  {
    impairment: out({ delayMs: "50" as unknown as number }),
    says: "delayMs 50 is not from 0 to 10000",
  },
])("a network cannot have what is out of bounds: $says", (row) => {
  const error = assertThrows(
    () => checkImpairment(row.impairment),
    RangeError,
    row.says,
  );
  assertEquals(error.message.startsWith("Cannot impair "), true);
  assertEquals(error.message.includes("\n"), false);
});

Deno.test("the direction is named that is wrong", () => {
  const wrong = { delayMs: -1 };
  assertThrows(
    () => checkImpairment({ inbound: wrong, outbound: {} }),
    RangeError,
    "Cannot impair inbound packets: delayMs",
  );
  assertThrows(
    () => checkImpairment({ inbound: {}, outbound: wrong }),
    RangeError,
    "Cannot impair outbound packets: delayMs",
  );
});

Deno.test("every profile is a network that there can be, and its narrower way is up", () => {
  for (const profile of Object.values(IMPAIRMENT_PROFILES)) {
    const impairment: Impairment = profile;
    checkImpairment(impairment);
    const { inbound, outbound } = impairment;
    const least = outbound?.rateBps ?? Infinity;
    assertEquals(least <= (inbound?.rateBps ?? Infinity), true);
    assertEquals(outbound?.delayMs, inbound?.delayMs);
  }
});
