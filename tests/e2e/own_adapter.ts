/** An adapter as a user would write one: of a server that answers in order, without numbers. */

import process from "node:process";
import type { Adapter } from "../../lib/signaling/adapter/mod.ts";

const adapter: Adapter = async (client) => {
  const channel = await client.openChannel();
  const waiting: PromiseWithResolvers<Record<string, never>>[] = [];
  channel.onText((text) => {
    const message = JSON.parse(text);
    switch (message.type) {
      case "newProducer": {
        const { producerId: id, participantId: peerId, kind } = message;
        return client.onProducer({ id, peerId, kind });
      }
      case "producerClosed":
        return client.onProducerClosed(message.producerId);
      case "participantLeft":
        return client.onPeerLeft(message.participantId);
      case "participantJoined":
      case "consumerLayersChanged":
        return;
      case "error":
        return waiting.shift()?.reject(new Error(message.message));
      default:
        return waiting.shift()?.resolve(message);
    }
  });
  if (client.options.slip !== undefined) {
    queueMicrotask(() => {
      throw new Error(client.options.slip);
    });
    Promise.reject(new Error(`${client.options.slip}, later`));
    Promise.reject(`${client.options.slip}, as a text`);
  }
  if (client.options.exits !== undefined) process.exit();
  if (client.options.leavings !== undefined) {
    console.log("printed by the adapter");
    setInterval(() => {}, 1000);
  }
  let last: Promise<unknown> = Promise.resolve();
  const ask = (type: string, data: object = {}) => {
    const answer = Promise.withResolvers<Record<string, never>>();
    last = last.catch(() => {}).then(() => {
      waiting.push(answer);
      channel.send(JSON.stringify({ type, ...data }));
      return answer.promise;
    });
    return answer.promise;
  };
  const { participantId, participants } = await ask("joinRoom", {
    roomId: client.roomId,
    participantName: `${client.options.prefix ?? ""}${client.name}`,
  });
  for (const { id: peerId, producers } of participants as never[]) {
    for (const { id, kind } of producers as never[]) {
      client.onProducer({ id, peerId, kind });
    }
  }
  return {
    peerId: participantId,
    routerRtpCapabilities: async () =>
      (await ask("getRouterRtpCapabilities")).rtpCapabilities,
    async createTransport(direction) {
      const { transportId: id, ...rest } = await ask(
        direction === "send" ? "createSendTransport" : "createRecvTransport",
      );
      return { id, ...rest } as never;
    },
    connectTransport: (transportId, dtlsParameters) =>
      ask("connectTransport", { transportId, dtlsParameters }),
    async produce(transportId, kind, rtpParameters) {
      const source = kind === "audio" ? "microphone" : "camera";
      const message = { transportId, kind, rtpParameters, source };
      return { id: (await ask("produce", message)).producerId };
    },
    async consume(_transportId, producerId, rtpCapabilities) {
      const message = { producerId, rtpCapabilities };
      const { consumerId: id, ...rest } = await ask("consume", message);
      return { ...rest, id } as never;
    },
    resumeConsumer: (consumerId) => ask("resumeConsumer", { consumerId }),
    leave: () => Promise.resolve(channel.send('{"type":"leaveRoom"}')),
  };
};
export default adapter;
