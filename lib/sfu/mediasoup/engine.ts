/**
 * The mediasoup engine: the SFU that SimplestChat runs on, one worker process a core.
 *
 * @module
 */

import { systemClock } from "../../time/mod.ts";
import type { Engine, EngineOptions } from "../engine.ts";
import { loadMediasoup, type mediasoup } from "./deps.ts";
import { mediasoupRouter } from "./router.ts";
import type { ConsumerCensus } from "./transport.ts";
import {
  findWorkerBinary,
  localWorkerBinary,
  thisMachine,
} from "./worker_binary.ts";
import { chooseWorker, type WorkerChoice } from "./worker_choice.ts";

/** What only this engine takes. */
export interface MediasoupOptions {
  /**
   * Worker processes.
   *
   * @default {navigator.hardwareConcurrency}
   */
  readonly workers?: number;
  /**
   * The UDP port of the first worker; the others take the next ones. 0 is any free port.
   *
   * @default {0}
   */
  readonly mediaPort?: number;
  /**
   * Whether clients may send media over TCP, too (RFC 6544): to the port of
   * the same number as that of UDP, or any free one.
   *
   * @default {false}
   */
  readonly tcp?: boolean;
  /**
   * On which worker a new room lands.
   *
   * @default {"fewest-consumers"}
   */
  readonly workerChoice?: WorkerChoice;
}

interface Place {
  readonly worker: mediasoup.Worker;
  readonly server: mediasoup.WebRtcServer;
  readonly census: ConsumerCensus;
  /** Consumers that live on it; `undefined` once it died. */
  consumers: number | undefined;
}

/** How long a closed worker may take to exit. */
const EXIT_MS = 2000;
/** Twice what a socket has by itself, and no more than any system allows (socket(7)): many clients send at once while the worker is busy. */
const UDP_BUFFER_BYTES = 212_992;

/**
 * Starts the workers.
 *
 * @throws {Error} When there is no worker binary, or it does not start.
 */
export async function startMediasoupEngine(
  options: EngineOptions & MediasoupOptions,
): Promise<Engine> {
  const library = await loadLibrary();
  const places: Place[] = [];
  const dispose = async () => {
    await Promise.all(places.map((place) => stopWorker(place.worker)));
  };
  try {
    const count = options.workers ?? navigator.hardwareConcurrency;
    for (let index = 0; index < count; index++) {
      places.push(await openPlace(library, options, index));
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  let created = 0;
  return {
    kind: "mediasoup",
    workerPids: places.map((place) => place.worker.pid),
    createRouter: async (events) => {
      const index = chooseWorker(
        options.workerChoice ?? "fewest-consumers",
        places.map((place) => place.consumers),
        created++,
      );
      if (index === undefined) {
        throw new Error("Worker error: No workers available");
      }
      const { worker, server, census } = places[index];
      try {
        return await mediasoupRouter(worker, server, events, census, options);
      } catch (error) {
        throw new Error(
          `Router error: Failed to create router: ${(error as Error).message}`,
        );
      }
    },
    [Symbol.asyncDispose]: dispose,
  };
}

async function loadLibrary(): Promise<
  Awaited<ReturnType<typeof loadMediasoup>>
> {
  const local = localWorkerBinary();
  if (local !== undefined) Deno.env.set("MEDIASOUP_WORKER_BIN", local);
  const library = await loadMediasoup();
  findWorkerBinary(thisMachine(library.workerBin));
  return library;
}

async function openPlace(
  library: Awaited<ReturnType<typeof loadMediasoup>>,
  options: EngineOptions & MediasoupOptions,
  index: number,
): Promise<Place> {
  const worker = await library.createWorker({ logLevel: "none" });
  let server: mediasoup.WebRtcServer;
  try {
    server = await worker.createWebRtcServer({
      listenInfos: listenInfos(options, index),
    });
  } catch (error) {
    await stopWorker(worker);
    throw error;
  }
  const place: Place = {
    worker,
    server,
    census: {
      born: () => place.consumers !== undefined && place.consumers++,
      gone: () => place.consumers !== undefined && place.consumers--,
    },
    consumers: 0,
  };
  worker.on("died", (error) => {
    place.consumers = undefined;
    options.onFailure(`mediasoup worker ${index} died: ${error.message}`);
  });
  return place;
}

function listenInfos(
  { announceIp, mediaPort, tcp }: EngineOptions & MediasoupOptions,
  index: number,
): mediasoup.TransportListenInfo[] {
  // Some systems have IPv6 switched off: it is only listened to where it is asked for.
  const ip = announceIp.includes(":") ? "::" : "0.0.0.0";
  const protocols = tcp ? ["udp", "tcp"] as const : ["udp"] as const;
  return protocols.map((protocol) => ({
    protocol,
    ip,
    announcedAddress: announceIp,
    port: mediaPort ? mediaPort + index : 0,
    // Everyone's media comes by this one socket.
    ...(protocol === "udp" && { recvBufferSize: UDP_BUFFER_BYTES }),
  }));
}

/** Closes a worker and waits until its process is gone; one that stands still is ended. */
async function stopWorker(worker: mediasoup.Worker): Promise<void> {
  if (worker.subprocessClosed) return;
  const gone = Promise.withResolvers<void>();
  worker.once("subprocessclose", () => gone.resolve());
  const cancel = systemClock.setTimer(EXIT_MS, () => {
    try {
      Deno.kill(worker.pid, "SIGKILL");
    } catch {
      gone.resolve();
    }
  });
  worker.close();
  await gone.promise;
  cancel();
}
