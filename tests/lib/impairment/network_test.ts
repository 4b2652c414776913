import { assertEquals, assertNotEquals } from "@std/assert";
import { Network } from "../../../lib/impairment/mod.ts";
import { createRandom } from "../../../lib/load/mod.ts";

const LOSSY = { lossRatio: 0.5 };

function openNetwork(): Network {
  return new Network((direction) => createRandom(1, direction));
}

/** How many of so many packets come out. */
function passed({ inbound }: Network, packets: number): number {
  let count = 0;
  for (let ms = 0; ms < packets; ms++) {
    inbound!.enter(ms, 100);
    count += inbound!.copies;
  }
  return count;
}

Deno.test("a network has no links until it is impaired, and none afterwards", () => {
  const network = openNetwork();
  assertEquals([network.isImpaired, network.inbound], [false, undefined]);
  network.impair({ inbound: LOSSY }, 0);
  assertEquals([network.isImpaired, network.outbound], [true, undefined]);
  network.impair(null, 0);
  assertEquals([network.isImpaired, network.inbound], [false, undefined]);
});

Deno.test("whoever watches is told of each change until it stops watching", () => {
  const network = openNetwork();
  const seen: boolean[] = [];
  const stop = network.watch(() => seen.push(network.isImpaired));
  network.impair({ outbound: LOSSY }, 0);
  network.impair(null, 0);
  stop();
  network.impair({ outbound: LOSSY }, 0);
  assertEquals(seen, [true, false]);
});

const OUTAGE = { outageMs: 300 };
const OUTAGES = { outageMs: 300, outageEveryMs: 1000 };

Deno.test.each([
  { why: "nothing", impairment: null, atMs: 9000, restoredMs: -1 },
  { why: "loss", impairment: { inbound: LOSSY }, atMs: 900, restoredMs: -1 },
  { why: "in it", impairment: { inbound: OUTAGE }, atMs: 399, restoredMs: -1 },
  { why: "one", impairment: { inbound: OUTAGE }, atMs: 400, restoredMs: 400 },
  {
    why: "none yet",
    impairment: { inbound: OUTAGES },
    atMs: 1099,
    restoredMs: -1,
  },
  {
    why: "the first",
    impairment: { outbound: OUTAGES },
    atMs: 2099,
    restoredMs: 1100,
  },
  {
    why: "the second",
    impairment: { outbound: OUTAGES },
    atMs: 2100,
    restoredMs: 2100,
  },
  {
    why: "the later of two",
    impairment: { inbound: OUTAGE, outbound: { outageMs: 700 } },
    atMs: 5000,
    restoredMs: 800,
  },
])(
  "$atMs ms on, the last outage that is over ended after $restoredMs: $why",
  ({ impairment, atMs, restoredMs }) => {
    const network = new Network(() => () => 0);
    network.impair(impairment, 100);
    assertEquals(network.restoredMs(atMs), restoredMs);
  },
);

Deno.test("when an outage ended stays known whatever the network does then", () => {
  const network = openNetwork();
  network.impair({ inbound: OUTAGE }, 100);
  network.impair({ inbound: LOSSY }, 900);
  network.impair(null, 950);
  assertEquals(network.restoredMs(9999), 400);
});

Deno.test.each([
  { why: "an outage", impairment: { outbound: OUTAGE }, restoredMs: 200 },
  {
    why: "all of it lost",
    impairment: { inbound: { lossRatio: 1 } },
    restoredMs: 200,
  },
  { why: "half of it lost", impairment: { inbound: LOSSY }, restoredMs: -1 },
])(
  "a network is back when what kept it away is taken off: $why",
  ({ impairment, restoredMs }) => {
    const network = openNetwork();
    network.impair(impairment, 100);
    network.impair(null, 200);
    assertEquals(network.restoredMs(9999), restoredMs);
  },
);

Deno.test("outages come to each network at a time of its own, both ways at once, and the same for the same seed", () => {
  const both = { inbound: OUTAGES, outbound: { ...OUTAGES, delayMs: 5 } };
  const gone = (seed: number) => {
    const network = new Network((way) => createRandom(seed, way));
    network.impair(both, 500);
    const times = Array.from({ length: 3000 }, (_, i) => 500 + i);
    const [inbound, outbound] = [network.inbound!, network.outbound!].map(
      (link) => times.filter((ms) => link.isOut(ms)),
    );
    assertEquals(inbound, outbound);
    assertEquals(inbound.length, 3 * OUTAGES.outageMs);
    return inbound;
  };
  assertEquals(gone(1), gone(1));
  assertNotEquals(gone(1), gone(2));
});

Deno.test("chance goes on where it was when the impairment changes", () => {
  const once = openNetwork();
  once.impair({ inbound: LOSSY }, 0);
  const first = passed(once, 50);
  once.impair({ inbound: LOSSY }, 0);
  const again = openNetwork();
  again.impair({ inbound: LOSSY }, 0);
  assertEquals(passed(again, 50), first);
  assertNotEquals(passed(once, 50), first);
});

Deno.test("NAT changes all ports that there are once, at once, and no later ones", () => {
  const network = openNetwork();
  network.openPath(100);
  network.impair({ rebind: true }, 500);
  assertEquals(network.nextRebindMs(100), 500);
  // Who has another by then is done; so is who came later.
  assertEquals(network.nextRebindMs(501), Infinity);
  network.impair({ inbound: LOSSY }, 600);
  assertEquals(network.nextRebindMs(100), Infinity);
});

Deno.test("where there is no path yet, NAT changes the ports of all that come up within a second of the first", () => {
  const network = openNetwork();
  const close = network.openPath(100);
  close();
  network.impair({ rebind: true }, 500);
  assertEquals(network.nextRebindMs(500), Infinity);
  network.openPath(3000);
  network.openPath(3200);
  assertEquals(network.nextRebindMs(3000), 4000);
  assertEquals(network.nextRebindMs(3200), 4000);
  network.openPath(5000);
  assertEquals(network.nextRebindMs(5000), Infinity);
});

Deno.test.each([{ phase: 0 }, { phase: 0.3 }, { phase: 0.999 }])(
  "NAT changes ports again and again, the first time by chance: $phase",
  ({ phase }) => {
    const network = new Network(() => () => phase);
    network.openPath(100);
    network.impair({ rebind: true, rebindEveryMs: 10_000 }, 50_000);
    const times = [];
    for (let ms = 100; times.length < 4;) {
      times.push(ms = network.nextRebindMs(ms));
    }
    const first = 50_000 + (1 - phase) * 10_000;
    assertEquals(
      times.map(Math.round),
      [50_000, first, first + 10_000, first + 20_000].map(Math.round),
    );
  },
);

Deno.test("who watches and was let go while others were told is told no more", () => {
  const network = openNetwork();
  let told = 0;
  let unwatch = () => {};
  network.watch(() => unwatch());
  unwatch = network.watch(() => told++);
  network.impair({ rebind: true }, 100);
  assertEquals(told, 0);
});
