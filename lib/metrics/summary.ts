/**
 * The summary: everything that a run came to, as numbers. Its shape is that of
 * `load_test_summary.json`; the keys at its top that say `total`, `average`
 * or `p95` are those of SimplestChat's own tester.
 *
 * @module
 */

import type { GeneratorStandstill, NodeWallJump } from "./clock_health.ts";
import type { ThresholdResult } from "./evaluate.ts";
import type { WorstClients } from "./badness.ts";
import type { Judgement } from "./judgement.ts";
import type { LossOrigin } from "./loss_origin.ts";
import type { CandidateCount } from "./candidates.ts";
import type { OthersSummary } from "./other_tracks.ts";
import type { ServerLoad } from "./server_log.ts";
import type { TimelinePoint } from "./snapshot_book.ts";
import type { Distribution, DurationStats } from "./stats.ts";

/** Plain JSON data. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

/** What a run came to, in one word and one sentence. */
export interface Verdict {
  /** The word. */
  readonly status: "passed" | "failed" | "invalid" | "interrupted" | "broke";
  /** The sentence. */
  readonly reason: string;
}

/** What the clients of one room came to. */
export interface RoomSummary {
  /** The room's id. */
  readonly roomId: string;
  /** Clients planned for it. */
  readonly totalClients: number;
  /** Of those, the ones that got connected. */
  readonly successfulConnections: number;
  /** RTP packets sent. */
  readonly totalPacketsSent: number;
  /** RTP packets received. */
  readonly totalPacketsReceived: number;
  /** Errors of its clients. */
  readonly totalErrors: number;
  /** Tracks that the server accepted. */
  readonly totalProducersCreated: number;
  /** Tracks that its clients subscribed to. */
  readonly totalConsumersCreated: number;
  /** Clients that were connected at the end, or when they left. */
  readonly connectedAtEnd: number;
  /** Time that tracks were silent, of the time that they should have come; `null` when none should. */
  readonly silentRatio: number | null;
  /** Packets lost of those expected; 0 when none were. */
  readonly lossRatio: number;
  /** The same for what no repair made up for. */
  readonly residualLossRatio: number;
  /** Bits sent a second by a connected client, on average. */
  readonly sendBpsPerClient: number;
  /** Bits received a second by a connected client, on average. */
  readonly receiveBpsPerClient: number;
  /** The longest media latency of a packet; `null` when nothing came. */
  readonly maxMediaLatencyMs: number | null;
  /** The largest jitter of a track; `null` when nothing came. */
  readonly maxJitterMs: number | null;
  /** The longest round trip of a client; `null` when none is known. */
  readonly maxRoundTripMs: number | null;
  /** The longest wait for a video's first frame; `null` without video. */
  readonly maxFirstKeyFrameMs: number | null;
  /** The longest time that media of a client took to come back once its impaired network was; `null` without one. */
  readonly maxNetworkRecoveryMs: number | null;
  /** Frames that a video showed a second, on average; `null` without video. */
  readonly frameRate: number | null;
  /** Frames that came whole and were not shown. */
  readonly framesDropped: number;
  /** Times that videos stood still. */
  readonly freezes: number;
  /** For how long, all together. */
  readonly frozenMs: number;
  /** Of the time that videos were on; `null` without video. */
  readonly frozenRatio: number | null;
  /** For how long at most. */
  readonly longestFreezeMs: number;
  /** Frames whose picture id did not follow that of the frame right before. */
  readonly pictureIdJumps: number;
  /** Frames whose timestamp did not move on, or led the clock by a second. */
  readonly timestampJumps: number;
  /** Times that a received track of simulcast went from one layer to another. */
  readonly layerSwitches: number;
  /** Feedback that the server sent its clients. */
  readonly received: FeedbackReceived;
  /** Feedback that its clients sent. */
  readonly sent: FeedbackSent;
}

/** Feedback that the server sent us. */
export interface FeedbackReceived {
  /** Key frames asked for by PLI. */
  readonly pli: number;
  /** Key frames asked for by FIR. */
  readonly fir: number;
  /** Packets asked for again. */
  readonly nack: number;
}

/** Feedback that we sent. */
export interface FeedbackSent {
  /** Key frames asked for. */
  readonly pli: number;
  /** Packets asked for again. */
  readonly nack: number;
}

/** What viewers saw of videos. */
export interface VideoSummary {
  /** Frames that a viewer would have seen: whole, and nothing missing before them. */
  readonly framesShown: number;
  /** Of those, key frames. */
  readonly keyFramesShown: number;
  /** Frames that came whole and were not shown, because something before them never came. */
  readonly framesDropped: number;
  /** Frames that a video showed a second, on average; `null` without video. */
  readonly frameRate: number | null;
  /** Frames shown in each second of each received video. */
  readonly consumerFrameRate: Distribution;
  /** From one frame shown to the next. */
  readonly frameGapMs: DurationStats;
  /** Times that a video stood still (W3C webrtc-stats). */
  readonly freezes: number;
  /** For how long, all together. */
  readonly frozenMs: number;
  /** Of the time that videos were on; `null` without video. */
  readonly frozenRatio: number | null;
  /** For how long at most. */
  readonly longestFreezeMs: number;
  /** For how long at each client that saw video. */
  readonly freezeTimeMs: DurationStats;
  /** Frames whose picture id did not follow that of the frame right before. */
  readonly pictureIdJumps: number;
  /** Frames whose timestamp did not move on, or led the clock by a second. */
  readonly timestampJumps: number;
}

/** How the media did. */
export interface MediaSummary {
  /** RTP packets that the joined topology should have delivered. */
  readonly packetsDeliverable: number;
  /** Received, of those; `null` when there were none. */
  readonly deliveryRatio: number | null;
  /** Received, divided by sent; `null` when nothing was sent. */
  readonly receiveSendRatio: number | null;
  /** Loss by sequence numbers; `ratio` is 0 when nothing was expected. */
  readonly loss: {
    /** Packets that the sequence numbers announced. */
    readonly expected: number;
    /** Those that never came. */
    readonly lost: number;
    /** Lost of expected. */
    readonly ratio: number;
    /** Those lost that a repair made up for (RFC 4588). */
    readonly repaired: number;
    /** What was lost in spite of repairs, of expected. */
    readonly residualRatio: number;
    /** Lost of expected, in each second of each received track. */
    readonly consumerRatio: Distribution;
    /** The same for what no repair made up for. */
    readonly consumerResidualRatio: Distribution;
  };
  /** Where packets were lost, repairs included. */
  readonly lossOrigin: LossOrigin;
  /** From capture to the receiving kernel. */
  readonly latencyMs: DurationStats;
  /** Interarrival jitter (RFC 3550 section 6.4.1). */
  readonly jitterMs: DurationStats;
  /** To the server and back, looked at once a second. */
  readonly roundTripMs: DurationStats;
  /** From when something was lost until media flowed again. */
  readonly recoveryMs: {
    /** From when a client lost its channel or a transport until it was back and its media flowed again. */
    readonly channel: DurationStats;
    /** From when a client's impaired network was back after an outage until it showed a frame again or, without video, heard a packet. */
    readonly network: DurationStats;
  };
  /** Outages of clients' impaired networks before whose recovery the next one came, or the client left. */
  readonly networkNotRecovered: number;
  /** What impaired networks did to RTP packets, repairs included; all 0 without one. */
  readonly impaired: {
    /** To those on their way to clients. */
    readonly inbound: ImpairedCounts;
    /** To those on their way to the server. */
    readonly outbound: ImpairedCounts;
    /** Source ports of clients that NAT was made to change. */
    readonly rebinds: number;
  };
  /** From when a client was due to its first packet out. */
  readonly timeToFirstSentMs: DurationStats;
  /** From when a client was due to its first packet in. */
  readonly timeToFirstReceivedMs: DurationStats;
  /** From when a track was asked for to its first packet. */
  readonly timeToFirstPacketMs: DurationStats;
  /** From when a video was asked for to its first frame. */
  readonly timeToFirstKeyFrameMs: DurationStats;
  /** What viewers saw of videos. */
  readonly video: VideoSummary;
  /** Bits sent a second by a connected client, on average. */
  readonly sendBpsPerClient: number;
  /** Bits received a second by a connected client, on average. */
  readonly receiveBpsPerClient: number;
  /** Bits received in each second of each received track. */
  readonly consumerBps: {
    /** Of audio. */
    readonly audio: Distribution;
    /** Of video. */
    readonly video: Distribution;
  };
  /** Packets received twice. */
  readonly packetsDuplicate: number;
  /** Packets overtaken by a later one. */
  readonly packetsOutOfOrder: number;
  /** Repairs received. */
  readonly rtxReceived: number;
  /** Packets sent again on request. */
  readonly rtxSent: number;
  /** Packets that failed authentication or were replayed. */
  readonly srtpFailures: number;
  /** Key frames sent. */
  readonly keyFramesSent: number;
  /** Times that a received track of simulcast went from one layer to another. */
  readonly layerSwitches: number;
  /** Feedback that the server sent us. */
  readonly received: FeedbackReceived;
  /** Feedback that we sent. */
  readonly sent: FeedbackSent;
}

/** What impaired networks did to packets in one direction. */
export interface ImpairedCounts {
  /** Packets that entered one. */
  readonly packets: number;
  /** Those that it dropped. */
  readonly dropped: number;
  /** Those that it delayed. */
  readonly delayed: number;
  /** Those that it duplicated. */
  readonly duplicated: number;
}

/** How the generator did. */
export interface GeneratorSummary {
  /** Kinds of datagram lane, joined by `+`. */
  readonly lane: string;
  /** Kinds of SRTP cipher, joined by `+`. */
  readonly cipher: string;
  /** Threads that drove clients. */
  readonly workers: number;
  /** CPU time spent. */
  readonly cpuSeconds: number;
  /** CPU time spent, of what the threads had; `null` when unknown. */
  readonly cpuRatio: number | null;
  /** CPU time spent, divided by the server's over the same time; `null` when that was not watched. */
  readonly cpuPerServerCpu: number | null;
  /** When packets left, minus when they were due. */
  readonly latenessMs: DurationStats;
  /** How late the event loop came round. */
  readonly loopLagMs: DurationStats;
  /** RTP packets that were due. */
  readonly packetsPlanned: number;
  /** Those that were sent. */
  readonly packetsSent: number;
  /** Those that were due while the generator stood still, and never left. */
  readonly packetsSkipped: number;
  /** Those that left over 5 ms late. */
  readonly packetsLate: number;
  /** Those that the system refused. */
  readonly sendRefused: number;
  /** Sent of planned; `null` when none were. */
  readonly achievedRatio: number | null;
  /** Packets that our own kernel dropped; `null` when it does not say. */
  readonly kernelDrops: number | null;
  /** Joins put off because the generator was too busy. */
  readonly heldBackJoins: number;
  /** How long they waited. */
  readonly heldBackMs: DurationStats;
  /** When it, or a part of it, stood still; what went by meanwhile is in no figure. */
  readonly standstills: readonly GeneratorStandstill[];
  /** When the wall clock was set; no figure follows it. */
  readonly wallJumps: readonly NodeWallJump[];
  /** What to know of it, one sentence each: why something portable was chosen, when it stood still. */
  readonly notes: readonly string[];
}

/** The server that was tested. */
export interface ServerSummary {
  /** Its address. */
  readonly url: string;
  /** The embedded server's engine; `null` for a server elsewhere. */
  readonly engine: string | null;
  /** What it used, measured from outside; `null` when it was not watched. */
  readonly load: ServerLoad | null;
  /** What it said of itself over HTTP; `null` when it was not asked. */
  readonly told: ServerTold | null;
  /** What watching it met: that it was gone, or could not be looked at. */
  readonly notes: readonly string[];
}

/** The most that a server said of itself; `null` for what it did not tell. */
export interface ServerTold {
  /** Most people in rooms. */
  readonly maxParticipants: number | null;
  /** Most rooms. */
  readonly maxRooms: number | null;
  /** Most open WebSockets. */
  readonly maxConnections: number | null;
  /** Errors that it counted meanwhile. */
  readonly errors: number | null;
}

/** What clients lost, and how they came back. */
export interface ReturnsSummary {
  /** Times that a client lost its channel or a transport. */
  readonly losses: number;
  /** Returns on the same transports, by new ICE credentials. */
  readonly iceRestart: number;
  /** Returns on a new channel, as the same participant. */
  readonly reconnected: number;
  /** Returns as a new participant. */
  readonly rejoined: number;
  /** Attempts that failed. */
  readonly failedAttempts: number;
  /** Clients whose media did not flow again after their last loss. */
  readonly neverBack: number;
}

/** How often one kind of error happened. */
export interface ErrorSummary {
  /** How often. */
  readonly count: number;
  /** The first message of this kind; `null` when none was kept. */
  readonly example: string | null;
}

/** The scenario that a run was. */
export interface ScenarioReport {
  /** Its name. */
  readonly name: string;
  /** What it found; `null` when it finds nothing, or was cut off. */
  readonly found: JsonValue;
}

/** Everything that a run came to. */
export interface Summary {
  /** The version of rtcrowd. */
  readonly version: string;
  /** When the run began, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** How long it has been, in milliseconds. */
  readonly elapsedMs: number;
  /** The seed of everything drawn. */
  readonly seed: number;
  /** The options as used. */
  readonly config: Readonly<Record<string, JsonValue>>;
  /** The scenario; missing where it was a plain run. */
  readonly scenario?: ScenarioReport | undefined;
  /** The server that was tested. */
  readonly server: ServerSummary;
  /** Whether it was cut off before its end. */
  readonly partial: boolean;
  /** Set when the generator could not keep up. */
  readonly invalid: {
    /** Why, in one sentence. */
    readonly reason: string;
  } | null;
  /** What it came to. */
  readonly verdict: Verdict;
  /** What that rests on, where no threshold decided: every figure that is judged, the most telling first. */
  readonly judgement: readonly Judgement[];
  /** What the command exits with. */
  readonly exitCode: number;
  /** Clients, replacements included. */
  readonly totalClients: number;
  /** Those whose transports all finished ICE and DTLS. */
  readonly successfulConnections: number;
  /** Those that tried and did not get there. */
  readonly failedConnections: number;
  /** Those that were connected at the end, or when they left. */
  readonly connectedAtEnd: number;
  /** Those that were not due yet, or still trying, when a run was cut off. */
  readonly pendingConnections: number;
  /** Mean over those that got connected; 0 when none did. */
  readonly averageConnectionTimeMs: number;
  /** Median of the same. */
  readonly p50ConnectionTimeMs: number;
  /** What 95 % of them did not exceed. */
  readonly p95ConnectionTimeMs: number;
  /** What 99 % of them did not exceed. */
  readonly p99ConnectionTimeMs: number;
  /** RTP packets sent. */
  readonly totalPacketsSent: number;
  /** RTP packets received, repairs apart. */
  readonly totalPacketsReceived: number;
  /** Whole RTP packets sent. */
  readonly totalBytesSent: number;
  /** Whole RTP packets received. */
  readonly totalBytesReceived: number;
  /** Mean over those that got connected; 0 when none did. */
  readonly averageSessionDurationMs: number;
  /** All errors. */
  readonly totalErrors: number;
  /** Tracks that the server accepted. */
  readonly totalProducersCreated: number;
  /** Tracks that clients subscribed to. */
  readonly totalConsumersCreated: number;
  /** Times that clients came back after their channel or a transport was lost. */
  readonly totalReconnections: number;
  /** Attempts at that which failed. */
  readonly totalReconnectionFailures: number;
  /** What was lost, and how clients came back. */
  readonly returns: ReturnsSummary;
  /** Latencies by operation, over all requests of all clients. */
  readonly signalingLatencies: {
    /** By the operation's name. */
    readonly operations: Readonly<Record<string, DurationStats>>;
  };
  /** The clients that were hurt most. */
  readonly worstClients: WorstClients;
  /** By room, sorted by id as people count. */
  readonly rooms: readonly RoomSummary[];
  /** How the media did. */
  readonly media: MediaSummary;
  /** The server's addresses for media: those that clients took, then those that they tried in vain. */
  readonly candidates: readonly CandidateCount[];
  /** Tracks that no client of the run sends; they weigh in no figure of delivery, loss, freezes or latency. */
  readonly others: OthersSummary;
  /** Consumers that the server grants a client in one stay, closed ones too, and tracks that were left out for it; `null` when it refused none. */
  readonly consumerLimit:
    | { readonly consumers: number; readonly denied: number }
    | null;
  /** Errors by kind, the most frequent first. */
  readonly errors: Readonly<Record<string, ErrorSummary>>;
  /** Server messages of an unknown type. */
  readonly unknownMessages: number;
  /** Server messages that could not be read. */
  readonly malformedMessages: number;
  /** How the generator did. */
  readonly generator: GeneratorSummary;
  /** How it did by each threshold. */
  readonly thresholds: readonly ThresholdResult[];
  /** The run, stretch by stretch. */
  readonly timeline: readonly TimelinePoint[];
}
