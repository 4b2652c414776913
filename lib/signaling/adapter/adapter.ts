/**
 * What an adapter is: the shapes between rtcrowd and the code that speaks one
 * server's signaling.
 *
 * @module
 */

import type {
  DtlsParameters,
  IceCandidate,
  IceParameters,
  MediaKind,
  RtpCapabilities,
  RtpParameters,
} from "../../ortc/mod.ts";
import type { Channel } from "../websocket/mod.ts";

/**
 * An adapter: the default export of its module. It is called once for each
 * visit of each client, reaches the server, and resolves with what can be
 * asked there; it rejects where the server does not let us in.
 *
 * Whatever it throws or rejects with counts as the server's no, in its words,
 * to the one client and under the name of the one operation. So does an answer
 * that does not come within 10 s.
 */
export type Adapter = (client: AdapterClient) => Promise<AdapterSession>;

/** Who comes, where to, and whom to tell what the server says unasked. */
export interface AdapterClient {
  /** The server, as it was given with `--server`: a `ws:` or `wss:` URL. */
  readonly url: URL;
  /** The room to enter. */
  readonly roomId: string;
  /** A name for us that nobody else in any room has; what the others know us by, unless the session says otherwise. */
  readonly peerId: string;
  /** A name for people. */
  readonly name: string;
  /** The token of `--token`. */
  readonly token: string | undefined;
  /** The password of `--password`. */
  readonly password: string | undefined;
  /** What was given with `--signaling-option key=value`. */
  readonly options: Readonly<Record<string, string>>;
  /** Aborts when the visit is over, however it ends: whatever is open is to be closed then. */
  readonly signal: AbortSignal;

  /**
   * Opens a WebSocket to the server, with the certificates, headers and
   * proxies of the command line, through the client's own network where that
   * is impaired. It is closed with the visit, and when the
   * server closes it, the visit is over. Set its `onText` at once, before
   * anything else is awaited.
   *
   * @throws {Error} When that fails; its message is one line.
   */
  openChannel(options?: ChannelOptions): Promise<Channel>;

  /** Somebody sends a track, which `consume` can ask for. May be told twice, and of our own tracks. */
  onProducer(producer: OfferedTrack): void;
  /** A track has ended. */
  onProducerClosed(producerId: string): void;
  /** Somebody muted a track or goes on with it. Where it is not told, what is missing of a muted track counts as lost. */
  onProducerPaused(producerId: string, isPaused: boolean): void;
  /** Somebody left, and all that they sent has ended. */
  onPeerLeft(peerId: string): void;
  /**
   * The server has made a consumer without being asked. Resolves with whether
   * it is wanted, once its packets may come: answer a server that waits for
   * that. `false` comes after a few seconds; it may be wanted later, when
   * another one ends, and then `resumeConsumer` is called.
   */
  onConsumer(consumer: ServerConsumer): Promise<boolean>;
  /** The server paused a consumer, or goes on with it: as `onProducerPaused`, by the consumer. */
  onConsumerPaused(consumerId: string, isPaused: boolean): void;
  /** A consumer has ended. */
  onConsumerClosed(consumerId: string): void;
  /** The server sends this layer of simulcast now; 0 is the smallest, `null` none. */
  onLayers(consumerId: string, spatialLayer: number | null): void;
  /** Somebody put us out of the room for good, with their words where they gave any. */
  onPutOut(reason?: string): void;
  /** The way to the server is lost; the client comes back by itself. Needless for what `openChannel` opened. */
  onClosed(reason: string): void;
}

/** How to open a channel. */
export interface ChannelOptions {
  /** Where to, a `ws:` or `wss:` URL. @default {the server's} */
  readonly url?: string | URL | undefined;
  /** The WebSocket subprotocol to ask for (RFC 6455 section 1.9). @default {none} */
  readonly protocol?: string | undefined;
  /** An `Origin` in place of the server's own. @default {that of the server} */
  readonly origin?: string | undefined;
}

/** A track that somebody sends. */
export interface OfferedTrack {
  /** Its id, for `consume`. */
  readonly id: string;
  /** Who sends it, as their own session knows itself; where the server does not say, leave it out. */
  readonly peerId?: string | undefined;
  /** What it carries. Where the server does not say, the track is consumed to find out. */
  readonly kind?: MediaKind | undefined;
  /** Whether its sender has paused it. @default {false} */
  readonly paused?: boolean | undefined;
}

/** A consumer that the server has made without being asked. */
export interface ServerConsumer extends ConsumerParameters {
  /** Who sends the track, as their own session knows itself; where the server does not say, leave it out. */
  readonly peerId?: string | undefined;
  /** Whether the sender has paused it. @default {false} */
  readonly paused?: boolean | undefined;
}

/** What mediasoup-client's `recvTransport.consume` takes. */
export interface ConsumerParameters {
  /** The consumer's id. */
  readonly id: string;
  /** The track that it carries. */
  readonly producerId: string;
  /** What it carries. */
  readonly kind: MediaKind;
  /** How it comes. */
  readonly rtpParameters: RtpParameters;
}

/** What mediasoup-client's `device.createSendTransport` and `createRecvTransport` take. */
export interface TransportParameters {
  /** The transport's id. */
  readonly id: string;
  /** The server's ICE credentials. */
  readonly iceParameters: IceParameters;
  /** Where the server can be reached. */
  readonly iceCandidates: readonly IceCandidate[];
  /** The server's fingerprints. */
  readonly dtlsParameters: DtlsParameters;
}

/**
 * What can be asked in one visit, in the order in which rtcrowd asks. A method
 * that is missing is something that the server cannot do; those without a
 * question mark are needed. Several may be under way at once.
 */
export interface AdapterSession {
  /** What the others know us by. @default {the client's `peerId`} */
  readonly peerId?: string | undefined;
  /**
   * Whether each consumer comes on a transport of its own: then the one for a
   * track is created right before it is consumed, and not one for all before
   * we join. @default {"one"}
   */
  readonly receiveTransports?: "one" | "onePerConsumer" | undefined;
  /** What mediasoup-client's `device.load` takes. */
  routerRtpCapabilities(): Promise<RtpCapabilities>;
  /** Has the server make its end of a transport; `forceTcp` where media is to go over TCP alone. */
  createTransport(
    direction: "send" | "recv",
    forceTcp: boolean,
  ): Promise<TransportParameters>;
  /** What a transport's `connect` handler sends. */
  connectTransport(
    transportId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<unknown>;
  /**
   * Enters the room; with the capabilities of `device.rtpCapabilities`, or
   * without any where the client receives nothing. Who is there may be told
   * before it resolves, or after. Without it, we are in the room already.
   */
  join?(rtpCapabilities: RtpCapabilities | undefined): Promise<unknown>;
  /** What a transport's `produce` handler sends; resolves with the producer's id. */
  produce(
    transportId: string,
    kind: MediaKind,
    rtpParameters: RtpParameters,
  ): Promise<{ readonly id: string }>;
  /** Without it, what we send just stops while it is muted. */
  pauseProducer?(producerId: string): Promise<unknown>;
  /** Goes with `pauseProducer`. */
  resumeProducer?(producerId: string): Promise<unknown>;
  /** What is asked before `recvTransport.consume`. Without it, consumers come by `onConsumer`. */
  consume?(
    transportId: string,
    producerId: string,
    rtpCapabilities: RtpCapabilities,
  ): Promise<ConsumerParameters>;
  /** Without it, consumers need not be started. */
  resumeConsumer?(consumerId: string): Promise<unknown>;
  /** Without it, the media of a consumer that is not wanted any more goes on. */
  pauseConsumer?(consumerId: string): Promise<unknown>;
  /** Asks for a layer of simulcast; 0 is the smallest. Without it, `layers` is refused. */
  preferLayer?(consumerId: string, spatialLayer: number): Promise<unknown>;
  /** Has the server make new ICE credentials. Without it, a client whose path is lost joins anew. */
  restartIce?(transportId: string): Promise<RestartedIce>;
  /** Says goodbye, where the server wants that; what is open is closed by the client's `signal`. */
  leave(): Promise<unknown>;
}

/** New ICE credentials of the server. */
export interface RestartedIce {
  /** The credentials. */
  readonly iceParameters: IceParameters;
  /** Where the server can be reached. @default {as before} */
  readonly iceCandidates?: readonly IceCandidate[] | undefined;
}
