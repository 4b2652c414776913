/** An engine without media: it hands out ids in order and records what it is told to do. */

import type {
  ConsumeOptions,
  Engine,
  EngineConsumer,
  EngineProducer,
  EngineRouter,
  EngineTransport,
  Layers,
  RouterEvents,
} from "../../../lib/sfu/engine.ts";
import type { MediaKind, RtpParameters } from "../../../lib/ortc/mod.ts";

export const RTP_PARAMETERS: RtpParameters = {
  codecs: [{
    mimeType: "audio/opus",
    payloadType: 111,
    clockRate: 48000,
    channels: 2,
  }],
  headerExtensions: [],
  encodings: [{ ssrc: 1 }],
  rtcp: { cname: "c", reducedSize: true },
};

/** A UUID that ends in `n`. */
export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
}

export class FakeEngine implements Engine {
  readonly kind = "werift";
  readonly workerPids = [];
  /** What was done, in order, for example `pause consumer 00…4`. */
  readonly done: string[] = [];
  /** By producer id: the cname that `produce` was given. */
  readonly cnames = new Map<string, string | undefined>();
  /** The events of each router, in the order of creation. */
  readonly events: RouterEvents[] = [];
  /** Listeners to bandwidth, in the order of receive transports. */
  readonly bandwidth: ((bps: number) => void)[] = [];
  /** Listeners to layers, in the order of consumers. */
  readonly layers: ((layers: Layers | undefined) => void)[] = [];
  /** What the next call rejects with. */
  failure: string | undefined;
  layered = false;
  #ids = 0;

  createRouter(events: RouterEvents): Promise<EngineRouter> {
    this.events.push(events);
    return this.#answer(() => ({
      rtpCapabilities: { codecs: [], headerExtensions: [] },
      createTransport: () => this.#answer(() => this.#transport()),
      observeAudio: (id: string) => this.#do(`observe ${id}`),
      close: () => void this.done.push("close router"),
    }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #transport(): EngineTransport {
    const id = this.#id();
    const ice = { usernameFragment: "u", password: "p", iceLite: true };
    return {
      id,
      iceParameters: ice,
      iceCandidates: [],
      dtlsParameters: { role: "auto", fingerprints: [] },
      connect: () => this.#do(`connect ${id}`),
      restartIce: () => this.#answer(() => ice),
      produce: (kind, parameters) =>
        this.#answer(() => this.#producer(kind, parameters)),
      consume: (options) => this.#answer(() => this.#consumer(options)),
      watchBandwidth: (listener) => {
        this.bandwidth.push(listener);
        return Promise.resolve();
      },
      close: () => void this.done.push(`close transport ${id}`),
    };
  }

  #producer(kind: MediaKind, { rtcp }: RtpParameters): EngineProducer {
    const id = this.#id();
    this.cnames.set(id, rtcp.cname);
    return {
      id,
      kind,
      pause: () => this.#do(`pause producer ${id}`),
      resume: () => this.#do(`resume producer ${id}`),
      counts: () =>
        Promise.resolve({
          packets: 10,
          bytes: 1000,
          lost: 1,
          retransmitted: 0,
          nacked: 0,
        }),
      close: () => void this.done.push(`close producer ${id}`),
    };
  }

  #consumer({ paused }: ConsumeOptions): EngineConsumer {
    const id = this.#id();
    if (paused) this.done.push(`consumer ${id} starts paused`);
    return {
      id,
      kind: "audio",
      rtpParameters: RTP_PARAMETERS,
      layered: this.layered,
      pause: () => this.#do(`pause consumer ${id}`),
      resume: () => this.#do(`resume consumer ${id}`),
      setPreferredLayers: ({ spatialLayer, temporalLayer }) =>
        this.#do(`prefer ${id} ${spatialLayer}/${temporalLayer}`),
      watchLayers: (listener) => void this.layers.push(listener),
      counts: () =>
        Promise.resolve({
          packets: 9,
          bytes: 900,
          lost: 0,
          retransmitted: 0,
          nacked: 0,
        }),
    };
  }

  #do(what: string): Promise<void> {
    return this.#answer(() => void this.done.push(what));
  }

  #answer<T>(action: () => T): Promise<T> {
    const reason = this.failure;
    this.failure = undefined;
    if (reason !== undefined) return Promise.reject(new Error(reason));
    return Promise.resolve(action());
  }

  #id(): string {
    return uuid(++this.#ids);
  }
}
