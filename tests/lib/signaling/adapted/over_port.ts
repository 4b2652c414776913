/** An adapter that asks another session: so what clients do by an adapter can be compared with what they do without. */

import type {
  Adapter,
  AdapterSession,
} from "../../../../lib/signaling/adapter/mod.ts";
import type { OpenSession } from "../../../../lib/signaling/port.ts";

export interface OverPortOptions {
  /** Changes what the session can do. */
  readonly change?: (session: AdapterSession) => AdapterSession;
  /** Whether tracks are told with their kind. @default {true} */
  readonly tellsKind?: boolean;
  /** Whether tracks are told with who sends them. @default {true} */
  readonly tellsPeer?: boolean;
  /** Whether the server tells us of our own tracks as well, before it answers. @default {false} */
  readonly tellsOwn?: boolean;
  /** Whether the server makes consumers by itself; and tells of each twice. @default {false} */
  readonly pushes?: boolean | "twice";
}

/** The adapter over the sessions of `openSession`. */
export function overPort(
  openSession: OpenSession,
  {
    change = (session) => session,
    tellsKind = true,
    tellsPeer = true,
    tellsOwn = false,
    pushes = false,
  }: OverPortOptions = {},
): Adapter {
  return async (client) => {
    const consuming: ((id: string, peerId: string) => void)[] = [];
    const early: [id: string, peerId: string][] = [];
    const told = new Map<string, string>();
    const session = openSession({
      roomId: client.roomId,
      participantName: client.name,
      onEvent(event) {
        switch (event.type) {
          case "producer": {
            const { producerId: id, peerId, kind } = event;
            told.set(id, peerId);
            if (!pushes) {
              return client.onProducer({
                id,
                ...(tellsKind && { kind }),
                ...(tellsPeer && { peerId }),
              });
            }
            if (consuming.length === 0) early.push([id, peerId]);
            return consuming.forEach((consume) => consume(id, peerId));
          }
          case "producerClosed":
            return client.onProducerClosed(event.producerId);
          case "producerPaused":
            return client.onProducerPaused(event.producerId, event.isPaused);
          case "peerLeft":
            if (tellsPeer) return client.onPeerLeft(event.peerId);
            for (const [id, peerId] of told) {
              if (peerId === event.peerId) client.onProducerClosed(id);
            }
            return;
          case "layers":
            return client.onLayers(event.consumerId, event.spatialLayer);
          case "putOut":
            return client.onPutOut(event.reason ?? undefined);
          case "closed":
            return client.onClosed(event.message);
        }
      },
    });
    const { peerId } = await session.connect({ signal: client.signal });
    client.signal.addEventListener("abort", () => session.cut());
    let receiveTransport = "";
    return change({
      peerId,
      routerRtpCapabilities: () => session.routerRtpCapabilities(),
      async createTransport(direction) {
        const { transportId: id, ...rest } = await session.createTransport(
          direction,
        );
        if (direction === "recv") receiveTransport = id;
        return { id, ...rest };
      },
      connectTransport: (id, dtls) => session.connectTransport(id, dtls),
      join(rtpCapabilities) {
        if (!pushes || rtpCapabilities === undefined) return Promise.resolve();
        const consume = async (producerId: string, peerId: string) => {
          const transportId = receiveTransport;
          const made = await session.consume({
            transportId,
            producerId,
            rtpCapabilities,
          });
          const { consumerId: id, ...rest } = made;
          const consumer = { id, peerId, ...rest };
          const told = [client.onConsumer(consumer)];
          if (pushes === "twice") told.push(client.onConsumer(consumer));
          const wanted = await Promise.all(told);
          if (wanted.every((isWanted) => isWanted)) {
            await session.resumeConsumer!(id);
          }
        };
        consuming.push(consume);
        for (const [id, peerId] of early) consume(id, peerId);
        return Promise.resolve();
      },
      async produce(transportId, kind, rtpParameters) {
        const track = { transportId, kind, rtpParameters };
        const id = await session.produce(track);
        if (tellsOwn) client.onProducer({ id, ...(tellsKind && { kind }) });
        return { id };
      },
      pauseProducer: (id) => session.pauseProducer!(id),
      resumeProducer: (id) => session.resumeProducer!(id),
      ...(!pushes && {
        async consume(transportId, producerId, rtpCapabilities) {
          const { consumerId: id, ...rest } = await session.consume({
            transportId,
            producerId,
            rtpCapabilities,
          });
          return { id, ...rest };
        },
      }),
      resumeConsumer: (id) => session.resumeConsumer!(id),
      pauseConsumer: (id) => session.pauseConsumer!(id),
      preferLayer: (id, layer) => session.preferLayer!(id, layer),
      restartIce: (id) => session.restartIce!(id, client.signal),
      leave: () => session.leave(),
    });
  };
}
