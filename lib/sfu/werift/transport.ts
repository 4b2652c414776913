/**
 * A transport of the werift engine: packets of one client, told apart by
 * SSRC or MID, to the forwarder and back.
 *
 * @module
 */

import {
  int32At,
  readRtcp,
  type RtcpHandler,
  RtpReader,
  writePli,
} from "../../media/mod.ts";
import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpParameters,
} from "../../ortc/mod.ts";
import {
  type AcceptParts,
  acceptTransport,
  type RtcAcceptor,
} from "../../rtc/mod.ts";
import type {
  ConsumeOptions,
  EngineConsumer,
  EngineProducer,
  EngineTransport,
} from "../engine.ts";
import { ForwardedConsumer, ForwardedProducer } from "./forwarding.ts";
import { consumerParameters, planProducer } from "./parameters.ts";
import { readLost } from "./report_blocks.ts";

/** Consumers see random SSRCs of nine digits, as mediasoup's do. */
const FIRST_SSRC = 100_000_000;
const SSRCS = 900_000_000;
/** The priority of mediasoup's one candidate. */
const CANDIDATE_PRIORITY = 1076302079;
/** A picture loss indication, with room for its tag. */
const rtcp = new Uint8Array(64);

/** What the routers of one engine share. */
export interface WeriftParts {
  readonly accept: AcceptParts;
  /** The address on which sockets listen. */
  readonly bindIp: string;
  /** The address that clients are told. */
  readonly announceIp: string;
  /** Open transports, for the sweep that ends silent ones. */
  readonly transports: Set<WeriftTransport>;
  /** Work of closing that is still under way. */
  readonly closing: Set<Promise<void>>;
}

/** What the transports of one router share. */
export interface Siblings {
  readonly transports: Set<WeriftTransport>;
  /** By id: any transport can consume them. */
  readonly producers: Map<string, ForwardedProducer>;
}

/** Opens a transport with a socket of its own. */
export async function openTransport(
  parts: WeriftParts,
  siblings: Siblings,
): Promise<WeriftTransport> {
  const transport: { current?: WeriftTransport } = {};
  const acceptor = await acceptTransport(parts.accept, parts.bindIp, {
    onRtp: (bytes, offset, length) =>
      transport.current?.receiveRtp(bytes, offset, length),
    onRtcp: (bytes, offset, length) =>
      transport.current?.receiveRtcp(bytes, offset, length),
    onConnected: () => transport.current?.connected(),
  });
  transport.current = new WeriftTransport(parts, acceptor, siblings);
  parts.transports.add(transport.current);
  siblings.transports.add(transport.current);
  return transport.current;
}

/** One client's transport. */
class WeriftTransport implements EngineTransport {
  readonly id = crypto.randomUUID();
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
  readonly #parts: WeriftParts;
  readonly #acceptor: RtcAcceptor;
  readonly #siblings: Siblings;
  /** Producers of this transport, by signed SSRC. */
  readonly #bySsrc = new Map<number, ForwardedProducer>();
  readonly #byMid = new Map<string, ForwardedProducer>();
  readonly #own = new Map<string, ForwardedProducer>();
  /** Consumers of this transport, by signed SSRC. */
  readonly #consumers = new Map<number, ForwardedConsumer>();
  readonly #reader = new RtpReader();
  readonly #rtcpHandler: RtcpHandler = {
    onKeyFrameRequest: (_kind, ssrc) =>
      this.#consumers.get(ssrc)?.producer.requestKeyFrame(performance.now()),
    onSenderReport: () => {},
  };
  #nextMid = 0;
  #connecting = false;
  #closed = false;

  constructor(
    parts: WeriftParts,
    acceptor: RtcAcceptor,
    siblings: Siblings,
  ) {
    this.#parts = parts;
    this.#acceptor = acceptor;
    this.#siblings = siblings;
    this.iceCandidates = [{
      foundation: "udpcandidate",
      priority: CANDIDATE_PRIORITY,
      address: parts.announceIp,
      protocol: "udp",
      port: acceptor.port,
      type: "host",
    }];
    this.dtlsParameters = {
      role: "auto",
      fingerprints: [{ algorithm: "sha-256", value: acceptor.fingerprint }],
    };
  }

  get iceParameters(): IceParameters {
    return { ...this.#acceptor.ice, iceLite: true };
  }

  connect({ fingerprints }: DtlsParameters): Promise<void> {
    return attempt(() => {
      if (this.#connecting) {
        throw new Error(
          "Received response error: connect() already called [method:webRtcTransport.connect]",
        );
      }
      const [fingerprint] = fingerprints;
      if (fingerprint?.algorithm !== "sha-256") {
        throw new Error("the werift engine wants a sha-256 fingerprint first");
      }
      this.#connecting = true;
      this.#acceptor.accept(fingerprint.value);
    });
  }

  restartIce(): Promise<IceParameters> {
    return attempt(() => ({ ...this.#acceptor.restartIce(), iceLite: true }));
  }

  produce(
    kind: MediaKind,
    parameters: RtpParameters,
  ): Promise<EngineProducer> {
    return attempt(() => this.#produce(kind, parameters));
  }

  consume(options: ConsumeOptions): Promise<EngineConsumer> {
    return attempt(() => this.#consume(options));
  }

  /** This engine estimates no bandwidth. */
  watchBandwidth(): Promise<void> {
    return Promise.resolve();
  }

  /** Sends nothing more if its client has been silent for too long. */
  expire(nowMs: number): void {
    this.#acceptor.expire(nowMs);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.transports.delete(this);
    this.#siblings.transports.delete(this);
    for (const [id, producer] of this.#own) this.#forget(id, producer);
    for (const consumer of this.#consumers.values()) {
      consumer.producer.consumers.delete(consumer);
    }
    const { closing } = this.#parts;
    const work = this.#acceptor.close().finally(() => closing.delete(work));
    closing.add(work);
  }

  /** DTLS is up, or the client is back: video can begin with a key frame. */
  connected(): void {
    const nowMs = performance.now();
    for (const consumer of this.#consumers.values()) consumer.begin(nowMs);
  }

  receiveRtp(bytes: Uint8Array, offset: number, length: number): void {
    const ssrc = int32At(bytes, offset + 8);
    const producer = this.#bySsrc.get(ssrc) ??
      this.#adopt(bytes, offset, length, ssrc);
    producer?.receive(bytes, offset, length, performance.now());
  }

  receiveRtcp(bytes: Uint8Array, offset: number, length: number): void {
    readRtcp(bytes, offset, length, this.#rtcpHandler);
    readLost(bytes, offset, length, (ssrc, packets) => {
      const consumer = this.#consumers.get(ssrc);
      if (consumer !== undefined) consumer.lost = packets;
    });
  }

  #produce(kind: MediaKind, parameters: RtpParameters): EngineProducer {
    const plan = planProducer(kind, parameters);
    const { ssrc, mid } = plan;
    if (ssrc !== undefined && this.#bySsrc.has(ssrc | 0)) {
      throw new Error(
        `Request to worker failed: Received response error: ssrc already exists in RTP listener [ssrc:${ssrc}] [method:transport.produce]`,
      );
    }
    const producer = new ForwardedProducer(plan, () => this.#sendPli(producer));
    const id = crypto.randomUUID();
    if (ssrc !== undefined) this.#bySsrc.set(ssrc | 0, producer);
    else if (mid !== undefined) this.#byMid.set(mid, producer);
    this.#own.set(id, producer);
    this.#siblings.producers.set(id, producer);
    return {
      id,
      kind,
      pause: () => attempt(() => void (producer.paused = true)),
      resume: () => attempt(() => void (producer.paused = false)),
      counts: () => attempt(() => producer.counts()),
      close: () => this.#forget(id, producer),
    };
  }

  #consume(options: ConsumeOptions): EngineConsumer {
    const { producerId, rtpCapabilities, paused } = options;
    const producer = this.#siblings.producers.get(producerId);
    if (producer === undefined) {
      throw new Error(`Producer with id "${producerId}" not found`);
    }
    const ssrc = FIRST_SSRC + Math.floor(Math.random() * SSRCS);
    const mid = String(this.#nextMid);
    const rtpParameters = consumerParameters(
      producer.plan,
      rtpCapabilities,
      mid,
      ssrc,
    );
    this.#nextMid++;
    const consumer = new ForwardedConsumer(
      producer,
      {
        ssrc,
        payloadType: producer.plan.routerPayloadType,
        mid: new TextEncoder().encode(mid),
      },
      this.#acceptor,
      { paused, firstSequence: Math.floor(Math.random() * 0x8000) },
    );
    this.#consumers.set(ssrc | 0, consumer);
    producer.consumers.add(consumer);
    if (!paused) consumer.begin(performance.now());
    return {
      id: crypto.randomUUID(),
      kind: producer.plan.kind,
      rtpParameters,
      layered: false,
      pause: () => attempt(() => consumer.pause()),
      resume: () => attempt(() => consumer.resume(performance.now())),
      setPreferredLayers: () => Promise.resolve(),
      watchLayers: () => {},
      counts: () => attempt(() => consumer.counts()),
    };
  }

  #forget(id: string, producer: ForwardedProducer): void {
    this.#own.delete(id);
    this.#siblings.producers.delete(id);
    producer.consumers.clear();
    for (
      const table of [this.#bySsrc, this.#byMid] as Map<unknown, unknown>[]
    ) {
      for (const [key, value] of table) {
        if (value === producer) table.delete(key);
      }
    }
  }

  /** A stream that `produce` named only by its MID is known by its SSRC from its first packet on. */
  #adopt(
    bytes: Uint8Array,
    offset: number,
    length: number,
    ssrc: number,
  ): ForwardedProducer | undefined {
    if (this.#byMid.size === 0) return undefined;
    const reader = this.#reader;
    if (!reader.read(bytes, offset, length)) return undefined;
    for (const [mid, producer] of this.#byMid) {
      const { midId, payloadType } = producer.plan;
      const at = reader.extensionOffset[midId] ?? 0;
      if (at === 0 || payloadType !== reader.payloadType) continue;
      const sent = bytes.subarray(at, at + reader.extensionLength[midId]);
      if (new TextDecoder().decode(sent) !== mid) continue;
      this.#byMid.delete(mid);
      this.#bySsrc.set(ssrc, producer);
      return producer;
    }
    return undefined;
  }

  #sendPli(producer: ForwardedProducer): void {
    for (const [ssrc, owner] of this.#bySsrc) {
      if (owner !== producer) continue;
      this.#acceptor.sendRtcp(rtcp, 0, writePli(rtcp, 0, 0, ssrc));
    }
  }
}

/** A failure of what has nothing to wait for, as the port wants it: rejected. */
function attempt<T>(action: () => T): Promise<T> {
  return new Promise((resolve) => resolve(action()));
}
