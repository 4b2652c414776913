/** What mediasoup itself says of a publisher of ours behind a bad network. */

import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertLess,
} from "@std/assert";
import { parseImpairment } from "../../lib/impairment/mod.ts";
import { type Sfu, startSfu, type UpstreamView } from "../../lib/sfu/mod.ts";
import { crowdOfTwo } from "./crowd_of_two.ts";
import { ENGINES } from "./sfu/engines.ts";

const MEDIASOUP = ENGINES.find(({ engine }) => engine === "mediasoup")!;
const LOSS = 0.1;
const DELAY_MS = 50;

/** Streams of video, as the server sees the way to it. */
async function upstreamVideos(sfu: Sfu) {
  const { producers } = await sfu.stats();
  return producers.filter(({ kind }) => kind === "video")
    .flatMap(({ upstream }): readonly UpstreamView[] => upstream ?? []);
}

Deno.test({
  name:
    "the server sees a publisher's losses, its repairs and its round trip, as it does a browser's",
  ignore: MEDIASOUP.ignore,
  fn: async () => {
    await using sfu = await startSfu({ engine: "mediasoup", workers: 1 });
    await using two = await crowdOfTwo(sfu.url);
    await two.until(({ clients }) =>
      clients.every(({ consumersFlowing }) => consumersFlowing === 2)
    );
    const impairment = parseImpairment(
      `out.loss=${LOSS * 100}%,delay=${DELAY_MS}ms`,
    );
    await two.crowd.command({ type: "impair", clients: [0, 1], impairment });
    const { atMs } = two.crowd.snapshot();
    await two.until((later) => later.atMs > atMs + 8000);
    const { counters, trends } = two.crowd.snapshot();
    // What the server told of each packet is what the network did, to the share.
    const { uplinkPacketsReported, uplinkPacketsLost } = counters;
    assertGreater(uplinkPacketsReported, 1000);
    assertAlmostEquals(
      uplinkPacketsLost / counters.impairedOutDropped,
      1,
      0.2,
    );
    assertGreater(trends.uplinkBitrate.count, 4);
    assertGreater(trends.uplinkQueueing.count, 4);
    const videos = await upstreamVideos(sfu);
    assertEquals(videos.length, 2);
    for (
      const { rtxSsrc, packetsLost, packetsRepaired, roundTripMs } of videos
    ) {
      assert(rtxSsrc !== undefined);
      // Were repairs among the media, they would be no loss to it.
      assertGreater(packetsLost, 40);
      assertGreater(packetsRepaired, packetsLost / 2);
      assertGreater(roundTripMs!, 2 * DELAY_MS - 5);
      assertLess(roundTripMs!, 3 * DELAY_MS);
    }
  },
});
