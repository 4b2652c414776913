import { assertEquals } from "@std/assert";
import {
  layerFor,
  watchBandwidth,
} from "../../../../lib/sfu/signaling/bandwidth.ts";
import { FakeScheduler } from "../fake_scheduler.ts";

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
  const scheduler = new FakeScheduler();
  const layers: number[] = [];
  const watch = watchBandwidth(scheduler, {
    report: () => {},
    prefer: (layer) => layers.push(layer),
  });
  watch.estimated(700_000);
  watch.estimated(800_000);
  watch.estimated(100_000);
  scheduler.pass(2000);
  watch.estimated(100_000);
  watch.stop();
  assertEquals(layers, [2, 0]);
});

Deno.test("a report comes every ten seconds, if the estimate changed", () => {
  const scheduler = new FakeScheduler();
  const reports: number[] = [];
  const watch = watchBandwidth(scheduler, {
    report: (bps) => reports.push(bps),
    prefer: () => {},
  });
  scheduler.pass(10_000);
  watch.estimated(1);
  watch.estimated(2);
  scheduler.pass(10_000);
  scheduler.pass(10_000);
  watch.estimated(3);
  watch.stop();
  scheduler.pass(10_000);
  assertEquals(reports, [2]);
  assertEquals(scheduler.waiting, 0);
});
