/**
 * The layers of what one client receives of simulcast in one stay: which it
 * asks for, and which the server says that it sends.
 *
 * @module
 */

import type { Consumer, SignalingSession } from "../signaling/port.ts";
import { forgetOldest } from "./most_tracks.ts";

interface LayeredConsumer {
  readonly consumerId: string;
  readonly producerId: string;
  /** What the server sends of it; `undefined` is nothing, or not known yet. */
  spatialLayer: number | undefined;
}

/** Who is told. */
export interface LayerHandlers {
  /** The server sends a layer of this producer again, or none any more. */
  readonly onFlow: (producerId: string, flows: boolean) => void;
  /** Another layer of it comes; 0 is the smallest, `null` none. */
  readonly onLayer: (producerId: string, layer: number | null) => void;
}

/** The layers of one stay's consumers. */
export class ReceivedLayers {
  /** Times that the server went over to another layer of a track. */
  layerSwitches = 0;
  readonly #handlers: LayerHandlers;
  /** Consumers that choose among layers, by producer. */
  readonly #consumers = new Map<string, LayeredConsumer>();
  /** What the server said of consumers before it told us that there are any. */
  readonly #early = new Map<string, number | null>();
  #preferred: number | undefined;

  constructor(handlers: LayerHandlers) {
    this.#handlers = handlers;
  }

  /** The layer of each consumer, 0 is the smallest; `undefined` for one that gets none. */
  *current(): Iterable<number | undefined> {
    for (const { spatialLayer } of this.#consumers.values()) yield spatialLayer;
  }

  /** Asks for this layer, of all consumers now and later. */
  prefer(
    spatialLayer: number,
    session: SignalingSession | undefined,
  ): void {
    this.#preferred = spatialLayer;
    for (const { consumerId } of this.#consumers.values()) {
      ask(session, consumerId, spatialLayer);
    }
  }

  /** There is a new consumer. */
  open(
    { consumerId, producerId, rtpParameters }: Consumer,
    session: SignalingSession,
  ): void {
    const mode = rtpParameters.encodings.at(0)?.scalabilityMode ?? "L1T1";
    const early = this.#early.get(consumerId);
    this.#early.delete(consumerId);
    if (!/^[LS]([2-9]|\d\d)/.test(mode)) return;
    const spatialLayer = early ?? undefined;
    this.#consumers.set(producerId, { consumerId, producerId, spatialLayer });
    if (early === null) this.#handlers.onFlow(producerId, false);
    if (early !== undefined) this.#handlers.onLayer(producerId, early);
    if (this.#preferred === undefined) return;
    ask(session, consumerId, this.#preferred);
  }

  /** A producer is gone, and our consumer with it. */
  close(producerId: string): void {
    this.#consumers.delete(producerId);
  }

  /** The server sends another layer; `null` is none. */
  onChanged(consumerId: string, spatialLayer: number | null): void {
    const consumer = [...this.#consumers.values()].find((one) =>
      one.consumerId === consumerId
    );
    if (consumer === undefined) {
      this.#early.set(consumerId, spatialLayer);
      return forgetOldest(this.#early);
    }
    const before = consumer.spatialLayer;
    consumer.spatialLayer = spatialLayer ?? undefined;
    if (before !== consumer.spatialLayer) {
      this.#handlers.onLayer(consumer.producerId, spatialLayer);
    }
    this.#handlers.onFlow(consumer.producerId, spatialLayer !== null);
    if (before === undefined || spatialLayer === null) return;
    if (before !== spatialLayer) this.layerSwitches++;
  }
}

/** That a layer is not sent shows in what comes: nobody waits for the answer. */
function ask(
  session: SignalingSession | undefined,
  consumerId: string,
  spatialLayer: number,
): void {
  session?.preferLayer?.(consumerId, spatialLayer).catch(() => {});
}
