/**
 * mediasoup's WebRTC transport, producer and consumer behind the engine's port.
 *
 * @module
 */

import type {
  DtlsParameters,
  IceParameters,
  MediaKind,
  RtpParameters,
} from "../../ortc/mod.ts";
import type {
  ConsumeOptions,
  DownstreamView,
  EngineConsumer,
  EngineProducer,
  EngineTransport,
  Layers,
  StreamCounts,
  UpstreamView,
} from "../engine.ts";
import type { mediasoup } from "./deps.ts";
import {
  connectError,
  consumeError,
  produceError,
  toWireCandidate,
  toWireDtlsParameters,
  toWireIceParameters,
  toWireRtpParameters,
} from "./wire.ts";

/** Told about each consumer's life, for the choice of a worker. */
export interface ConsumerCensus {
  readonly born: () => void;
  readonly gone: () => void;
}

/** Wraps `transport`. */
export function mediasoupTransport(
  transport: mediasoup.WebRtcTransport,
  census: ConsumerCensus,
): EngineTransport {
  return {
    id: transport.id,
    iceParameters: toWireIceParameters(transport.iceParameters),
    iceCandidates: transport.iceCandidates.map(toWireCandidate),
    dtlsParameters: toWireDtlsParameters(transport.dtlsParameters),
    connect: (dtlsParameters) => connect(transport, dtlsParameters),
    restartIce: () => restartIce(transport),
    produce: (kind, rtpParameters) => produce(transport, kind, rtpParameters),
    consume: (options) => consume(transport, options, census),
    watchBandwidth: (listener) => watchBandwidth(transport, listener),
    close: () => transport.close(),
  };
}

async function connect(
  transport: mediasoup.WebRtcTransport,
  dtlsParameters: DtlsParameters,
): Promise<void> {
  try {
    await transport.connect({
      dtlsParameters: dtlsParameters as mediasoup.DtlsParameters,
    });
  } catch (error) {
    throw connectError(error);
  }
}

async function restartIce(
  transport: mediasoup.WebRtcTransport,
): Promise<IceParameters> {
  try {
    return toWireIceParameters(await transport.restartIce());
  } catch (error) {
    throw connectError(error);
  }
}

async function produce(
  transport: mediasoup.WebRtcTransport,
  kind: MediaKind,
  rtpParameters: RtpParameters,
): Promise<EngineProducer> {
  let producer: mediasoup.Producer;
  try {
    producer = await transport.produce({
      kind,
      rtpParameters: rtpParameters as mediasoup.RtpParameters,
    });
  } catch (error) {
    throw produceError(error);
  }
  return {
    id: producer.id,
    kind,
    pause: () => producer.pause(),
    resume: () => producer.resume(),
    counts: async () => {
      const stats = await producer.getStats();
      return { ...sumCounts(stats), upstream: stats.map(upstreamOf) };
    },
    close: () => producer.close(),
  };
}

async function consume(
  transport: mediasoup.WebRtcTransport,
  options: ConsumeOptions,
  census: ConsumerCensus,
): Promise<EngineConsumer> {
  let consumer: mediasoup.Consumer;
  try {
    consumer = await transport.consume({
      producerId: options.producerId,
      rtpCapabilities: options.rtpCapabilities as mediasoup.RtpCapabilities,
      paused: options.paused,
    });
  } catch (error) {
    throw consumeError(error);
  }
  census.born();
  consumer.observer.once("close", census.gone);
  return {
    id: consumer.id,
    kind: consumer.kind,
    rtpParameters: toWireRtpParameters(consumer.rtpParameters),
    layered: consumer.type === "simulcast" || consumer.type === "svc",
    pause: () => consumer.pause(),
    resume: () => consumer.resume(),
    setPreferredLayers: ({ spatialLayer, temporalLayer }) =>
      consumer.setPreferredLayers(
        temporalLayer === undefined
          ? { spatialLayer }
          : { spatialLayer, temporalLayer },
      ),
    watchLayers: (listener) => {
      consumer.on("layerschange", (layers?: Layers) => listener(layers));
    },
    counts: async () => {
      const stats = (await consumer.getStats())
        .filter((s) => s.type === "outbound-rtp");
      return { ...sumCounts(stats), downstream: downstreamOf(stats[0]) };
    },
  };
}

async function watchBandwidth(
  transport: mediasoup.WebRtcTransport,
  listener: (bps: number) => void,
): Promise<void> {
  transport.on("trace", ({ type, info }) => {
    if (type !== "bwe") return;
    listener((info as { readonly availableBitrate: number }).availableBitrate);
  });
  await transport.enableTraceEvent(["bwe"]);
}

/** A simulcast producer has one entry a layer. */
function sumCounts(
  stats: readonly mediasoup.ProducerStat[] | readonly mediasoup.ConsumerStat[],
): StreamCounts {
  let packets = 0, bytes = 0, lost = 0, retransmitted = 0, nacked = 0;
  for (const entry of stats) {
    const { packetsRetransmitted, packetsRepaired } = entry;
    // Repairs in a stream of their own make up for no loss in its figures,
    // and those that were not needed are in none.
    const isApart = entry.type === "inbound-rtp" && entry.rtxSsrc !== undefined;
    packets += entry.packetCount;
    if (isApart) packets += packetsRetransmitted - packetsRepaired;
    bytes += entry.byteCount;
    lost += entry.packetsLost - (isApart ? packetsRepaired : 0);
    retransmitted += packetsRetransmitted;
    nacked += entry.nackPacketCount;
  }
  return { packets, bytes, lost, retransmitted, nacked };
}

function upstreamOf(
  {
    ssrc,
    rtxSsrc,
    packetsLost,
    fractionLost,
    packetsRepaired,
    roundTripTime,
    jitter,
    score,
  }: mediasoup.ProducerStat,
): UpstreamView {
  return {
    ssrc,
    rtxSsrc,
    packetsLost,
    fractionLost,
    packetsRepaired,
    roundTripMs: roundTripTime,
    jitterUnits: jitter,
    score,
  };
}

function downstreamOf(
  { fractionLost, roundTripTime, score }: mediasoup.ConsumerStat,
): DownstreamView {
  return { fractionLost, roundTripMs: roundTripTime, score };
}
