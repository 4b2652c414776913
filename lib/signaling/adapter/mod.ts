/**
 * Writing an adapter: how rtcrowd's clients come to speak a signaling of your
 * own, so that they can fill any mediasoup server.
 *
 * An adapter is a module whose default export is an {@linkcode Adapter}. What
 * its session does are the handlers that a web client gives to
 * mediasoup-client; rtcrowd does the rest, ICE, DTLS and media. It is given by
 * its path or URL, `--signaling ./my_adapter.ts`, and loaded in every thread:
 * clients share nothing by it but what the server knows of them.
 *
 * @example
 * ```ts
 * import { type Adapter, jsonRpc } from "./mod.ts";
 *
 * const adapter: Adapter = async (client) => {
 *   const { ask } = jsonRpc(await client.openChannel(), {
 *     onMessage: ({ method, params }) => {
 *       if (method === "newProducer") client.onProducer(params);
 *       if (method === "producerClosed") client.onProducerClosed(params.id);
 *     },
 *   });
 *   await ask("join", { room: client.roomId, peer: client.peerId });
 *   return {
 *     routerRtpCapabilities: () => ask("getRouterRtpCapabilities"),
 *     createTransport: (direction) => ask("createTransport", { direction }),
 *     connectTransport: (id, dtlsParameters) =>
 *       ask("connectTransport", { id, dtlsParameters }),
 *     produce: (transportId, kind, rtpParameters) =>
 *       ask("produce", { transportId, kind, rtpParameters }),
 *     consume: (transportId, producerId, rtpCapabilities) =>
 *       ask("consume", { transportId, producerId, rtpCapabilities }),
 *     resumeConsumer: (id) => ask("resumeConsumer", { id }),
 *     leave: () => ask("leave"),
 *   };
 * };
 * export default adapter;
 * ```
 *
 * @module
 */

export type {
  DtlsFingerprint,
  DtlsParameters,
  DtlsRole,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtcpFeedback,
  RtpCapabilities,
  RtpCodec,
  RtpCodecCapability,
  RtpCodecParameters,
  RtpEncodingParameters,
  RtpHeaderExtension,
  RtpHeaderExtensionDirection,
  RtpHeaderExtensionParameters,
  RtpParameters,
} from "../../ortc/mod.ts";
export type { Channel, ChannelClosed } from "../websocket/mod.ts";
export type {
  Adapter,
  AdapterClient,
  AdapterSession,
  ChannelOptions,
  ConsumerParameters,
  OfferedTrack,
  RestartedIce,
  ServerConsumer,
  TransportParameters,
} from "./adapter.ts";
export {
  type JsonRpc,
  jsonRpc,
  type JsonRpcOptions,
  type JsonRpcReply,
} from "./json_rpc.ts";
export { type SocketIo, socketIo, type SocketIoOptions } from "./socket_io.ts";
