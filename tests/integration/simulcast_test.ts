/** Simulcast through mediasoup: what a viewer gets of it, and when that changes. */

import { assert, assertEquals, assertLess } from "@std/assert";
import { parseImpairment } from "../../lib/impairment/mod.ts";
import type { Snapshot } from "../../lib/metrics/mod.ts";
import { openFleet } from "../../lib/load/mod.ts";
import { startSfu } from "../../lib/sfu/mod.ts";
import { ENGINES } from "./sfu/engines.ts";
import { mediaPlanOf } from "../../lib/media/mod.ts";
import { planOf } from "../plans.ts";

const MEDIASOUP = ENGINES.find(({ engine }) => engine === "mediasoup")!;

/** One who sends layers, and one who watches, on a server. */
async function senderAndViewer(url: string) {
  const plan = planOf(2, {
    ...mediaPlanOf({ audio: false, simulcast: true, maxAudio: 0, maxVideo: 1 }),
    room: "layers",
    publishRatio: 0.5,
  });
  let watcher: (snapshot: Snapshot) => void = () => {};
  const crowd = await openFleet({
    server: { url },
    seed: plan.seed,
    onSecond: (_, snapshot) => watcher(snapshot),
  });
  await crowd.add(plan);
  /** The numbers of the first second in which it is so. */
  const until = (isSo: (snapshot: Snapshot) => boolean) =>
    new Promise<Snapshot>((resolve) => {
      watcher = (snapshot) => {
        if (isSo(snapshot)) resolve(snapshot);
      };
    });
  return {
    crowd,
    until,
    /** Resolves once the viewer gets this layer. */
    getsLayer: (layer: 0 | 1 | 2) =>
      until(({ gauges }) => gauges[`consumersLayer${layer}`] === 1),
    impairViewer: (text: string | null) =>
      crowd.command({
        type: "impair",
        clients: [1],
        impairment: text === null ? null : parseImpairment(text),
      }),
    [Symbol.asyncDispose]: () => crowd.close(),
  };
}

/** mediasoup 3.18 leaves out one sequence number where it goes from one layer to another. */
function assertNothingLost({ counters }: Snapshot): void {
  assertLess(counters.packetsLost, counters.layerSwitches + 1);
  const missing = counters.packetsDeliverable - counters.packetsReceived;
  assertLess(missing, counters.layerSwitches + 1);
  assertEquals([counters.pictureIdJumps, counters.timestampJumps], [0, 0]);
}

Deno.test({
  name:
    "a viewer gets the largest layer, and another one that he asks for, without loss",
  ignore: MEDIASOUP.ignore,
  fn: async () => {
    await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
    await using two = await senderAndViewer(sfu.url);
    await two.getsLayer(2);
    for (const spatialLayer of [1, 0, 2] as const) {
      await two.crowd.command({ type: "layers", clients: [1], spatialLayer });
      await two.getsLayer(spatialLayer);
    }
    const at = (await two.until(() => true)).atMs;
    const snapshot = await two.until(({ atMs }) => atMs > at + 1500);
    assert(snapshot.counters.layerSwitches >= 3);
    assertNothingLost(snapshot);
    const { producers } = await sfu.stats();
    assertEquals(producers.map(({ lost }) => lost), [0]);
  },
});

Deno.test({
  name:
    "behind 300 kbps a viewer is given the smallest layer, and the largest again once that is over",
  ignore: MEDIASOUP.ignore,
  fn: async () => {
    await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
    await using two = await senderAndViewer(sfu.url);
    await two.getsLayer(2);
    await two.impairViewer("in.rate=300k");
    const { counters: before, atMs } = await two.getsLayer(0);
    const { counters } = await two.until((later) => later.atMs > atMs + 4500);
    const bits = 8 * (counters.bytesReceived - before.bytesReceived);
    assertLess(bits, 300_000 * 6);
    await two.impairViewer(null);
    await two.getsLayer(2);
  },
});
