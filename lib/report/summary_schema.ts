/**
 * The definition of `load_test_summary.json`. Every key that SimplestChat's
 * own tester writes is there under the same name and in the same unit; where
 * its meaning was misleading, ours differs, and the description says so.
 *
 * @module
 */

import { BAND_METRICS, type Summary } from "../metrics/mod.ts";
import { z } from "./deps.ts";

const count = z.int().min(0);
const amount = z.number().min(0);
const duration = z.object({
  count,
  minMs: amount,
  maxMs: amount,
  avgMs: amount,
  p50Ms: amount,
  p95Ms: amount,
  p99Ms: amount,
}).describe(
  "A duration's distribution in milliseconds, all zero when count is. Percentiles are nearest-rank, of a histogram merged over all clients, at most 0.8 % high.",
);

const distribution = z.object({
  count,
  min: amount,
  max: amount,
  avg: amount,
  p5: amount,
  p50: amount,
  p95: amount,
  p99: amount,
}).describe(
  "A figure's distribution in its own unit, all zero when count is; percentiles as those of durations.",
);

/** Latencies by operation; both files have them in this shape. */
export const signalingLatencies = z.object({
  operations: z.record(z.string(), duration),
});

const serverLoad = z.object({
  samples: count,
  cpuSeconds: amount.describe(
    "CPU time that all its processes used while they were watched.",
  ),
  meanCpuRatio: amount.describe(
    "The same in cores, on average: 1 is one core busy all the time.",
  ),
  maxCpuRatio: amount.describe("The same in the busiest second."),
  busiestProcess: z.object({ name: z.string(), cpuRatio: amount }).describe(
    "Its busiest process in that one's busiest second, in cores.",
  ),
  maxThreadRatio: amount.describe(
    "The most that one thread used in a second, in cores.",
  ),
  sustainedThreadRatio: amount.describe(
    "The most that the busiest thread used over five seconds on end, in cores. This is judged: one busy second is no overload.",
  ),
  maxRssBytes: amount,
  maxFds: count.nullable().describe(
    "Most open files; null when they may not be counted.",
  ),
  maxThreads: count,
  udpDrops: count.describe(
    "Datagrams that its own sockets lost, because their buffers were full.",
  ),
  hostUdpErrors: count.nullable().describe(
    "The same for its whole host, other programs included; null when unknown.",
  ),
});

const serverTold = z.object({
  maxParticipants: count.nullable(),
  maxRooms: count.nullable(),
  maxConnections: count.nullable(),
  errors: count.nullable().describe("Errors that it counted meanwhile."),
});

const serverPoint = z.object({
  cpuRatio: amount,
  maxProcessRatio: amount,
  rssBytes: amount,
  fds: count.nullable(),
  udpDrops: count,
});

const server = z.object({
  url: z.string(),
  engine: z.string().nullable().describe(
    "The embedded server's engine; null for a server elsewhere.",
  ),
  load: serverLoad.nullable().describe(
    "What it used, measured from outside; null when it was not watched.",
  ),
  told: serverTold.nullable().describe(
    "What it said of itself over HTTP; null when it was not asked.",
  ),
  notes: z.array(z.string()).describe(
    "What watching it met: that it was gone, or could not be looked at.",
  ),
});

const feedbackReceived = z.object({ pli: count, fir: count, nack: count })
  .describe("Key frames and packets that the server asked for.");
const feedbackSent = z.object({ pli: count, nack: count })
  .describe("Key frames and packets that clients asked for.");

const room = z.object({
  roomId: z.string(),
  totalClients: count,
  successfulConnections: count,
  totalPacketsSent: count,
  totalPacketsReceived: count,
  totalErrors: count,
  totalProducersCreated: count,
  totalConsumersCreated: count,
  connectedAtEnd: count,
  silentRatio: amount.nullable().describe(
    "Time that tracks were silent, of the time that they should have come; null when none should.",
  ),
  lossRatio: z.number(),
  residualLossRatio: amount.describe("What no repair made up for."),
  sendBpsPerClient: amount,
  receiveBpsPerClient: amount,
  maxMediaLatencyMs: amount.nullable(),
  maxJitterMs: amount.nullable(),
  maxRoundTripMs: amount.nullable(),
  maxFirstKeyFrameMs: amount.nullable(),
  maxNetworkRecoveryMs: amount.nullable().describe(
    "The longest time that media of a client took to come back once its impaired network was.",
  ),
  frameRate: amount.nullable(),
  framesDropped: count,
  freezes: count,
  frozenMs: amount,
  frozenRatio: amount.nullable(),
  longestFreezeMs: amount,
  pictureIdJumps: count,
  timestampJumps: count,
  layerSwitches: count,
  received: feedbackReceived,
  sent: feedbackSent,
});

const video = z.object({
  framesShown: count.describe(
    "Frames whose packets all came, repairs included, and with nothing missing before them since the last key frame.",
  ),
  keyFramesShown: count,
  framesDropped: count.describe(
    "Frames that came whole and were not shown, because something before them never came.",
  ),
  frameRate: amount.nullable().describe(
    "Frames that a video showed a second, on average; null without video.",
  ),
  consumerFrameRate: distribution.describe(
    "Frames shown in each second of each received video.",
  ),
  frameGapMs: duration.describe("From one frame shown to the next."),
  freezes: count.describe(
    "W3C webrtc-stats freezeCount: gaps between two frames of at least three times the average of the last 30, and of at least that average and 150 ms. One that goes on counts from its first second on.",
  ),
  frozenMs: amount.describe("For how long, all videos together."),
  frozenRatio: amount.nullable().describe(
    "Of the time that videos were on; null without video.",
  ),
  longestFreezeMs: amount,
  freezeTimeMs: duration.describe(
    "For how long at each client that saw video, all its videos together.",
  ),
  pictureIdJumps: count.describe(
    "Frames whose picture id did not follow that of the frame right before.",
  ),
  timestampJumps: count.describe(
    "Frames whose timestamp did not move on, or led the clock by a second.",
  ),
}).describe("What viewers saw of videos.");

const lossOrigin = z.object({
  refused: count.describe("Our system refused to send them."),
  impairedOut: count.describe(
    "Impaired networks dropped them on their way to the server.",
  ),
  beforeServer: count.nullable().describe(
    "They left us and did not come to the server.",
  ),
  inServer: count.nullable().describe(
    "The server had them and sent them to nobody, although their numbers were given away.",
  ),
  afterServer: count.nullable().describe(
    "The server sent them and they did not come to us.",
  ),
  impairedIn: count.describe(
    "Impaired networks dropped them on their way to us.",
  ),
  ourKernel: count.nullable().describe(
    "Our own kernel dropped them unread; null when it does not say.",
  ),
  late: count.describe("Nobody lost them, but they left over 5 ms late."),
}).describe(
  "Packets lost at each place on their way, repairs included. Null where the server's own counts cannot be seen, or not yet: they are those of an embedded server, once all have left.",
);

const impairedCounts = z.object({
  packets: count,
  dropped: count,
  delayed: count,
  duplicated: count,
});

const media = z.object({
  packetsDeliverable: count.describe(
    "RTP packets that the joined topology should have delivered: each sent packet, times its consumers.",
  ),
  deliveryRatio: amount.nullable().describe(
    "Received of deliverable; null when nothing was deliverable.",
  ),
  receiveSendRatio: amount.nullable().describe(
    "Received divided by sent, whatever the topology; null when nothing was sent.",
  ),
  loss: z.object({
    expected: count,
    lost: z.int().describe("Below 0 when duplicates outnumber losses."),
    ratio: z.number(),
    repaired: count.describe("Those lost that a repair made up for."),
    residualRatio: amount.describe("What is lost in spite of repairs."),
    consumerRatio: distribution.describe(
      "Lost of expected, in each second of each received track.",
    ),
    consumerResidualRatio: distribution.describe(
      "The same for what no repair made up for.",
    ),
  }).describe(
    "By sequence numbers, per consumer, late packets given back; repairs are apart.",
  ),
  lossOrigin,
  latencyMs: duration.describe(
    "From the sender's abs-capture-time to the receiving kernel's timestamp.",
  ),
  jitterMs: duration.describe("RFC 3550 section 6.4.1."),
  roundTripMs: duration.describe(
    "To the server and back, looked at once a second: by receiver reports (RFC 3550 section 6.4.1), at clients that send nothing by ICE consent checks.",
  ),
  recoveryMs: z.object({
    channel: duration.describe(
      "From when a client lost its channel or a transport until it was back and its media flowed.",
    ),
    network: duration.describe(
      "From when a client's impaired network was back after an outage until it showed a frame again or, without video, heard a packet.",
    ),
  }),
  networkNotRecovered: count.describe(
    "Outages of clients' impaired networks before whose recovery the next one came, or the client left.",
  ),
  impaired: z.object({
    inbound: impairedCounts,
    outbound: impairedCounts,
    rebinds: count.describe(
      "Source ports of clients that NAT was made to change.",
    ),
  })
    .describe(
      "What impaired networks did to RTP packets, repairs included; all 0 without one.",
    ),
  timeToFirstSentMs: duration,
  timeToFirstReceivedMs: duration,
  timeToFirstPacketMs: duration.describe(
    "From when a track was asked for to its first packet.",
  ),
  timeToFirstKeyFrameMs: duration.describe(
    "From when a video was asked for to its first frame.",
  ),
  video,
  sendBpsPerClient: amount,
  receiveBpsPerClient: amount,
  consumerBps: z.object({ audio: distribution, video: distribution }).describe(
    "Bits of whole RTP packets received in each second of each received track, repairs apart.",
  ),
  packetsDuplicate: count,
  packetsOutOfOrder: count,
  rtxReceived: count,
  rtxSent: count,
  srtpFailures: count,
  keyFramesSent: count,
  layerSwitches: count.describe(
    "Times that a received track of simulcast went from one layer to another.",
  ),
  received: feedbackReceived,
  sent: feedbackSent,
});

const generator = z.object({
  lane: z.string(),
  cipher: z.string(),
  workers: count,
  cpuSeconds: amount,
  cpuRatio: amount.nullable(),
  cpuPerServerCpu: amount.nullable().describe(
    "CPU time spent, divided by the server's over the same time; null when that was not watched.",
  ),
  latenessMs: duration.describe("When a packet left, minus when it was due."),
  loopLagMs: duration,
  packetsPlanned: count,
  packetsSent: count,
  packetsSkipped: count.describe(
    "Of those planned, due while the generator stood still; they never left.",
  ),
  packetsLate: count.describe("Over 5 ms late; sent all the same."),
  sendRefused: count,
  achievedRatio: amount.nullable(),
  kernelDrops: count.nullable().describe(
    "Packets that our own kernel dropped unread; null when it does not say.",
  ),
  heldBackJoins: count.describe(
    "Joins that waited because the generator, not the server, was too busy.",
  ),
  heldBackMs: duration.describe("How long those joins waited."),
  standstills: z.array(z.object({
    atMs: z.number().describe(
      "Since the run began, standstills before it left out.",
    ),
    ms: amount,
    nodes: z.array(z.string()),
  })).describe(
    "When the generator, or a part of it, stood still: the process or machine was stopped. What went by meanwhile is in no figure.",
  ),
  wallJumps: z.array(z.object({
    node: z.string(),
    atMs: z.number(),
    byMs: z.number().describe("Negative when it was set back."),
  })).describe("When the wall clock was set; no figure follows it."),
  notes: z.array(z.string()).describe(
    "What to know of the generator: why something portable was chosen, when it stood still.",
  ),
});

const thresholdResult = z.object({
  expression: z.string(),
  ok: z.boolean(),
  value: z.number().nullable().describe("Null when nothing was measured."),
  bound: z.number(),
  unit: z.enum(["ms", "ratio", "count", "fps", "bps"]),
  worst: z.object({
    kind: z.enum(["client", "room"]),
    id: z.string(),
    value: z.number(),
  }).optional().describe(
    "The client or room that was hurt most, where it was not kept and that is known.",
  ),
});

const worstClient = z.object({
  clientId: z.string(),
  roomId: z.string(),
  isConnected: z.boolean().describe(
    "Whether it was connected at the end, or when it left.",
  ),
  silentRatio: amount.nullable(),
  withoutMediaMs: amount,
  lossRatio: amount.nullable(),
  frozenRatio: amount.nullable(),
  errorCount: count,
});

const timelinePoint = z.object({
  tSec: amount.describe("The end of the stretch, since the run began."),
  clients: count,
  packetsSentPerSec: amount,
  packetsReceivedPerSec: amount,
  sendBps: amount,
  receiveBps: amount,
  lossRatio: amount,
  tracksDue: amount.describe(
    "Tracks that clients want and that should have come, on average.",
  ),
  silentRatio: amount.describe(
    "The share of them of which nothing came for a second.",
  ),
  cpuRatio: amount,
  server: serverPoint.optional().describe(
    "What the server used, CPU in cores; missing where it was not watched.",
  ),
});

/** The schema of `load_test_summary.json`. */
export const summarySchema: z.ZodType<Summary> = z.object({
  version: z.string(),
  startedAt: z.iso.datetime(),
  elapsedMs: amount,
  seed: z.number(),
  config: z.record(z.string(), z.json()).describe("The options as used."),
  scenario: z.object({ name: z.string(), found: z.json() }).optional().describe(
    "The scenario and what it found; missing for a plain run.",
  ),
  server,
  partial: z.boolean().describe("Whether the run was cut off before its end."),
  invalid: z.object({ reason: z.string() }).nullable().describe(
    "Set when the generator could not keep up: the numbers then say nothing of the server.",
  ),
  verdict: z.object({
    status: z.enum(["passed", "failed", "invalid", "interrupted", "broke"]),
    reason: z.string(),
  }),
  judgement: z.array(z.object({
    figure: z.enum(BAND_METRICS),
    value: amount.describe("A share, cores of CPU, or bytes."),
    band: z.enum(["good", "warning", "critical"]),
    says: z.string().describe(
      "The figure in a sentence: what, who, since when.",
    ),
    reason: z.string().describe("Why its bounds are where they are."),
  })).describe(
    "What users had, figure by figure, the most telling first. It decides where no threshold was asked. What we did ourselves (impaired networks, clients cut off on purpose) makes a figure a warning at most, and is said.",
  ),
  exitCode: z.int(),
  totalClients: count.describe("Replacements of those who left included."),
  successfulConnections: count.describe(
    "Clients whose transports all finished ICE and DTLS. SimplestChat's tester counts a client as soon as it has joined its room.",
  ),
  failedConnections: count,
  connectedAtEnd: count.describe(
    "Clients that were connected at the end, or when they left: those that gave up or were on their way back are not.",
  ),
  pendingConnections: count.describe(
    "Not due yet, or still trying, when the run was cut off.",
  ),
  averageConnectionTimeMs: amount.describe(
    "Connection times run from when a client was due until its last transport was up, over successful connections; 0 when there was none. SimplestChat's tester stops at the joined room.",
  ),
  p50ConnectionTimeMs: amount,
  p95ConnectionTimeMs: amount,
  p99ConnectionTimeMs: amount,
  totalPacketsSent: count,
  totalPacketsReceived: count,
  totalBytesSent: count.describe("Whole RTP packets, headers included."),
  totalBytesReceived: count.describe(
    "Whole RTP packets, headers included, comparable with totalBytesSent. SimplestChat's tester counts payloads only.",
  ),
  averageSessionDurationMs: amount.describe("Over successful connections."),
  totalErrors: count.describe(
    "Failed connections and media errors included. SimplestChat's tester only logs those.",
  ),
  totalProducersCreated: count,
  totalConsumersCreated: count,
  totalReconnections: count.describe(
    "Times that a client came back after its channel was lost. SimplestChat's tester counts completed churn sessions.",
  ),
  totalReconnectionFailures: count,
  returns: z.object({
    losses: count.describe(
      "Times that a client lost its channel or a transport.",
    ),
    iceRestart: count.describe(
      "Returns on the same transports, by new ICE credentials.",
    ),
    reconnected: count.describe(
      "Returns on a new channel, as the same participant.",
    ),
    rejoined: count.describe("Returns as a new participant."),
    failedAttempts: count,
    neverBack: count.describe(
      "Clients whose media did not flow again after their last loss.",
    ),
  }),
  signalingLatencies: signalingLatencies.describe(
    "Over all requests of all clients, from when each was due. SimplestChat's tester takes percentiles of the clients' medians.",
  ),
  worstClients: z.object({
    clients: z.array(worstClient),
    others: count.describe("How many more were hurt."),
    worstOther: worstClient.nullable(),
  }).describe("The clients that were hurt most, the worst first."),
  rooms: z.array(room).describe("Sorted by id, room-2 before room-10."),
  media,
  candidates: z.array(z.object({
    protocol: z.string().describe("udp or tcp."),
    address: z.string().describe("An IP address, or a name."),
    family: z.enum(["IPv4", "IPv6", "name"]),
    problem: z.string().nullable().describe(
      "Why it was not taken; null for one that was.",
    ),
    clients: count.describe("Clients that took it, or tried it in vain."),
  })).default([]).describe(
    "The server's addresses for media: those that clients took, then those that they tried in vain.",
  ),
  others: z.object({
    codecs: z.record(z.string(), count).describe(
      "Tracks that clients did not take, by codec, or by those that it may be.",
    ),
    refusals: z.record(z.string(), count).describe(
      "Tracks that the server did not hand out, by its words.",
    ),
    neverSent: count.describe("Tracks of which no packet ever came."),
    fellSilent: count.describe("Tracks that flowed, and then did not."),
    flowed: count,
    packetsReceived: count,
  }).default({
    codecs: {},
    refusals: {},
    neverSent: 0,
    fellSilent: 0,
    flowed: 0,
    packetsReceived: 0,
  }).describe(
    "Tracks in the rooms that no client of the run sends. They weigh in no figure of delivery, loss, freezes or latency.",
  ),
  consumerLimit: z.object({
    consumers: count,
    denied: count.describe("Tracks that clients wanted besides."),
  }).nullable().default(null).describe(
    "Consumers that the server grants a client in one stay, closed ones too; null when it refused none.",
  ),
  errors: z.record(
    z.string(),
    z.object({ count, example: z.string().nullable() }),
  ).describe("By kind, the most frequent first."),
  unknownMessages: count,
  malformedMessages: count,
  generator,
  thresholds: z.array(thresholdResult),
  timeline: z.array(timelinePoint),
}).meta({
  title: "load_test_summary.json",
  description: "What a load test came to.",
});

/**
 * Reads the text of a `load_test_summary.json`; unknown keys are dropped.
 * Throws a `SyntaxError` whose one line names the first key that is wrong.
 */
export function parseSummary(text: string): Summary {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SyntaxError("Cannot read summary: it is not JSON");
  }
  const { success, data, error } = summarySchema.safeParse(json);
  if (success) return data;
  const { path, message } = error.issues[0];
  const where = path.length === 0 ? "" : `${path.join(".")}: `;
  throw new SyntaxError(`Cannot read summary: ${where}${message}`);
}
