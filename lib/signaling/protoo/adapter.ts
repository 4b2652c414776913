/**
 * mediasoup-demo's signaling, protoo 4, by an adapter as any user could write
 * it. The server makes consumers by itself, each by a request that it waits
 * for: one that is refused stays, paused, and can be resumed later.
 *
 * The server in JavaScript, to 2024, answers with the values themselves and
 * wants an answer to everything; those in TypeScript name what they answer, and
 * are notified of what needs no answer. These say who they are in their first
 * notification, and so do later ones of the former; what only the one wants is
 * told to both.
 */

import type { Adapter, AdapterClient } from "../adapter/mod.ts";
import { type JsonRpc, jsonRpc } from "../adapter/mod.ts";

// deno-lint-ignore no-explicit-any -- what a server says is looked at where it goes
type Data = any;

/** Options besides `origin` go into the URL, `consumerReplicas` for example. */
export const protooAdapter: Adapter = async (client) => {
  const { origin, ...query } = client.options;
  const url = new URL(client.url);
  const { roomId, peerId } = client;
  for (const entry of Object.entries({ ...query, roomId, peerId })) {
    url.searchParams.set(...entry);
  }
  const channel = await client.openChannel({ url, protocol: "protoo", origin });
  let isTyped = false;
  /** Consumers that their first answer resumes. */
  const fresh = new Set<string>();
  const rpc: JsonRpc = jsonRpc(channel, {
    makeRequest: (id, method, data) => ({ request: true, id, method, data }),
    makeNotice: (method, data) => ({ notification: true, method, data }),
    readReply: ({ response, id, ok, data, errorCode, errorReason }) =>
      response
        ? { id, data, error: ok ? undefined : errorReason || `${errorCode}` }
        : undefined,
    onMessage: (message: Data) => {
      if (message.request) return answer(client, rpc, fresh, message);
      if (message.method === "mediasoupVersion") isTyped = true;
      hear(client, message);
    },
  });
  const { ask, tell } = rpc;
  const act = async (method: string, data: object) =>
    isTyped ? tell(method, data) : await ask(method, data);
  return {
    async routerRtpCapabilities() {
      const reply = await ask("getRouterRtpCapabilities");
      return reply.routerRtpCapabilities ?? reply;
    },
    async createTransport(direction, forceTcp) {
      const producing = direction === "send";
      const appData = { direction: producing ? "producer" : "consumer" };
      const data = { forceTcp, producing, consuming: !producing, appData };
      const reply = await ask("createWebRtcTransport", data);
      return { ...reply, id: reply.transportId ?? reply.id };
    },
    connectTransport: (transportId, dtlsParameters) =>
      ask("connectWebRtcTransport", { transportId, dtlsParameters }),
    join: (rtpCapabilities) =>
      ask("join", {
        displayName: client.name,
        device: { flag: "unknown", name: "rtcrowd" },
        rtpCapabilities,
      }),
    async produce(transportId, kind, rtpParameters) {
      const appData = { source: kind };
      const data = { transportId, kind, rtpParameters, appData };
      const reply = await ask("produce", data);
      return { id: reply.producerId ?? reply.id };
    },
    pauseProducer: (producerId) => act("pauseProducer", { producerId }),
    resumeProducer: (producerId) => act("resumeProducer", { producerId }),
    pauseConsumer: (consumerId) => act("pauseConsumer", { consumerId }),
    resumeConsumer: (consumerId) =>
      fresh.delete(consumerId)
        ? Promise.resolve()
        : act("resumeConsumer", { consumerId }),
    preferLayer: (consumerId, spatialLayer) =>
      act("setConsumerPreferredLayers", { consumerId, spatialLayer }),
    async restartIce(transportId) {
      const reply = await ask("restartIce", { transportId });
      return { iceParameters: reply.iceParameters ?? reply };
    },
    // The end of the connection is the goodbye.
    leave: () => Promise.resolve(),
  };
};

/** The server's requests: that we take a consumer, and what we have no use for. */
async function answer(
  client: AdapterClient,
  { send }: JsonRpc,
  fresh: Set<string>,
  { id, method, data }: Data,
): Promise<void> {
  const consumerId = data?.consumerId ?? data?.id;
  if (method === "newConsumer") fresh.add(consumerId);
  const isTaken = method === "newConsumer" && await client.onConsumer({
    ...data,
    id: consumerId,
    paused: data?.producerPaused,
  });
  fresh.delete(consumerId);
  if (isTaken) return send({ response: true, id, ok: true, data: {} });
  send({ response: true, id, errorCode: 403, errorReason: "not wanted" });
}

/** The server's news; what is not here is of no use to media. */
function hear(client: AdapterClient, { method, data }: Data): void {
  switch (method) {
    case "peerClosed":
      return client.onPeerLeft(data.peerId);
    case "consumerClosed":
      return client.onConsumerClosed(data.consumerId);
    case "consumerPaused":
    case "consumerResumed":
      return client.onConsumerPaused(
        data.consumerId,
        method === "consumerPaused",
      );
    case "consumerLayersChanged": {
      const { spatialLayer = null } = data.layers ?? data;
      return client.onLayers(data.consumerId, spatialLayer);
    }
  }
}
