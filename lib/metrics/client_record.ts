/**
 * What is known of one client: the source of its line in
 * `load_test_results.json`. A {@linkcode ClientRecorder} collects it while
 * the client lives; a {@linkcode ClientRecord} is the plain data of it.
 *
 * @module
 */

/** How far a client has come. */
export type ClientState =
  | "planned"
  | "joining"
  | "connected"
  /** Its channel or a transport was lost, and it is coming back. */
  | "away"
  | "failed"
  | "left";

/** Whether a client sends media of its own. */
export type ClientRole = "publisher" | "viewer";

/** Who a client is; none of it changes during its life. */
export interface ClientIdentity {
  /** `client-<index>`. */
  readonly clientId: string;
  /** Its place in the plan, from 0. */
  readonly index: number;
  /** The room that it joins. */
  readonly roomId: string;
  /** Whether it publishes. */
  readonly role: ClientRole;
  /** The node that drives it. */
  readonly node: string;
}

/** Something that went wrong for one client. */
export interface ClientError {
  /** What went wrong, as a short fixed word: `timeout`, `refused`, … */
  readonly kind: string;
  /** The particulars, in one line. */
  readonly message: string;
  /** When, in milliseconds since the run began. */
  readonly atMs: number;
}

/** One client's latencies of one signaling operation. */
export interface OperationRecord {
  /** Requests answered. */
  readonly count: number;
  /** The smallest latency. */
  readonly minMs: number;
  /** The largest latency. */
  readonly maxMs: number;
  /** The sum of all latencies. */
  readonly sumMs: number;
  /** The latest {@linkcode MAX_OPERATION_VALUES} latencies, oldest first. */
  readonly valuesMs: readonly number[];
}

/** The numbers of a client that its owner writes to in place. */
export interface ClientFigures {
  /** How far it has come. */
  state: ClientState;
  /** ICE and DTLS are up on every transport that it needs. */
  connectionSuccessful: boolean;
  /** It was connected and is not, or was not when it left: it gave up, or is on its way back. */
  isAway: boolean;
  /** When it was first connected, in milliseconds since the run began. */
  connectedAtMs: number | null;
  /** From when the client was due until the last of its transports was up. */
  connectionTimeMs: number | null;
  /** From when the client was due until its first RTP packet left. */
  timeToFirstMediaSentMs: number | null;
  /** From when the client was due until its first RTP packet arrived. */
  timeToFirstMediaReceivedMs: number | null;
  /** The longest time from when it lost its channel or a transport until it was back and its media flowed again. */
  recoveryMs: number | null;
  /** Since when it has had no media after such a loss, in milliseconds since the run began; `null` when it has. */
  awaySinceMs: number | null;
  /** The longest time from when its impaired network was back after an outage until it showed a frame again or, without video, heard a packet. */
  networkRecoveryMs: number | null;
  /** The longest media latency of a packet. */
  maxMediaLatencyMs: number | null;
  /** The largest jitter of a track, looked at once a second. */
  maxJitterMs: number | null;
  /** The longest round trip to the server, looked at once a second. */
  maxRoundTripMs: number | null;
  /** From when a video was asked for until its first frame, at most; those that were paused at first left out. */
  firstKeyFrameMs: number | null;
  /** Video frames that a viewer would have seen. */
  framesShown: number;
  /** Those of them that followed none: the first of a video, and the first after a pause. */
  videosBegun: number;
  /** Video frames that came whole and were not shown, because something before them never came. */
  framesDropped: number;
  /** Times that a video stood still. */
  freezes: number;
  /** For how long, all its videos together. */
  frozenMs: number;
  /** For how long at most. */
  longestFreezeMs: number;
  /** For how long its videos were on, freezes included, all together. */
  playedMs: number;
  /** Frames whose picture id did not follow that of the frame right before. */
  pictureIdJumps: number;
  /** Frames whose timestamp did not move on, or led the clock by a second. */
  timestampJumps: number;
  /** Times that the server went over to other layers of a track. */
  layerSwitches: number;
  /** Key frames that it asked for. */
  pliSent: number;
  /** Packets that it asked to repeat. */
  nackSent: number;
  /** Key frames that the server asked it for by PLI. */
  pliReceived: number;
  /** The same by FIR. */
  firReceived: number;
  /** Packets that the server asked it to repeat. */
  nackReceived: number;
  /** RTP packets sent. */
  packetsSent: number;
  /** RTP packets received, repairs apart. */
  packetsReceived: number;
  /** Packets that the sequence numbers of its consumers announced. */
  packetsExpected: number;
  /** Of those received, the ones that no client of this run sent. */
  packetsFromOthers: number;
  /** Packets that other clients of this run sent to it. */
  packetsDeliverable: number;
  /** Of those expected, the ones that never came. */
  packetsLost: number;
  /** Of those lost, the ones that a repair made up for. */
  packetsRepaired: number;
  /** Its network as it is now, in one line; `null` when that does nothing to packets. */
  impairment: string | null;
  /** Packets that its network dropped before they came to it, repairs included. */
  packetsDroppedIn: number;
  /** Packets that its network dropped after they were sent. */
  packetsDroppedOut: number;
  /** Whole RTP packets sent, headers included. */
  bytesSent: number;
  /** Whole RTP packets received, headers included. */
  bytesReceived: number;
  /** Tracks that the server accepted. */
  producersCreated: number;
  /** Tracks that it subscribed to. */
  consumersCreated: number;
  /** Consumers that media has arrived on. */
  consumersFlowing: number;
  /** From connected to left, in milliseconds. */
  sessionDurationMs: number;
  /** What it is to send, when it is not muted. */
  sends: readonly ("audio" | "video")[];
  /** What it wants to receive. */
  receives: readonly ("audio" | "video")[];
  /** For how long it should have sent. */
  sendDueMs: number;
  /** For how long tracks that it wants should have come, all together. */
  tracksDueMs: number;
  /** For how long nothing came of them, all together. */
  tracksSilentMs: number;
  /** For how long nothing came of any of them. */
  withoutMediaMs: number;
  /** Times that it had media and then had none for three seconds on end. */
  mediaLosses: number;
  /** The last of them goes on, or did when it left. */
  hasLostMedia: boolean;
  /** Times that we cut its channel on purpose. */
  cuts: number;
  /** Times that its channel or a transport was lost. */
  losses: number;
  /** Times that it came back from that. */
  reconnections: number;
  /** Of those, the ones on the transports that it had, by new ICE credentials. */
  returnsByIceRestart: number;
  /** The ones on a new channel, as the participant that it was. */
  returnsByReconnect: number;
  /** The ones as a new participant. */
  returnsByRejoin: number;
  /** Attempts to come back that failed. */
  reconnectionFailures: number;
  /** Why it failed, in one line; `null` while it did not. */
  failureCause: string | null;
}

/** Everything known of one client, as plain data. */
export interface ClientRecord extends ClientIdentity, Readonly<ClientFigures> {
  /** The first {@linkcode MAX_CLIENT_ERRORS} errors. */
  readonly errors: readonly ClientError[];
  /** All errors, also those that `errors` had no room for. */
  readonly errorCount: number;
  /** Latencies by operation: `join_room`, `produce_audio`, … */
  readonly signaling: Readonly<Record<string, OperationRecord>>;
}

/** Errors that a record keeps; further ones are only counted. */
export const MAX_CLIENT_ERRORS = 20;
/** Latencies that a record keeps of each operation. */
export const MAX_OPERATION_VALUES = 64;
/** Characters that a record keeps of an error's message. */
const MAX_ERROR_MESSAGE_LENGTH = 300;

/** Collects one client's record while it lives. */
export class ClientRecorder {
  /** The client's identity. */
  readonly identity: ClientIdentity;
  /** Its numbers; write to them in place. */
  readonly figures: ClientFigures = {
    state: "planned",
    connectionSuccessful: false,
    isAway: false,
    connectedAtMs: null,
    connectionTimeMs: null,
    timeToFirstMediaSentMs: null,
    timeToFirstMediaReceivedMs: null,
    recoveryMs: null,
    awaySinceMs: null,
    networkRecoveryMs: null,
    maxMediaLatencyMs: null,
    maxJitterMs: null,
    maxRoundTripMs: null,
    firstKeyFrameMs: null,
    framesShown: 0,
    videosBegun: 0,
    framesDropped: 0,
    freezes: 0,
    frozenMs: 0,
    longestFreezeMs: 0,
    playedMs: 0,
    pictureIdJumps: 0,
    timestampJumps: 0,
    layerSwitches: 0,
    pliSent: 0,
    nackSent: 0,
    pliReceived: 0,
    firReceived: 0,
    nackReceived: 0,
    packetsSent: 0,
    packetsReceived: 0,
    packetsExpected: 0,
    packetsFromOthers: 0,
    packetsDeliverable: 0,
    packetsLost: 0,
    packetsRepaired: 0,
    impairment: null,
    packetsDroppedIn: 0,
    packetsDroppedOut: 0,
    bytesSent: 0,
    bytesReceived: 0,
    producersCreated: 0,
    consumersCreated: 0,
    consumersFlowing: 0,
    sessionDurationMs: 0,
    sends: [],
    receives: [],
    sendDueMs: 0,
    tracksDueMs: 0,
    tracksSilentMs: 0,
    withoutMediaMs: 0,
    mediaLosses: 0,
    hasLostMedia: false,
    cuts: 0,
    losses: 0,
    reconnections: 0,
    returnsByIceRestart: 0,
    returnsByReconnect: 0,
    returnsByRejoin: 0,
    reconnectionFailures: 0,
    failureCause: null,
  };
  readonly #errors: ClientError[] = [];
  #errorCount = 0;
  readonly #signaling = new Map<string, OperationRecord>();

  /** Begins the record of a client that is only planned yet. */
  constructor(identity: ClientIdentity) {
    this.identity = identity;
  }

  /** Notes an error; beyond {@linkcode MAX_CLIENT_ERRORS} it is only counted. */
  addError(kind: string, message: string, atMs: number): void {
    this.#errorCount++;
    if (this.#errors.length >= MAX_CLIENT_ERRORS) return;
    this.#errors.push({
      kind,
      message: message.slice(0, MAX_ERROR_MESSAGE_LENGTH),
      atMs,
    });
  }

  /** Notes that a request of `operation` was answered `latencyMs` after it was due; kept in whole microseconds. */
  addOperation(operation: string, latencyMs: number): void {
    const before = this.#signaling.get(operation);
    const ms = wholeMicros(latencyMs);
    this.#signaling.set(operation, {
      count: (before?.count ?? 0) + 1,
      minMs: Math.min(before?.minMs ?? Infinity, ms),
      maxMs: Math.max(before?.maxMs ?? 0, ms),
      sumMs: wholeMicros((before?.sumMs ?? 0) + ms),
      valuesMs: [...before?.valuesMs ?? [], ms].slice(-MAX_OPERATION_VALUES),
    });
  }

  /** The record as it is now; later changes do not reach it. */
  toRecord(): ClientRecord {
    return {
      ...this.identity,
      ...this.figures,
      errors: [...this.#errors],
      errorCount: this.#errorCount,
      signaling: Object.fromEntries(this.#signaling),
    };
  }
}

function wholeMicros(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
