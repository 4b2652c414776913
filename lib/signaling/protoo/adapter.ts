/**
 * mediasoup-demo's signaling, protoo 4, by an adapter as any user could write
 * it. The server makes consumers by itself, each by a request that it waits
 * for: one that is refused stays, paused, and can be resumed later.
 */

import type { Adapter, AdapterClient } from "../adapter/mod.ts";
import { type JsonRpc, jsonRpc } from "../adapter/mod.ts";
import { type Dialect, dialectOf } from "./dialect.ts";

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
  const dialect = Promise.withResolvers<Dialect>();
  /** Consumers that their first answer resumes. */
  const fresh = new Set<string>();
  const rpc: JsonRpc = jsonRpc(channel, {
    makeRequest: (id, method, data) => ({ request: true, id, method, data }),
    makeNotice: (method, data) => ({ notification: true, method, data }),
    readReply: ({ response, id, ok, data, errorReason }) =>
      response ? { id, data, error: ok ? undefined : errorReason } : undefined,
    onMessage: (message: Data) => {
      if (message.request) return answer(client, rpc, fresh, message);
      const found = dialectOf(message.method);
      if (found !== undefined) return dialect.resolve(found);
      hear(client, message);
    },
  });
  const {
    makeTransport,
    readTransport,
    readCapabilities,
    readIce,
    readId,
    does,
  } = await dialect.promise;
  const { ask } = rpc;
  const act = does(rpc);
  return {
    routerRtpCapabilities: async () =>
      readCapabilities(await ask("getRouterRtpCapabilities")),
    createTransport: async (direction, forceTcp) =>
      readTransport(
        await ask("createWebRtcTransport", makeTransport(direction, forceTcp)),
      ),
    connectTransport: (transportId, dtlsParameters) =>
      ask("connectWebRtcTransport", { transportId, dtlsParameters }),
    join: (rtpCapabilities) =>
      ask("join", {
        displayName: client.name,
        device: { flag: "unknown", name: "rtcrowd" },
        rtpCapabilities,
      }),
    produce: async (transportId, kind, rtpParameters) => ({
      id: readId(
        await ask("produce", {
          transportId,
          kind,
          rtpParameters,
          appData: { source: kind },
        }),
      ),
    }),
    pauseProducer: (producerId) => act("pauseProducer", { producerId }),
    resumeProducer: (producerId) => act("resumeProducer", { producerId }),
    pauseConsumer: (consumerId) => act("pauseConsumer", { consumerId }),
    resumeConsumer: (consumerId) =>
      fresh.delete(consumerId)
        ? Promise.resolve()
        : act("resumeConsumer", { consumerId }),
    preferLayer: (consumerId, spatialLayer) =>
      act("setConsumerPreferredLayers", { consumerId, spatialLayer }),
    restartIce: async (transportId) => ({
      iceParameters: readIce(await ask("restartIce", { transportId })),
    }),
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
    paused: data.producerPaused,
  });
  if (isTaken) return send({ response: true, id, ok: true, data: {} });
  fresh.delete(consumerId);
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
