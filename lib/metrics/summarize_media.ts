/**
 * How the media of a run did.
 *
 * @module
 */

import { type ClientTally, counterOf, rateOf, trendOf } from "./figures.ts";
import { lossOrigin, type ServerStreams } from "./loss_origin.ts";
import {
  type CounterName,
  type RateName,
  type TrendName,
  unitOfTrend,
} from "./registry.ts";
import type { Snapshot } from "./snapshot.ts";
import { distributionOf, roundMs, trendStats } from "./stats.ts";
import type { MediaSummary } from "./summary.ts";
import { bpsOver, most, total } from "./sums.ts";

/** How it did; `streams` is what the server counted, `null` where that was not seen. */
export function summarizeMedia(
  snapshot: Snapshot,
  streams: ServerStreams | null,
  tally: ClientTally,
): MediaSummary {
  const counter = (name: CounterName) => counterOf(snapshot, name);
  const rate = (name: RateName) => rateOf(snapshot, name, tally);
  const stats = (name: TrendName) => trendStats(trendOf(snapshot, name));
  const distribution = (name: TrendName) =>
    distributionOf(trendOf(snapshot, name), unitOfTrend(name));
  const sessionMs = total(
    snapshot.clients.filter((client) => client.connectionSuccessful),
    "sessionDurationMs",
  );
  return {
    packetsDeliverable: counter("packetsDeliverable"),
    deliveryRatio: rate("deliveryRatio"),
    receiveSendRatio: rate("receiveSendRatio"),
    loss: {
      expected: counter("packetsExpected"),
      lost: counter("packetsLost"),
      ratio: rate("loss") ?? 0,
      repaired: counter("packetsRepaired"),
      residualRatio: rate("residualLoss") ?? 0,
      consumerRatio: distribution("consumerLoss"),
      consumerResidualRatio: distribution("consumerResidualLoss"),
    },
    lossOrigin: lossOrigin(snapshot, streams),
    latencyMs: stats("mediaLatency"),
    jitterMs: stats("jitter"),
    roundTripMs: stats("roundTrip"),
    recoveryMs: {
      channel: stats("recovery"),
      network: stats("networkRecovery"),
    },
    networkNotRecovered: counter("networkNotRecovered"),
    impaired: {
      inbound: {
        packets: counter("impairedIn"),
        dropped: counter("impairedInDropped"),
        delayed: counter("impairedInDelayed"),
        duplicated: counter("impairedInDuplicated"),
      },
      outbound: {
        packets: counter("impairedOut"),
        dropped: counter("impairedOutDropped"),
        delayed: counter("impairedOutDelayed"),
        duplicated: counter("impairedOutDuplicated"),
      },
      rebinds: counter("rebinds"),
    },
    timeToFirstSentMs: stats("timeToFirstMediaSent"),
    timeToFirstReceivedMs: stats("timeToFirstMediaReceived"),
    timeToFirstPacketMs: stats("firstPacket"),
    timeToFirstKeyFrameMs: stats("firstKeyFrame"),
    video: {
      framesShown: counter("framesShown"),
      keyFramesShown: counter("keyFramesShown"),
      framesDropped: counter("framesDropped"),
      frameRate: rate("frameRate"),
      consumerFrameRate: distribution("consumerFrameRate"),
      frameGapMs: stats("frameGap"),
      freezes: counter("freezes"),
      frozenMs: roundMs(counter("frozenMs")),
      frozenRatio: rate("frozen"),
      longestFreezeMs: most(snapshot.clients, "longestFreezeMs") ?? 0,
      freezeTimeMs: stats("freezeTime"),
      pictureIdJumps: counter("pictureIdJumps"),
      timestampJumps: counter("timestampJumps"),
    },
    sendBpsPerClient: bpsOver(sessionMs, counter("bytesSent")),
    receiveBpsPerClient: bpsOver(sessionMs, counter("bytesReceived")),
    consumerBps: {
      audio: distribution("audioBitrate"),
      video: distribution("videoBitrate"),
    },
    packetsDuplicate: counter("packetsDuplicate"),
    packetsOutOfOrder: counter("packetsOutOfOrder"),
    rtxReceived: counter("rtxReceived"),
    rtxSent: counter("rtxSent"),
    srtpFailures: counter("srtpFailures"),
    keyFramesSent: counter("keyFramesSent"),
    layerSwitches: counter("layerSwitches"),
    received: {
      pli: counter("pliReceived"),
      fir: counter("firReceived"),
      nack: counter("nackReceived"),
    },
    sent: { pli: counter("pliSent"), nack: counter("nackSent") },
  };
}
