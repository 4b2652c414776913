import { assertEquals } from "@std/assert";
import {
  layerFor,
  watchBandwidth,
} from "../../../../lib/sfu/signaling/bandwidth.ts";
import { FakeClock } from "../../../../lib/testing/mod.ts";

Deno.test.each<[bps: number, layer: number]>([
  [0, 0],
  [199_999, 0],
  [200_000, 1],
  [599_999, 1],
  [600_000, 2],
])("%i bit/s fit layer %i", (bps, layer) => {
  assertEquals(layerFor(bps), layer);
});

Deno.test("layers switch when the tier changes, at most every two seconds", () => {
  const clock = new FakeClock();
  const layers: number[] = [];
  const watch = watchBandwidth(clock, {
    report: () => {},
    prefer: (layer) => layers.push(layer),
  });
  watch.estimated(700_000);
  watch.estimated(800_000);
  watch.estimated(100_000);
  clock.advance(2000);
  watch.estimated(100_000);
  watch.stop();
  assertEquals(layers, [2, 0]);
});

Deno.test("a report comes every ten seconds, if the estimate changed", () => {
  const clock = new FakeClock();
  const reports: number[] = [];
  const watch = watchBandwidth(clock, {
    report: (bps) => reports.push(bps),
    prefer: () => {},
  });
  clock.advance(10_000);
  watch.estimated(1);
  watch.estimated(2);
  clock.advance(10_000);
  clock.advance(10_000);
  watch.estimated(3);
  watch.stop();
  clock.advance(10_000);
  assertEquals(reports, [2]);
  assertEquals(clock.pendingTimers, 0);
});
