/**
 * The port to an SFU's signaling: what a client asks and hears, in mediasoup's
 * nouns. Each protocol has an adapter, in a folder beside this file; whoever
 * uses the port knows no message, no request's name and no URL of any.
 *
 * The order is: connect, capabilities, transports, join, produce and consume.
 * When its protocol wants to hear of the room is the adapter's affair: it may
 * enter with the connection, or only once it is told what we receive.
 *
 * It knows no socket, no packet and no other client.
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
} from "../ortc/mod.ts";

/** Makes the session of one visit to a room. Nothing happens before it connects. */
export type OpenSession = (visitor: Visitor) => SignalingSession;

/** Who comes, where to, and whom to tell what the server says unasked. */
export interface Visitor {
  readonly roomId: string;
  readonly participantName: string;
  /** Told in the order of arrival, also while the session connects. */
  readonly onEvent: (event: SignalingEvent) => void;
}

/** What a session tells. */
export type SignalingEvent =
  | RoomEvent
  /** The way to the server is gone, for whatever reason; the last event of a session that was open. */
  | { readonly type: "closed"; readonly message: string }
  /** A request was answered so long after it was made. */
  | {
    readonly type: "latency";
    readonly operation: string;
    readonly ms: number;
  }
  | { readonly type: "anomaly"; readonly anomaly: SignalingAnomaly }
  /** A request failed that no caller waits for. */
  | { readonly type: "failed"; readonly error: SignalingError };

/** What happens in the room. */
export type RoomEvent =
  /** Somebody sends a track; may be told twice. */
  | {
    readonly type: "producer";
    readonly producerId: string;
    /** Empty where the server does not say whose it is. */
    readonly peerId: string;
    readonly kind: MediaKind;
  }
  | { readonly type: "producerClosed"; readonly producerId: string }
  | {
    readonly type: "producerPaused";
    readonly producerId: string;
    readonly isPaused: boolean;
  }
  /** Somebody left, and all that they sent has ended. */
  | { readonly type: "peerLeft"; readonly peerId: string }
  /** The server sends another layer of simulcast to this consumer; 0 is the smallest, `null` none. */
  | {
    readonly type: "layers";
    readonly consumerId: string;
    readonly spatialLayer: number | null;
  }
  /** Somebody put us out of the room; with their words, where they gave any. */
  | { readonly type: "putOut"; readonly reason: string | null };

/** Something that should not happen, and that no caller waits for. */
export interface SignalingAnomaly {
  readonly kind:
    /** What is no message. */
    | "malformed"
    /** A message of a kind that this version does not know. */
    | "unknown"
    /** The reply to a request that had been given up. */
    | "late"
    /** The server threw away what we said. */
    | "rateLimited";
}

/**
 * One visit's conversation with the server. Its requests reject with a
 * {@linkcode SignalingError}. A method that is missing is something that the
 * protocol cannot do.
 */
export interface SignalingSession {
  /** Whether anything can be said: it has been connected, and not closed, cut or left. */
  readonly isOpen: boolean;

  /**
   * Reaches the server, and enters the room where the protocol begins with
   * that. To be called once; whoever has called it leaves in the end, also
   * when it failed.
   *
   * @throws {UnreachableError} When nobody is there, or nobody who speaks the protocol.
   * @throws {SignalingError} When the server does not let us in.
   */
  connect(options: ConnectOptions): Promise<Entry>;

  /** Whether each consumer comes on a transport of its own. @default {"one"} */
  readonly receiveTransports?: "one" | "onePerConsumer" | undefined;

  /** What the server's router can receive and send. */
  routerRtpCapabilities(): Promise<RtpCapabilities>;
  /** Has the server make its end of a transport; where each consumer has one of its own, the one for this track. */
  createTransport(
    direction: Direction,
    producerId?: string,
  ): Promise<CreatedTransport>;
  /** Tells the server our fingerprint. */
  connectTransport(
    transportId: string,
    dtlsParameters: DtlsParameters,
  ): Promise<void>;
  /**
   * Enters the room, once the server's ends of the transports are there; with
   * what we receive, where we receive. Without it one is in the room already.
   */
  join?(rtpCapabilities: RtpCapabilities | undefined): Promise<void>;
  /** Has the server make new ICE credentials. Without it: a full rejoin. */
  restartIce?(transportId: string, signal: AbortSignal): Promise<IceRestart>;

  /** Announces a track that we send; resolves with the producer's id. */
  produce(track: ProducedTrack): Promise<string>;
  /** The others are told that nothing comes. Without it nothing comes all the same. */
  pauseProducer?(producerId: string): Promise<void>;
  resumeProducer?(producerId: string): Promise<void>;

  /** Has the server send us a track. */
  consume(wanted: WantedTrack): Promise<Consumer>;
  /** Without it, the media of a consumer that is not wanted any more goes on. */
  pauseConsumer?(consumerId: string): Promise<void>;
  /** Without it, consumers need not be started. */
  resumeConsumer?(consumerId: string): Promise<void>;
  /** Asks for a layer of simulcast; 0 is the smallest. */
  preferLayer?(consumerId: string, spatialLayer: number): Promise<void>;

  /** The requests that have waited for at least so long, and for how long each has. */
  unanswered(leastMs: number): readonly Unanswered[];

  /** For how long the server has owed an answer, to a request or to a ping, in ms; 0 where it owes none. */
  waitingMs(): number;

  /** Breaks off without a word, as a lost network does. */
  cut(): void;
  /**
   * Leaves the room and the server; resolves when nothing is left of the
   * session. Outstanding requests reject as `closed`. Idempotent.
   */
  leave(): Promise<void>;
}

/** Which way the media of a transport goes, seen from us. */
export type Direction = "send" | "recv";

/** How to connect. */
export interface ConnectOptions {
  /** Gives up. */
  readonly signal: AbortSignal;
  /**
   * The session that was lost, to go on where it ended: as the same peer, with
   * its transports. An adapter that cannot, or may not any more, enters anew.
   */
  readonly former?: SignalingSession | undefined;
}

/** As whom we are there. */
export interface Entry {
  /** What the others know us by. */
  readonly peerId: string;
  /** Whether we went on as in the former session, with its transports, producers and consumers. */
  readonly isResumed: boolean;
}

/** The server's end of a transport. */
export interface CreatedTransport {
  readonly transportId: string;
  readonly iceParameters: IceParameters;
  readonly iceCandidates: readonly IceCandidate[];
  readonly dtlsParameters: DtlsParameters;
}

/** The server's new credentials; without candidates, those of before hold. */
export interface IceRestart {
  readonly iceParameters: IceParameters;
  readonly iceCandidates?: readonly IceCandidate[] | undefined;
}

/** A track that we send. */
export interface ProducedTrack {
  readonly transportId: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
}

/** A track that we would have. */
export interface WantedTrack {
  readonly transportId: string;
  readonly producerId: string;
  readonly rtpCapabilities: RtpCapabilities;
}

/** A track that the server sends us. */
export interface Consumer {
  readonly consumerId: string;
  readonly producerId: string;
  readonly kind: MediaKind;
  readonly rtpParameters: RtpParameters;
}

/** A request that has not been answered yet. */
export interface Unanswered {
  readonly operation: string;
  readonly waitedMs: number;
  /** What came in place of the answer, as the end of a sentence. */
  readonly meanwhile?: string;
  /** What the server has it wait for, where it has answered with that, as the end of a sentence. */
  readonly held?: string;
}

/** The server cannot be reached; the message is one line that names it. */
export class UnreachableError extends Error {
  /** What kind of error it is. */
  override readonly name: string = "UnreachableError";
}

/** The ways in which a request fails. */
export type SignalingErrorKind =
  /** No reply in time. */
  | "timeout"
  /** No reply in time, and the server said meanwhile that it threw away unread what we said. */
  | "rateLimited"
  /** A reply came that cannot be read; the detail names the field. */
  | "unreadable"
  /** The server said no. */
  | "server"
  /** Somebody decides who is let in, and did not let us in. */
  | "notAdmitted"
  /** The session closed first, or was closed before. */
  | "closed"
  /** The caller's signal fired. */
  | "aborted";

/** What a server meant by its no, where that matters and can be told. */
export type Refusal =
  /** It grants no more consumers in one visit; of how many, where it says so. */
  | { readonly of: "consumers"; readonly granted: number | undefined }
  /** Sender and receiver have no codec in common. */
  | { readonly of: "codec" }
  /** We are in no room, whatever we thought. */
  | { readonly of: "stranger" };

/** A request failed; the message is one line. */
export class SignalingError extends Error {
  /** Always "SignalingError". */
  override readonly name = "SignalingError";
  /** In which way. */
  readonly kind: SignalingErrorKind;
  /** Which request, as it is measured. */
  readonly operation: string;
  /** The server's own words for `server` and `notAdmitted`, else ours. */
  readonly detail: string;
  /** For `server`: what it meant. */
  readonly refusal: Refusal | undefined;

  /** The message is made of `operation` and `detail`. */
  constructor(
    kind: SignalingErrorKind,
    operation: string,
    detail: string,
    refusal?: Refusal,
  ) {
    const said = kind === "server" ? `the server said "${detail}"` : detail;
    super(`Cannot complete ${operation}: ${said}.`);
    this.kind = kind;
    this.operation = operation;
    this.detail = detail;
    this.refusal = refusal;
  }
}
