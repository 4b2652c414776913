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
