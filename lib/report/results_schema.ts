/**
 * The definition of `load_test_results.json`: an array, one object a client,
 * with every key of SimplestChat's own tester in the same type and unit.
 *
 * @module
 */

import type { DurationStats } from "../metrics/mod.ts";
import { z } from "./deps.ts";
import { signalingLatencies } from "./summary_schema.ts";

/** One client's line in `load_test_results.json`. */
export interface ClientResult {
  /** `client-<index>`. */
  readonly clientId: string;
  /** The room that it joined. */
  readonly roomId: string;
  /** ICE and DTLS came up on every transport that it needs. */
  readonly connectionSuccessful: boolean;
  /** From when it was due until its last transport was up; 0 when it never was. */
  readonly connectionTimeMs: number;
  /** From when it was due to its first RTP packet out. */
  readonly timeToFirstMediaSentMs: number | null;
  /** From when it was due to its first RTP packet in. */
  readonly timeToFirstMediaReceivedMs: number | null;
  /** RTP packets sent. */
  readonly totalPacketsSent: number;
  /** RTP packets received, repairs apart. */
  readonly totalPacketsReceived: number;
  /** Whole RTP packets sent. */
  readonly totalBytesSent: number;
  /** Whole RTP packets received. */
  readonly totalBytesReceived: number;
  /** Its errors, each as `kind: message`. */
  readonly errors: readonly string[];
  /** From connected to left. */
  readonly sessionDurationMs: number;
  /** Tracks that the server accepted. */
  readonly producersCreated: number;
  /** Tracks that it subscribed to. */
  readonly consumersCreated: number;
  /** Its latencies by operation. */
  readonly signalingLatencies: {
    /** By the operation's name. */
    readonly operations: Readonly<Record<string, DurationStats>>;
  };
  /** Times that it came back after its channel or a transport was lost. */
  readonly reconnections: number;
  /** Attempts at that which failed. */
  readonly reconnectionFailures: number;
  /** Times that it lost its channel or a transport. */
  readonly losses: number;
  /** Returns on the transports that it had, by new ICE credentials. */
  readonly returnsByIceRestart: number;
  /** Returns on a new channel, as the participant that it was. */
  readonly returnsByReconnect: number;
  /** Returns as a new participant. */
  readonly returnsByRejoin: number;
  /** Its place in the plan. */
  readonly index: number;
  /** Whether it published. */
  readonly role: "publisher" | "viewer";
  /** The node that drove it. */
  readonly node: string;
  /** How far it came. */
  readonly state:
    | "planned"
    | "joining"
    | "connected"
    | "away"
    | "failed"
    | "left";
  /** Why it failed. */
  readonly failureCause: string | null;
  /** All its errors, also those that `errors` has no room for. */
  readonly errorCount: number;
  /** The same as `errors`, in parts. */
  readonly errorDetails: readonly {
    /** A short fixed word. */
    readonly kind: string;
    /** The particulars. */
    readonly message: string;
    /** When, since the run began. */
    readonly atMs: number;
  }[];
  /** Packets that its consumers' sequence numbers announced. */
  readonly packetsExpected: number;
  /** Of those, the ones that never came. */
  readonly packetsLost: number;
  /** Of those lost, the ones that a repair made up for. */
  readonly packetsRepaired: number;
  /** Its network at the end, in one line; `null` when that did nothing to packets. */
  readonly impairment: string | null;
  /** Packets that its network dropped before they came to it, repairs included. */
  readonly packetsDroppedIn: number;
  /** Packets that its network dropped after they were sent. */
  readonly packetsDroppedOut: number;
  /** Consumers that media arrived on. */
  readonly consumersFlowing: number;
  /** Whether it was connected at the end, or when it left. */
  readonly connectedAtEnd: boolean;
  /** For how long tracks that it wants should have come, all together. */
  readonly tracksDueMs: number;
  /** For how long nothing came of them, all together. */
  readonly tracksSilentMs: number;
  /** For how long nothing came of any of them. */
  readonly withoutMediaMs: number;
  /** Times that it had media and then had none for three seconds on end. */
  readonly mediaLosses: number;
  /** Whether the last of those went on to its end. */
  readonly lostMediaForGood: boolean;
  /** Bits sent a second, on average over its session. */
  readonly sendBps: number;
  /** Bits received a second, on average over its session. */
  readonly receiveBps: number;
  /** The longest time from when it lost its channel or a transport until it was back and its media flowed; `null` when it did not. */
  readonly recoveryMs: number | null;
  /** Since when it had no media after such a loss, in milliseconds since the run began; `null` when it had. */
  readonly awaySinceMs: number | null;
  /** The longest time from when its impaired network was back after an outage until it showed a frame again or, without video, heard a packet; `null` without one. */
  readonly networkRecoveryMs: number | null;
  /** The longest media latency of a packet; `null` when nothing came. */
  readonly maxMediaLatencyMs: number | null;
  /** The largest jitter of a track; `null` when nothing came. */
  readonly maxJitterMs: number | null;
  /** The longest round trip to the server; `null` when none is known. */
  readonly maxRoundTripMs: number | null;
  /** The longest wait for a video's first frame; `null` without one. */
  readonly firstKeyFrameMs: number | null;
  /** Video frames that a viewer would have seen. */
  readonly framesShown: number;
  /** Video frames that came whole and were not shown, because something before them never came. */
  readonly framesDropped: number;
  /** Frames that a video showed a second, on average; `null` without video. */
  readonly frameRate: number | null;
  /** Times that a video stood still. */
  readonly freezes: number;
  /** For how long, all its videos together. */
  readonly frozenMs: number;
  /** For how long at most. */
  readonly longestFreezeMs: number;
  /** Frames whose picture id did not follow that of the frame right before. */
  readonly pictureIdJumps: number;
  /** Frames whose timestamp did not move on, or led the clock by a second. */
  readonly timestampJumps: number;
  /** Times that the server went over to other layers of a track. */
  readonly layerSwitches: number;
  /** Key frames and packets that it asked for. */
  readonly sent: {
    /** Key frames. */
    readonly pli: number;
    /** Packets. */
    readonly nack: number;
  };
  /** Key frames and packets that the server asked it for. */
  readonly received: {
    /** Key frames, by PLI. */
    readonly pli: number;
    /** Key frames, by FIR. */
    readonly fir: number;
    /** Packets. */
    readonly nack: number;
  };
}

const count = z.int().min(0);
const ms = z.number().min(0);

const clientResult: z.ZodType<ClientResult> = z.object({
  clientId: z.string(),
  roomId: z.string(),
  connectionSuccessful: z.boolean().describe(
    "ICE and DTLS came up on every transport that it needs. SimplestChat's tester says true as soon as the room was joined.",
  ),
  connectionTimeMs: ms.describe(
    "From when it was due until its last transport was up; 0 when it never was.",
  ),
  timeToFirstMediaSentMs: ms.nullable(),
  timeToFirstMediaReceivedMs: ms.nullable(),
  totalPacketsSent: count,
  totalPacketsReceived: count,
  totalBytesSent: count.describe("Whole RTP packets, headers included."),
  totalBytesReceived: count.describe(
    "Whole RTP packets, headers included. SimplestChat's tester counts payloads only.",
  ),
  errors: z.array(z.string()).describe("Each as `kind: message`."),
  sessionDurationMs: ms,
  producersCreated: count,
  consumersCreated: count,
  signalingLatencies,
  reconnections: count,
  reconnectionFailures: count,
  losses: count.describe("Times that it lost its channel or a transport."),
  returnsByIceRestart: count,
  returnsByReconnect: count,
  returnsByRejoin: count,
  index: count,
  role: z.enum(["publisher", "viewer"]),
  node: z.string(),
  state: z.enum([
    "planned",
    "joining",
    "connected",
    "away",
    "failed",
    "left",
  ]),
  failureCause: z.string().nullable(),
  errorCount: count.describe(
    "All errors, also those that `errors` has no room for.",
  ),
  errorDetails: z.array(
    z.object({ kind: z.string(), message: z.string(), atMs: z.number() }),
  ),
  packetsExpected: count,
  packetsLost: z.int(),
  packetsRepaired: count.describe(
    "Of those lost, the ones that a repair made up for.",
  ),
  impairment: z.string().nullable().describe(
    "Its network at the end; null when that did nothing to packets.",
  ),
  packetsDroppedIn: count.describe(
    "RTP packets that its network dropped before they came to it, repairs included.",
  ),
  packetsDroppedOut: count.describe(
    "RTP packets that its network dropped after they were sent.",
  ),
  consumersFlowing: count,
  connectedAtEnd: z.boolean().describe(
    "Whether it was connected at the end, or when it left; one that gave up or was on its way back was not.",
  ),
  tracksDueMs: ms.describe(
    "For how long tracks that it wants should have come, all together.",
  ),
  tracksSilentMs: ms.describe(
    "For how long nothing came of them, all together.",
  ),
  withoutMediaMs: ms.describe("For how long nothing came of any of them."),
  mediaLosses: count.describe(
    "Times that it had media and then had none for three seconds on end.",
  ),
  lostMediaForGood: z.boolean(),
  sendBps: count.describe("On average over its session."),
  receiveBps: count.describe("On average over its session."),
  recoveryMs: ms.nullable().describe(
    "The longest time from when it lost its channel or a transport until it was back and its media flowed.",
  ),
  awaySinceMs: ms.nullable().describe(
    "Since when it had no media after such a loss, since the run began; null when it had.",
  ),
  networkRecoveryMs: ms.nullable().describe(
    "The longest time from when its impaired network was back after an outage until it showed a frame again or, without video, heard a packet.",
  ),
  maxMediaLatencyMs: ms.nullable(),
  maxJitterMs: ms.nullable(),
  maxRoundTripMs: ms.nullable(),
  firstKeyFrameMs: ms.nullable().describe(
    "From when a video was asked for to its first frame, at most.",
  ),
  framesShown: count,
  framesDropped: count,
  frameRate: ms.nullable().describe(
    "Frames that a video showed a second, on average; null without video.",
  ),
  freezes: count.describe("W3C webrtc-stats freezeCount, of all its videos."),
  frozenMs: ms.describe("For how long, all its videos together."),
  longestFreezeMs: ms,
  pictureIdJumps: count,
  timestampJumps: count,
  layerSwitches: count,
  sent: z.object({ pli: count, nack: count }),
  received: z.object({ pli: count, fir: count, nack: count }),
});

/** The schema of `load_test_results.json`. */
export const resultsSchema: z.ZodType<readonly ClientResult[]> = z.array(
  clientResult,
).meta({
  title: "load_test_results.json",
  description: "What became of each client of a load test.",
});
