import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertLessOrEqual,
} from "@std/assert";
import { Link, type LinkImpairment } from "../../../lib/impairment/mod.ts";
import { createRandom } from "../../../lib/load/mod.ts";

const BYTES = 1000;

/** What became of packets that entered one a millisecond: when each came out, `null` for the lost. */
function fates(
  impairment: LinkImpairment,
  packets: number,
  seed = 1,
): (number | null)[] {
  const link = new Link(impairment, createRandom(seed, "link"), 0);
  return Array.from({ length: packets }, (_, ms) => {
    link.enter(ms, BYTES);
    return link.copies === 0 ? null : link.releaseMs;
  });
}

/** Lengths of the stretches of packets that were lost. */
function bursts(all: readonly (number | null)[]): number[] {
  return all.map((fate) => fate === null ? "x" : ".").join("")
    .split(/\.+/).filter((run) => run !== "").map((run) => run.length);
}

Deno.test("a link that does nothing lets packets out as they came", () => {
  assertEquals(fates({}, 3), [0, 1, 2]);
});

Deno.test("a link whose settings are all zero does nothing", () => {
  const nothing = {
    lossRatio: 0,
    delayMs: 0,
    jitterMs: 0,
    reorderRatio: 0,
    duplicateRatio: 0,
    outageMs: 0,
  };
  assertEquals(fates(nothing, 4), [0, 1, 2, 3]);
});

Deno.test("a link that loses everything lets nothing out", () => {
  assertEquals(fates({ lossRatio: 1 }, 3), [null, null, null]);
});

Deno.test("who is patient waits for room in a full queue, where others are dropped", () => {
  const link = new Link({ rateBps: 8000, queueBytes: 2000 }, () => 0.5, 0);
  const enter = (patient: boolean) => {
    link.enter(0, 972, patient);
    return link.copies === 0 ? null : link.releaseMs;
  };
  const fates = [false, false, false, true].map(enter);
  assertEquals(fates, [1000, 2000, null, 3000]);
});

const LOSSES: readonly LinkImpairment[] = [
  { lossRatio: 0.001 },
  { lossRatio: 0.01 },
  { lossRatio: 0.05 },
  { lossRatio: 0.2 },
  { lossRatio: 0.05, lossBurstPackets: 4 },
  { lossRatio: 0.05, lossBurstPackets: 8, lossInBurstRatio: 0.5 },
];

Deno.test.each(LOSSES.map((loss) => ({ loss, text: JSON.stringify(loss) })))(
  "over many packets $text loses the share that it says",
  ({ loss }) => {
    const all = fates(loss, 400_000);
    const lost = all.filter((fate) => fate === null).length;
    const { lossRatio = 0, lossBurstPackets = 1 } = loss;
    // Four standard deviations; those of a burst count as one draw.
    const tolerance = 4 *
      Math.sqrt(lossRatio * 2 * lossBurstPackets / all.length);
    assertAlmostEquals(lost / all.length, lossRatio, tolerance);
  },
);

Deno.test("random losses stand alone, and bursts are as long as they should be", () => {
  const mean = (lengths: readonly number[]) =>
    lengths.reduce((sum, length) => sum + length, 0) / lengths.length;
  const alone = bursts(fates({ lossRatio: 0.05 }, 200_000));
  assertAlmostEquals(mean(alone), 1 / 0.95, 0.05);
  const inBursts = bursts(
    fates({ lossRatio: 0.05, lossBurstPackets: 6 }, 200_000),
  );
  assertAlmostEquals(mean(inBursts), 6, 0.6);
});

Deno.test("the same seed loses the same packets, another one others", () => {
  const link = { lossRatio: 0.1, jitterMs: 5, delayMs: 20 };
  assertEquals(fates(link, 500, 7), fates(link, 500, 7));
  assert(
    JSON.stringify(fates(link, 500, 7)) !== JSON.stringify(fates(link, 500, 8)),
  );
});

Deno.test("a delay holds each packet back by so much", () => {
  assertEquals(fates({ delayMs: 50 }, 3), [50, 51, 52]);
});

Deno.test("jitter spreads the delay evenly around it, in order unless told otherwise", () => {
  const spread = { delayMs: 50, jitterMs: 40 };
  const inOrder = fates(spread, 2000) as number[];
  assert(inOrder.every((ms, i) => i === 0 || ms > inOrder[i - 1]));
  const free = fates({ ...spread, jitterReorders: true }, 20_000) as number[];
  const delays = free.map((ms, i) => ms - i);
  assertLessOrEqual(Math.max(...delays), 90);
  assert(Math.min(...delays) >= 10);
  const mean = delays.reduce((sum, ms) => sum + ms, 0) / delays.length;
  assertAlmostEquals(mean, 50, 1);
  assert(free.some((ms, i) => i > 0 && ms < free[i - 1]));
});

Deno.test("jitter that is larger than the delay lets no packet out before it came in", () => {
  const all = fates({ delayMs: 1, jitterMs: 30, jitterReorders: true }, 500);
  assert(all.every((ms, i) => ms! >= i));
});

Deno.test("reordering holds back its share of the packets, and only those", () => {
  const all = fates({ reorderRatio: 0.1, reorderMs: 25 }, 10_000) as number[];
  const delays = all.map((ms, i) => ms - i);
  const held = delays.filter((ms) => ms > 1).length;
  assertAlmostEquals(held / all.length, 0.1, 0.015);
  assert(delays.every((ms) => ms < 1 || Math.abs(ms - 25) < 1e-6));
});

Deno.test("duplication lets its share of the packets out twice", () => {
  const link = new Link(
    { duplicateRatio: 0.2 },
    createRandom(1, "link"),
    0,
  );
  let twice = 0;
  for (let ms = 0; ms < 10_000; ms++) {
    link.enter(ms, BYTES);
    assert(link.copies === 1 || link.copies === 2);
    if (link.copies === 2) twice++;
  }
  assertAlmostEquals(twice / 10_000, 0.2, 0.02);
});

Deno.test("a rate limit lets packets out at its pace, headers counted", () => {
  // 1,028 bytes at 1,028 bytes a 2 ms.
  const rateBps = 1028 * 8 * 500;
  assertEquals(
    fates({ rateBps, queueBytes: 1e6 }, 4).map((ms) => Math.round(ms!)),
    [2, 4, 6, 8],
  );
});

Deno.test("a rate limit gives no credit for silence", () => {
  const link = new Link({ rateBps: 1028 * 8 * 500 }, () => 0, 0);
  link.enter(1000, BYTES);
  assertEquals(link.releaseMs, 1002);
});

Deno.test("a full queue drops what comes last, and what goes through is the rate", () => {
  const rateBps = 1028 * 8 * 500;
  const all = fates({ rateBps, queueBytes: 4 * 1028 }, 10_000);
  const out = all.filter((ms) => ms !== null);
  assertAlmostEquals(out.length, 5000, 5);
  const longest = Math.max(...all.map((ms, i) => ms === null ? 0 : ms - i));
  // Four packets wait, counting its own bytes.
  assertLessOrEqual(longest, 8.001);
});

Deno.test("a queue drops no packet that finds it empty, however small it is", () => {
  const link = new Link({ rateBps: 8000, queueBytes: 100 }, () => 0, 0);
  link.enter(0, BYTES);
  assertEquals(link.copies, 1);
});

Deno.test("one outage begins at once and ends", () => {
  const all = fates({ outageMs: 3 }, 6);
  assertEquals(all, [null, null, null, 3, 4, 5]);
});

Deno.test("outages come at the end of each stretch", () => {
  const all = fates({ outageMs: 2, outageEveryMs: 5 }, 11);
  assertEquals(
    all.map((ms) => ms === null ? "x" : ".").join(""),
    "...xx...xx.",
  );
});

Deno.test("an outage does not shift the losses that come after it", () => {
  const lossRatio = 0.3;
  const plain = fates({ lossRatio }, 100);
  const after = fates({ lossRatio, outageMs: 40 }, 100);
  assertEquals(after.slice(40), plain.slice(40));
});
