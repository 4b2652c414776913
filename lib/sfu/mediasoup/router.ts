/**
 * mediasoup's router with its two audio observers behind the engine's port.
 *
 * @module
 */

import type { EngineRouter, RouterEvents } from "../engine.ts";
import { ROUTER_CODECS } from "./codecs.ts";
import type { mediasoup } from "./deps.ts";
import { type ConsumerCensus, mediasoupTransport } from "./transport.ts";
import { toWireCapabilities } from "./wire.ts";

/** How SimplestChat listens: at most ten voices above -50 dBov, every 800 ms. */
const AUDIO_LEVELS = { maxEntries: 10, threshold: -50, interval: 800 };

/** Creates a router on `worker`. */
export async function mediasoupRouter(
  worker: mediasoup.Worker,
  webRtcServer: mediasoup.WebRtcServer,
  events: RouterEvents,
  census: ConsumerCensus,
  { tcp = false }: { readonly tcp?: boolean } = {},
): Promise<EngineRouter> {
  const router = await worker.createRouter({ mediaCodecs: ROUTER_CODECS });
  const speakers = await router.createActiveSpeakerObserver();
  const levels = await router.createAudioLevelObserver(AUDIO_LEVELS);
  speakers.on(
    "dominantspeaker",
    ({ producer }) => events.activeSpeaker(producer.id),
  );
  levels.on("volumes", (volumes) =>
    events.audioLevels(
      volumes.map(({ producer, volume }) => ({
        producerId: producer.id,
        volume,
      })),
    ));
  const transports = new Set<mediasoup.WebRtcTransport>();
  return {
    rtpCapabilities: toWireCapabilities(router.rtpCapabilities),
    createTransport: async () => {
      const transport = await router.createWebRtcTransport({
        webRtcServer,
        enableUdp: true,
        enableTcp: tcp,
        preferUdp: true,
      });
      transports.add(transport);
      transport.observer.once("close", () => transports.delete(transport));
      return mediasoupTransport(transport, census);
    },
    observeAudio: async (producerId) => {
      await speakers.addProducer({ producerId });
      await levels.addProducer({ producerId });
    },
    close: () => {
      // The server of the sockets forgets only those that were closed
      // themselves, not those whose router was.
      for (const transport of [...transports]) transport.close();
      router.close();
    },
  };
}
